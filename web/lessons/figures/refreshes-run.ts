import type { RefreshesOutcome, RefreshesParameters } from '../../../scenarios/lessons/figures/refreshes.ts'
import { pause, within } from '../../experiments/time.ts'
import { now } from '../../ui/clock.ts'
import { randomName } from '../../ui/random-name.ts'

/** What the server says of this page: its timers and connections, and the timers of the whole process. */
type Alive = { timers: number; sockets: number; process: number }

/** A page that is opened, and then loaded again so many times; `show` gets what there is so far. */
export async function runRefreshes(
  { server, refreshes, seconds }: RefreshesParameters,
  ended: AbortSignal,
  show: (outcome: RefreshesOutcome) => void,
): Promise<RefreshesOutcome> {
  const visit = randomName()
  const path = `/lessons/${server}`
  let ticks = 0
  const open = () => openPage(`${path}?visit=${visit}`, () => void ticks++)
  const alive = async (): Promise<Alive> =>
    (await fetch(`${path}/${visit}`, { cache: 'no-store', signal: ended })).json()
  async function count(): Promise<number> {
    ticks = 0
    await pause(now() + seconds * 1_000, ended)
    return ticks
  }

  const { process } = await alive()
  let outcome: RefreshesOutcome = {
    timers: [],
    sockets: 0,
    process: { before: process, after: process },
    before: 0,
    after: 0,
    seconds,
  }
  const tell = (news: Partial<RefreshesOutcome>) => {
    outcome = { ...outcome, ...news }
    show(outcome)
  }
  tell({})
  let page = open()
  try {
    await within(10_000, page.opened, ended)
    tell({ timers: [(await alive()).timers] })
    tell({ before: await count() })
    for (let time = 0; time < refreshes; time++) {
      page.close()
      await within(10_000, page.closed, ended)
      page = open()
      await within(10_000, page.opened, ended)
      tell({ timers: [...outcome.timers, (await settled(alive, ended)).timers] })
    }
    tell({ after: await count() })
    const { sockets, process: after } = await alive()
    tell({ sockets, process: { ...outcome.process, after } })
    return outcome
  } finally {
    page.close()
  }
}

/** The server has seen the old connection go when it has one left; it then has cleared what it will ever clear. */
async function settled(alive: () => Promise<Alive>, ended: AbortSignal): Promise<Alive> {
  const deadline = now() + 5_000
  for (;;) {
    const latest = await alive()
    if (latest.sockets <= 1 || now() > deadline) return latest
    await pause(now() + 10, ended)
  }
}

/** A page's connection. It is closed as a browser closes it when the page is left. */
function openPage(path: string, onTick: () => void) {
  const socket = new WebSocket(location.origin.replace('http', 'ws') + path)
  socket.onmessage = onTick
  const closed = new Promise<void>((resolve) => socket.addEventListener('close', () => resolve()))
  const opened = new Promise<void>((resolve, reject) => {
    socket.onopen = () => resolve()
    socket.onclose = ({ reason }) => reject(new Error(reason || 'The connection did not come about.'))
  })
  return { opened, closed, close: () => socket.close() }
}
