/** What the command speaks with. A test hands in its own. */
export interface Io {
  /** The answer. */
  out(text: string): void
  /** Everything else: progress, errors, what was written where. */
  err(text: string): void
  /** How wide the answer may be, in characters. */
  columns: number
  /** Where progress may be drawn; absent where only lines make sense. */
  terminal?: NodeJS.WriteStream | undefined
  /** Aborted by Ctrl-C. */
  signal: AbortSignal
}

/** The command's exit codes. */
export const exitCodes = {
  done: 0,
  /** Something went wrong, or was ended early; what was measured is kept. */
  failed: 1,
  /** What was asked for cannot be done; nothing was measured. */
  usage: 2,
  /** All was measured, and a threshold is broken. */
  threshold: 99,
} as const

/** What was asked for cannot be done. Its message says what to do instead. */
export class UsageError extends Error {
  override name = 'UsageError'
}

/** Runs what throws sentences about what somebody typed or wrote; these become usage errors. */
export function asked<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw new UsageError((error as Error).message)
  }
}
