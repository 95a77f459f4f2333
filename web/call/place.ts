import { type TransportName, transportNames } from '../../server/contract/transports.ts'

/** What a link to this page may say, in its hash, which no server and no log sees. */
export interface Place {
  /** What carries the signals. */
  over: TransportName
  /** Whom to call: a person's id. */
  with?: string
}

/** A value that makes no sense falls back quietly: a link must always open. */
export function readPlace(hash: string): Place {
  const given = new URLSearchParams(hash.replace(/^#/, ''))
  const other = given.get('with') ?? ''
  return {
    over: transportNames.find((name) => name === given.get('over')) ?? 'websocket',
    ...(/^[a-z0-9]{16}$/.test(other) && { with: other }),
  }
}

export const linkTo = (origin: string, { over, with: other }: Place): string =>
  `${origin}/call#${new URLSearchParams({ ...(other !== undefined && { with: other }), over })}`
