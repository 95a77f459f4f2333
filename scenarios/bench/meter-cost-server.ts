import { ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createApp } from '../../server/app.ts'
import type { Meter } from '../../server/meter/meter.ts'

/**
 * One of the two servers of the meter's benchmark, in a process of its own: the product's, or the same without its
 * meter (argument `bare`). Answers every message with the CPU time it has used, in microseconds.
 */
const unmetered: Meter = {
  ServerResponse,
  tap: () => {},
  wrap: (feed) => feed,
  read: () => {
    throw new Error('This server is not metered.')
  },
}

const app = await createApp(process.argv[2] === 'bare' ? { meter: unmetered } : {})
await app.listen({ port: 0, host: '127.0.0.1' })

process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpu: user + system })
})
process.on('disconnect', () => process.exit(0))
process.send?.({ port: (app.server.address() as AddressInfo).port })
