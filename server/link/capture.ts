import { now } from '../clock.ts'
import type { CapturedConnection } from '../contract/link.ts'

export type Side = 'client' | 'server'

/** What crossed a link, the latest of it. */
export interface Recorder {
  open(id: number): Recording
  /** What is kept, by connection in the order of opening; of one client, or of all. */
  read(client?: string): CapturedConnection[]
}

/** One connection being recorded. */
export interface Recording {
  /** Bytes as one side said them, in an exchange of this client's, at this time of the server's clock. */
  say(from: Side, bytes: Buffer, client: string | undefined, at: number): void
  /** Nothing more crosses. Only the first call tells anything. */
  close(by: Side | 'link'): void
}

/** What is kept of one client on one connection. */
interface Track extends Omit<CapturedConnection, 'chunks'> {
  chunks: { at: number; from: Side; bytes: Buffer }[]
  /** What its chunks cost together. */
  cost: number
}

/** What a chunk costs beside its bytes, so that a million of one byte each are not kept for the price of a megabyte. */
const CHUNK_COST = 256
/** Connections of which nothing was said cost little, but not nothing. */
const MAX_TRACKS = 1_000

/**
 * Keeps the latest bytes within a limit. What must go goes from the track that takes most: a poll that repeats itself
 * does not push out the handshake of the socket beside it.
 */
export function createRecorder(limit: number): Recorder {
  const tracks = new Set<Track>()
  let cost = 0

  function start(id: number, client: string | undefined, openedAt: number): Track {
    const track: Track = { id, client, openedAt, chunks: [], cost: 0, forgotten: { client: 0, server: 0 } }
    tracks.add(track)
    if (tracks.size > MAX_TRACKS) {
      const all = [...tracks]
      const oldest = all.find(({ closedAt }) => closedAt !== undefined) ?? all[0] ?? track
      cost -= oldest.cost
      tracks.delete(oldest)
    }
    return track
  }

  function forget() {
    while (cost > limit) {
      let largest: Track | undefined
      for (const track of tracks) if (track.cost > (largest?.cost ?? 0)) largest = track
      const chunk = largest?.chunks.shift()
      if (!largest || !chunk) return
      largest.forgotten[chunk.from] += chunk.bytes.length
      largest.cost -= chunk.bytes.length + CHUNK_COST
      cost -= chunk.bytes.length + CHUNK_COST
    }
  }

  return {
    open(id) {
      const openedAt = now()
      let current = start(id, undefined, openedAt)
      const own = [current]

      /** The client's track of this connection. A connection belongs to nobody until somebody speaks on it. */
      function trackOf(client: string | undefined): Track {
        if (current.client === client) return current
        const nameless = own.find((each) => each.client === undefined && isSilent(each))
        let track = own.find((each) => each.client === client)
        if (!track && nameless) {
          track = nameless
          track.client = client
        } else if (!track) {
          track = start(id, client, openedAt)
          own.push(track)
        }
        current = track
        return track
      }

      return {
        say(from, bytes, client, at) {
          const track = trackOf(client)
          if (!tracks.has(track)) return
          track.chunks.push({ at, from, bytes })
          track.cost += bytes.length + CHUNK_COST
          cost += bytes.length + CHUNK_COST
          forget()
        },
        close(by) {
          for (const track of own) {
            track.closedAt ??= now()
            track.closedBy ??= by
          }
        },
      }
    },

    read: (client) =>
      [...tracks]
        .filter((track) => client === undefined || track.client === client)
        .sort((one, other) => one.id - other.id)
        .map(({ cost: _cost, chunks, forgotten, ...about }) => ({
          ...about,
          chunks: chunks.map(({ at, from, bytes }) => ({ at, from, bytes: bytes.toString('base64') })),
          forgotten: { ...forgotten },
        })),
  }
}

/** Nothing was ever said on it: what was may be forgotten. */
const isSilent = ({ chunks, forgotten }: Track) =>
  chunks.length === 0 && forgotten.client === 0 && forgotten.server === 0
