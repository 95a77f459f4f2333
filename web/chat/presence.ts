import type { Connection, Listener } from '../transports/connection.ts'

/** Who is here, and who is writing: the latest state, where a transport tells it. */
export interface Presence {
  online: { name: string; id?: string; away?: boolean }[]
  typing: { name: string; id?: string }[]
}

/** A listener that would hear of it, and a connection that may say that somebody writes. */
export type PresenceListener = Listener & { onPresence?(presence: Presence): void }
export type TypingConnection = Connection & { typing?(): void }
