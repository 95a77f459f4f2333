import { WireError } from '../contract/errors.ts'
import { type Draft, MAX_SIGNAL } from '../contract/wire.ts'
import type { Feed, FeedListener, Who } from '../feed/feed.ts'
import type { Stop } from '../feed/log.ts'
import { isGuarded, noRoom, type Rooms, removed } from './rooms.ts'
import { expired, type Person } from './sessions.ts'

/**
 * The same feed, for those who may: whatever reads or writes a room goes through here and asks `rooms.may`, at its
 * beginning and, where a room has members, at each delivery. Whatever a person has open ends when their session does,
 * and when they are removed. A guest in a public room pays for the look at its name.
 */
export function createGuard(rooms: Pick<Rooms, 'may' | 'onGone'>): (feed: Feed) => Feed {
  /** How to end what members have open, by room and person. */
  const open = new Map<string, Set<(why: WireError) => void>>()

  rooms.onGone((room, person) => {
    for (const end of open.get(`${room} ${person}`) ?? []) end(removed())
  })

  /** Throws why somebody may not. */
  function check(room: string, { person }: Who) {
    if (person !== undefined && person.expiresAt <= Date.now()) throw expired()
    if (!rooms.may(room, person)) throw noRoom()
  }

  /** Calls back when a person who is here may be so no longer, unless stopped before. */
  function attend(room: string, person: Person, end: (why: WireError) => void): Stop {
    const stopWaiting = person.whenExpired(end)
    if (!isGuarded(room)) return stopWaiting
    const key = `${room} ${person.id}`
    const ends = open.get(key) ?? new Set()
    open.set(key, ends.add(end))
    return () => {
      stopWaiting()
      ends.delete(end)
      if (ends.size === 0 && open.get(key) === ends) open.delete(key)
    }
  }

  return (feed) => {
    rooms.onGone(feed.expel)
    return guarded(feed)
  }

  function guarded(feed: Feed): Feed {
    return {
      ...feed,

      attend(room, who, watcher) {
        const { person } = who
        if (!watcher && !person) return feed.attend(room, who)
        check(room, who)
        if (!person) return feed.attend(room, who, watcher)
        const attendance = feed.attend(
          room,
          who,
          watcher && isGuarded(room)
            ? {
                ...watcher,
                // Whoever may not read has nothing more to come, and is not asked again.
                onPresence: (presence) => !rooms.may(room, person) || watcher.onPresence(presence),
              }
            : watcher,
        )
        const stop = person.whenExpired(attendance.leave)
        return {
          ...attendance,
          leave() {
            stop()
            attendance.leave()
          },
          lose(ms) {
            stop()
            attendance.lose(ms)
          },
        }
      },

      typing(room, who) {
        check(room, who)
        feed.typing(room, who)
      },

      away(room, who, ...said) {
        check(room, who)
        feed.away(room, who, ...said)
      },

      publish(room, draft, who) {
        check(room, who)
        if (draft.kind === 'signal') checkSignal(room, draft)
        return feed.publish(room, draft, who)
      },

      page(room, cursor, who) {
        check(room, who)
        return feed.page(room, cursor, who)
      },

      history(room, seq, limit, who) {
        check(room, who)
        return feed.history(room, seq, limit, who)
      },

      nextPage(room, cursor, who, waiting) {
        check(room, who)
        const { person } = who
        if (!person) return feed.nextPage(room, cursor, who, waiting)
        let over = false
        const stop = attend(room, person, (why) => {
          over = true
          stop()
          end()
          waiting.onFailed(why)
        })
        const end = feed.nextPage(room, cursor, who, {
          onPage(page) {
            if (over) return
            stop()
            if (rooms.may(room, person)) waiting.onPage(page)
            else waiting.onFailed(removed())
          },
          onFailed(error) {
            if (over) return
            stop()
            waiting.onFailed(error)
          },
        })
        return end
      },

      follow(room, cursor, who, listener) {
        check(room, who)
        const { person } = who
        if (!person) return feed.follow(room, cursor, who, listener)
        const stop = attend(room, person, end)
        const { joined, following } = feed.follow(room, cursor, who, isGuarded(room) ? watched() : listener)
        joined.catch(stop)
        /** The same listener, asked for at each delivery. A copy would lose what it has in common with others. */
        function watched(): FeedListener {
          return {
            onJoined(joined) {
              listener.onJoined?.(joined)
              listener.onJoined = undefined
            },
            onGap: (cursor) => listener.onGap(cursor),
            onEntries: (batch) => (rooms.may(room, person) ? listener.onEntries(batch) : end(removed())),
            onFailed: () => listener.onFailed(),
            ready: () => listener.ready?.(),
          }
        }
        function end(why: WireError) {
          leave()
          if (listener.onEnded) listener.onEnded(why)
          else listener.onFailed()
        }
        function leave() {
          stop()
          following.leave()
        }
        return { joined, following: { leave, handed: () => following.handed() } }
      },
    }
  }
}

/** Throws where a signal would reach others than the one it is for, or is none that WebRTC makes. */
function checkSignal(room: string, { data }: Draft) {
  if (!room.startsWith('direct-'))
    throw new WireError(
      'bad-draft',
      'A signal is for the two people of a direct room. Open theirs with POST /rooms {"with":"<id>"}, and publish it there.',
    )
  const bytes = Buffer.byteLength(JSON.stringify(data))
  if (bytes > MAX_SIGNAL)
    throw new WireError(
      'bad-draft',
      `"data" is ${bytes} bytes of JSON. Send a signal of at most ${MAX_SIGNAL}.`,
    )
}
