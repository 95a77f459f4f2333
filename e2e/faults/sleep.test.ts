import { beforeAll, expect, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { setStage } from '../conformance/stage.ts'
import { start } from '../support/process.ts'
import { startReaders } from '../support/readers.ts'
import { until } from '../support/until.ts'
import { linkTo, openLanes, returns } from './lanes.ts'

/** A laptop that is closed and opened again: a process that does not run, while the world goes on. */
const HEARTBEAT = 1

beforeAll(async () => {
  expect(await start(['--build-only']).exited()).toBe(0)
}, 240_000)

test.each([
  ['the server has let go of it', 'rst' as const, undefined],
  ['nobody told it that the network has gone', 'half-open' as const, undefined],
  ['the log no longer holds what it missed', 'rst' as const, 20],
])('asleep while %s: on waking every lane resumes, or is told gap', async (_, how, entriesPerRoom) => {
  const { server, fill } = await setStage(entriesPerRoom === undefined ? undefined : { entriesPerRoom }, {
    heartbeat: HEARTBEAT * 1000,
  })
  const link = await linkTo(server.port)
  const beside = await openLanes(server.url, { heartbeat: HEARTBEAT })
  const laptop = startReaders({ url: link.url, heartbeat: HEARTBEAT })
  await until('all lanes are open', () =>
    transportNames.every((lane) => laptop.states(lane).at(-1) === 'open'),
  )
  const receipts = await fill('lobby', 10)
  await until('all lanes read', () => transportNames.every((lane) => laptop.seqs(lane).length === 10))

  laptop.signal('SIGSTOP')
  // What is sent before the cut waits in the laptop's kernel, and is not missed.
  if (entriesPerRoom !== undefined) link.cut(how)
  for (let n = 0; n < 5; n++) {
    receipts.push(...(await fill('lobby', 10)))
    await Promise.all(beside.map((lane) => lane.has(receipts.length)))
  }
  const clients = () => server.app.websocketServer.clients.size + server.app.io.engine.clientsCount
  // The server sends its heartbeats into silence, and gives up.
  await until('the server has let go of the sleeper’s sockets', () => clients() === beside.length - 3)
  link.cut(how)
  laptop.signal('SIGCONT')

  await until('all lanes read on', () => transportNames.every((lane) => laptop.seqs(lane).at(-1) === 60))
  for (const lane of transportNames) {
    const heard = laptop.heard(lane)
    const seqs = laptop.seqs(lane)
    // A poll may have been between two questions, and has nothing to notice.
    if (!lane.endsWith('polling')) expect(laptop.states(lane)).toContain('reconnecting')
    if (entriesPerRoom === undefined) expectNothingLost({ heard, seqs }, receipts)
    else {
      expect(heard.filter(({ what }) => what === 'gap')).toHaveLength(1)
      expectNothingLost({ heard, seqs }, receipts.slice(0, 10).concat(receipts.slice(-entriesPerRoom)))
    }
  }
  for (const lane of beside) {
    await lane.has(60)
    expectNothingLost(lane, receipts)
    expect(returns(lane)).toBe(0)
  }
})
