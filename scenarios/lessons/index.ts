import type { FunctionComponent } from 'preact'
import { tcpHandshake } from './01-tcp-handshake.ts'
import { persistentStateless } from './02-persistent-stateless.ts'
import { shortPolling } from './03-short-polling.ts'
import { longPolling } from './04-long-polling.ts'
import { serverSentEvents } from './05-server-sent-events.ts'
import { upgradeHandshake } from './06-upgrade-handshake.ts'
import { frames } from './07-frames.ts'
import { bothAtOnce } from './08-both-at-once.ts'
import { insideSocketIo } from './09-inside-socket-io.ts'
import { whoHearsIt } from './10-who-hears-it.ts'
import { rooms } from './11-rooms.ts'
import { whoAreYou } from './12-who-are-you.ts'
import { presenceAndTyping } from './13-presence-and-typing.ts'
import { cutTheWire } from './14-cut-the-wire.ts'
import { sixConnections } from './15-six-connections.ts'
import { proxies } from './16-proxies.ts'
import { backpressure } from './17-backpressure.ts'
import { timersLeftBehind } from './18-timers-left-behind.ts'
import { webrtcSignalling } from './19-webrtc-signalling.ts'
import { howToMeasure } from './20-how-to-measure.ts'
import { choosingATransport } from './21-choosing-a-transport.ts'
import type { Lesson } from './lesson.ts'

/** It is handed the components that its tags stand for; they are the page's. */
export type Prose = FunctionComponent<{ components: Readonly<Record<string, unknown>> }>

/** A lesson that can be taken. Its prose is loaded with its page, and no other's. */
export interface Ready {
  lesson: Lesson
  prose(): Promise<{ default: Prose }>
}

/** A lesson that has its place, and what it waits for. */
export interface Later {
  number: number
  title: string
  /** What it will need, in one sentence. */
  needs: string
}

export type Listing = Ready | Later

/** Every lesson, in the order in which one would take them. */
export const lessons: readonly Listing[] = [
  { lesson: tcpHandshake, prose: () => import('./01-tcp-handshake.mdx') },
  { lesson: persistentStateless, prose: () => import('./02-persistent-stateless.mdx') },
  { lesson: shortPolling, prose: () => import('./03-short-polling.mdx') },
  { lesson: longPolling, prose: () => import('./04-long-polling.mdx') },
  { lesson: serverSentEvents, prose: () => import('./05-server-sent-events.mdx') },
  { lesson: upgradeHandshake, prose: () => import('./06-upgrade-handshake.mdx') },
  { lesson: frames, prose: () => import('./07-frames.mdx') },
  { lesson: bothAtOnce, prose: () => import('./08-both-at-once.mdx') },
  { lesson: insideSocketIo, prose: () => import('./09-inside-socket-io.mdx') },
  { lesson: whoHearsIt, prose: () => import('./10-who-hears-it.mdx') },
  { lesson: rooms, prose: () => import('./11-rooms.mdx') },
  { lesson: whoAreYou, prose: () => import('./12-who-are-you.mdx') },
  { lesson: presenceAndTyping, prose: () => import('./13-presence-and-typing.mdx') },
  { lesson: cutTheWire, prose: () => import('./14-cut-the-wire.mdx') },
  { lesson: sixConnections, prose: () => import('./15-six-connections.mdx') },
  { lesson: proxies, prose: () => import('./16-proxies.mdx') },
  { lesson: backpressure, prose: () => import('./17-backpressure.mdx') },
  { lesson: timersLeftBehind, prose: () => import('./18-timers-left-behind.mdx') },
  { lesson: webrtcSignalling, prose: () => import('./19-webrtc-signalling.mdx') },
  { lesson: howToMeasure, prose: () => import('./20-how-to-measure.mdx') },
  { lesson: choosingATransport, prose: () => import('./21-choosing-a-transport.mdx') },
  later(22, 'More than one server', 'It needs a second server and a log that both share.'),
]

export const isReady = (listing: Listing): listing is Ready => 'lesson' in listing

export const numberOf = (listing: Listing): number =>
  isReady(listing) ? listing.lesson.number : listing.number

/** The lesson of a slug, if it is there already. */
export const findLesson = (slug: string): Ready | undefined =>
  lessons.filter(isReady).find(({ lesson }) => lesson.slug === slug)

function later(number: number, title: string, needs: string): Later {
  return { number, title, needs }
}
