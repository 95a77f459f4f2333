import { type ReadonlySignal, signal } from '@preact/signals'
import type { Room } from '../../server/contract/people.ts'

/** How far each room has been read in this browser, by whichever tab. */
export interface Unread {
  /** How many entries are unread; `new` for a room that was never opened. A public room that was never opened is nobody's duty. */
  of(room: Room): number | 'new'
  read(room: string, seq: number): void
  readonly changes: ReadonlySignal<number>
}

export function createUnread(person: string): Unread {
  const key = `wireside-read-${person}`
  const changes = signal(0)
  let marks = load()

  function load(): Record<string, number> {
    try {
      return JSON.parse(localStorage.getItem(key) ?? '{}')
    } catch {
      return {}
    }
  }

  addEventListener('storage', (event) => {
    if (event.key !== key) return
    marks = load()
    changes.value += 1
  })

  return {
    changes,

    of({ room, kind, head }) {
      const mark = marks[room]
      if (mark === undefined) return kind === 'public' ? 0 : 'new'
      // A log that began anew counts from its beginning.
      return head >= mark ? head - mark : head
    },

    read(room, seq) {
      if (marks[room] === seq) return
      // Another tab may have read in other rooms.
      marks = { ...load(), [room]: seq }
      try {
        localStorage.setItem(key, JSON.stringify(marks))
      } catch {
        // Then it lasts as long as the page.
      }
      changes.value += 1
    },
  }
}
