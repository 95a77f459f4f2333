import { afterEach, describe, expect, test, vi } from 'vitest'
import type { Listener, Status } from './connection.ts'
import { refusal } from './http.ts'
import { keepTrying, Refused, sleep } from './reconnect.ts'

/** A listener that writes down statuses, and closes the lane at the one that is asked for. */
function watch(endAt: (status: Status, count: number) => boolean) {
  const ended = new AbortController()
  const statuses: Status[] = []
  const listener: Listener = {
    onEntry: () => {},
    onGap: () => {},
    onStatus(status) {
      statuses.push(status)
      if (endAt(status, statuses.length)) ended.abort()
    },
  }
  return { ended, statuses, listener }
}

const waits = (statuses: Status[]) =>
  statuses
    .map((status) => (status.state === 'reconnecting' ? status.inMs : undefined))
    .filter((ms) => ms !== undefined)

afterEach(() => vi.restoreAllMocks())

describe('keepTrying', () => {
  test('a failure is a status with its reason, then comes another try', async () => {
    const { ended, statuses, listener } = watch(() => false)
    vi.spyOn(Math, 'random').mockReturnValue(0)
    let tries = 0
    await keepTrying(listener, ended.signal, async () => {
      if (++tries < 3) throw new Error(`try ${tries} failed`)
      ended.abort()
    })
    expect(statuses).toEqual([
      { state: 'connecting' },
      { state: 'reconnecting', inMs: 0, reason: 'try 1 failed' },
      { state: 'reconnecting', inMs: 0, reason: 'try 2 failed' },
      { state: 'closed' },
    ])
  })

  test('each wait is a random part of a time that doubles, up to 5 s; getting through starts it anew', async () => {
    // The whole of each time, and no waiting for it: an ended signal wakes every sleep.
    vi.spyOn(Math, 'random').mockReturnValue(1)
    vi.spyOn(globalThis, 'setTimeout').mockImplementation(((done: () => void) => {
      queueMicrotask(done)
      return 0
    }) as unknown as typeof setTimeout)
    const { ended, statuses, listener } = watch((_, count) => count === 10)
    let tries = 0
    await keepTrying(listener, ended.signal, async (connected) => {
      if (++tries === 8) connected()
      throw new Error('no')
    })
    expect(waits(statuses)).toEqual([250, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 250, 500])
  })

  test('what would be refused again is not tried again: closed, with the reason', async () => {
    const { ended, statuses, listener } = watch(() => false)
    let tries = 0
    await keepTrying(listener, ended.signal, async () => {
      tries++
      throw new Refused('bad-room', 'no such room', false)
    })
    expect(tries).toBe(1)
    expect(statuses).toEqual([
      { state: 'connecting' },
      { state: 'closed', reason: 'no such room', code: 'bad-room' },
    ])
  })

  test('a server that says how long to wait is obeyed', async () => {
    const { ended, statuses, listener } = watch(({ state }) => state === 'reconnecting')
    await keepTrying(listener, ended.signal, async () => {
      throw new Refused('too-many', 'slow down', true, 60_000)
    })
    // The minute itself was cut short by the end.
    expect(statuses).toEqual([
      { state: 'connecting' },
      { state: 'reconnecting', inMs: 60_000, reason: 'slow down', code: 'too-many' },
      { state: 'closed' },
    ])
  })

  test('a try that returns is followed by another at once', async () => {
    const { ended, statuses, listener } = watch(() => false)
    let tries = 0
    await keepTrying(listener, ended.signal, async () => {
      if (++tries === 5) ended.abort()
    })
    expect(tries).toBe(5)
    expect(statuses).toEqual([{ state: 'connecting' }, { state: 'closed' }])
  })

  test('ended in the middle of a try, whatever that throws is no failure', async () => {
    const { ended, statuses, listener } = watch(() => false)
    await keepTrying(listener, ended.signal, async () => {
      ended.abort()
      throw new Error('aborted')
    })
    expect(statuses).toEqual([{ state: 'connecting' }, { state: 'closed' }])
  })
})

describe('sleep', () => {
  test('ends when its time is over', async () => {
    const began = performance.now()
    await sleep(20, new AbortController().signal)
    expect(performance.now() - began).toBeGreaterThanOrEqual(19)
  })

  test('ends at once when it is ended, before or meanwhile', async () => {
    await sleep(60_000_000, AbortSignal.abort())
    const ended = new AbortController()
    const asleep = sleep(60_000_000, ended.signal)
    ended.abort()
    await asleep
  })
})

describe('refusal', () => {
  const answer = (status: number, headers: Record<string, string> = {}, body: unknown = undefined) =>
    refusal(
      new Response(body === undefined ? 'a proxy’s own words' : JSON.stringify(body), { status, headers }),
      {},
    )

  test.each([408, 425, 429, 500, 502, 503, 504])('%i may pass: another try is worth it', async (status) => {
    expect(await answer(status)).toMatchObject({ retry: true, code: `http-${status}` })
  })

  test.each([400, 401, 403, 404, 409, 413, 415, 421])('%i would be answered again', async (status) => {
    expect(await answer(status)).toMatchObject({ retry: false })
  })

  test('the server’s code and sentence are kept', async () => {
    const body = { error: { code: 'id-taken', message: 'Choose another id.' } }
    expect(await answer(409, {}, body)).toMatchObject({ code: 'id-taken', message: 'Choose another id.' })
  })

  test.each([
    ['7', 7_500],
    ['0', 500],
    ['Fri, 31 Dec 1999 23:59:59 GMT', undefined],
  ])('Retry-After: %s is waited for, and a random part of a second more', async (value, waitMs) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    expect((await answer(429, { 'Retry-After': value })).waitMs).toBe(waitMs)
  })

  test('the body says how long too, for pages of another origin do not see the header', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const body = { error: { code: 'overloaded', message: 'Try again soon.', retryAfter: 3 } }
    expect(await answer(503, {}, body)).toMatchObject({ code: 'overloaded', waitMs: 3_500, retry: true })
  })

  test('without Retry-After the wait is ours to choose', async () => {
    expect((await answer(503)).waitMs).toBeUndefined()
  })
})
