import { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../../server/app.ts'
import { emptyTally, type Tallies } from '../../server/contract/meter.ts'
import { transportNames } from '../../server/contract/transports.ts'
import type { Meter } from '../../server/meter/meter.ts'
import { answerUsage, say } from './usage.ts'

/**
 * The product's server as the benchmark starts it: any free port, its meter on, and questions about its usage answered.
 * `unmetered` leaves the meter out, to see what it costs.
 */
answerUsage()
const names = [...transportNames, 'other'] as const
const noMeter: Meter = {
  ServerResponse,
  tap: () => {},
  wrap: (feed) => feed,
  read: () => Object.fromEntries(names.map((name) => [name, emptyTally()])) as Tallies,
}
const app = await createApp(process.argv[2] === 'unmetered' ? { meter: noMeter } : {})
await app.listen({ port: 0, host: '127.0.0.1' })
say({ said: 'listening', port: (app.server.address() as AddressInfo).port })
