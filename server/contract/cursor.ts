/**
 * A cursor says where a reader stands: `<epoch>.<seq>`, the last entry it has seen. The epoch names the
 * life of the log: it changes when a log starts anew, so that an old cursor cannot pass for a new one.
 */
export type Cursor = string

/** Any cursor a client may send: one it was given, or `0` for "from the beginning". */
export const cursorPattern = '^(0|[a-z0-9]{4}\\.\\d{1,15})$'

export const formatCursor = (epoch: string, seq: number): Cursor => `${epoch}.${seq}`

/** Splits a well-formed cursor; `0` has no epoch. */
export function parseCursor(cursor: Cursor): { epoch: string; seq: number } {
  const dot = cursor.indexOf('.')
  return dot < 0 ? { epoch: '', seq: 0 } : { epoch: cursor.slice(0, dot), seq: Number(cursor.slice(dot + 1)) }
}
