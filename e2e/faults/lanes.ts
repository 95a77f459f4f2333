import { onTestFinished } from 'vitest'
import type { Conditions } from '../../server/contract/link.ts'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { type Link, startLink } from '../../server/link/link.ts'
import type { Target } from '../../web/transports/connection.ts'
import { connectReader, type TestReader } from '../support/client.ts'
import { until } from '../support/until.ts'

/** What the tests of the faults share: one lane a transport. */

/** Opens a client of each transport at this URL, as far as it goes: Socket.IO is a WebSocket by then. */
export async function openLanes(url: string, target: Partial<Target> = {}): Promise<TestReader[]> {
  const lanes = transportNames.map((name) => openLane(name, url, target))
  await Promise.all(lanes.map((lane) => lane.open()))
  await settled(lanes)
  return lanes
}

/** A client, closed with the test. It goes by the name of its transport, unless it has another. */
export function openLane(name: TransportName, url: string, target: Partial<Target> = {}): TestReader {
  const lane = connectReader(name, { client: name, ...target, url })
  onTestFinished(() => lane.close())
  return lane
}

/** Resolves when all are open, and Socket.IO has left polling: an upgrade that is cut is another test's fault. */
export const settled = (lanes: readonly TestReader[]) =>
  until('all lanes are open, none of them on Socket.IO’s polling', () =>
    lanes.every(({ statuses }) => {
      const status = statuses.at(-1)
      return status?.state === 'open' && status.via !== 'polling'
    }),
  )

/** A link in front of a server, closed with the test. */
export async function linkTo(port: number, conditions: Conditions = {}): Promise<Link & { url: string }> {
  const link = await startLink({ to: { host: '127.0.0.1', port }, conditions })
  onTestFinished(() => link.close())
  return Object.assign(link, { url: `http://127.0.0.1:${link.port}` })
}

/** How often a lane had to come back. */
export const returns = ({ statuses }: TestReader) =>
  statuses.filter(({ state }) => state === 'reconnecting').length
