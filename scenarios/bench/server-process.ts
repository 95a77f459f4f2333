import { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { parseArgs } from 'node:util'
import { createApp } from '../../server/app.ts'
import { emptyTally, type Tallies } from '../../server/contract/meter.ts'
import { transportNames } from '../../server/contract/transports.ts'
import { createMemoryLog } from '../../server/feed/memory-log.ts'
import { openSqliteLog } from '../../server/feed/sqlite-log.ts'
import type { Meter } from '../../server/meter/meter.ts'
import { answerUsage, say } from './usage.ts'

/**
 * The product's server as the benchmark starts it: any free port, its meter on, and questions about its usage answered.
 * `unmetered` leaves the meter out, to see what it costs. `--data FOLDER` keeps the log there and `--port` asks for a
 * port, both for a server that is to be started again; without them the log is in memory and any free port will do.
 */
const { values, positionals } = parseArgs({
  options: { data: { type: 'string' }, port: { type: 'string', default: '0' } },
  allowPositionals: true,
})
const names = [...transportNames, 'other'] as const
const noMeter: Meter = {
  ServerResponse,
  tap: () => {},
  wrap: (feed) => feed,
  read: () => Object.fromEntries(names.map((name) => [name, emptyTally()])) as Tallies,
}
const app = await createApp({
  log: values.data === undefined ? createMemoryLog() : await openSqliteLog(values.data),
  ...(positionals.includes('unmetered') && { meter: noMeter }),
})
answerUsage(() => app.close())
await app.listen({ port: Number(values.port), host: '127.0.0.1' })
say({ said: 'listening', port: (app.server.address() as AddressInfo).port })
