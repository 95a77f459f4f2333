import { now } from '../ui/clock.ts'

/** Resolves at an instant of the page's clock, never before it, or rejects with the reason why it was ended. */
export async function pause(until: number, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  // Timers leave out fractions of a millisecond, and for the rest of one a browser would make us wait for four.
  for (let left = until - now(); left > 0; left = until - now()) await timer(Math.ceil(left), signal)
}

/** Resolves to whether the condition came true before `deadline`. Looked at every 20 ms. */
export async function until(
  condition: () => boolean,
  deadline: number,
  signal: AbortSignal,
): Promise<boolean> {
  while (!condition()) {
    if (now() >= deadline) return false
    await timer(20, signal)
  }
  return true
}

function timer(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const id = setTimeout(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    }, ms)
    const abort = () => {
      clearTimeout(id)
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
  })
}

/** What `promise` resolves to; rejects with a sentence when that takes longer than `ms`, or when it was ended. */
export async function within<T>(ms: number, promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const ended = new AbortController()
  const tooLate = pause(now() + ms, AbortSignal.any([signal, ended.signal])).then(() => {
    throw new Error(
      `There is no connection after ${ms / 1000} s. Either the server does not answer, or other tabs hold all the ` +
        'connections that this browser allows to one server (six over HTTP/1.1).',
    )
  })
  try {
    return await Promise.race([promise, tooLate])
  } finally {
    ended.abort()
  }
}
