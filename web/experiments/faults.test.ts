import { afterEach, expect, test, vi } from 'vitest'
import { now } from '../ui/clock.ts'
import { doFaults } from './faults.ts'

afterEach(() => vi.unstubAllGlobals())

/** A server that does what it is asked, and what it was asked for. */
function server() {
  const asked: { path: string; body: unknown }[] = []
  vi.stubGlobal('fetch', async (path: string, { body }: RequestInit) => {
    asked.push({ path, body: JSON.parse(String(body)) })
    return Response.json({ connections: 1 })
  })
  return asked
}

const victim = (
  happened: (span: { from: number; until: number }) => void,
  port: number | undefined = 3001,
) => ({
  port,
  client: 'r',
  outages: { happened },
  signal: new AbortController().signal,
})

test('the link is asked for each fault in its turn, and the readers’ outages are told from when until when', async () => {
  const asked = server()
  const spans: { from: number; until: number }[] = []
  const start = now()
  await doFaults(
    [
      { at: 0, do: 'cut', how: 'fin', seconds: 2 },
      { at: 0.03, do: 'stall', seconds: 1 },
      { at: 0.03, do: 'drop-response' },
    ],
    victim((span) => spans.push(span)),
  )
  expect(asked).toEqual([
    { path: '/links/3001/cut', body: { client: 'r', how: 'fin', after: 2_000 } },
    { path: '/links/3001/stall', body: { client: 'r', ms: 1_000 } },
    { path: '/links/3001/drop-response', body: { client: 'r' } },
  ])
  expect(spans.map(({ from, until }) => until - from)).toEqual([2_000, 1_000, 0])
  expect(spans[1]?.from).toBeGreaterThanOrEqual(start + 30)
})

test('who ends the run ends what was still to go wrong', async () => {
  const asked = server()
  const ended = new AbortController()
  const done = doFaults([{ at: 60, do: 'cut' }], { ...victim(() => {}), signal: ended.signal })
  ended.abort(new Error('ended'))
  await expect(done).rejects.toThrow('ended')
  expect(asked).toEqual([])
})
