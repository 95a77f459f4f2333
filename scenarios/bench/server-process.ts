import type { AddressInfo } from 'node:net'
import { createApp } from '../../server/app.ts'
import { answerUsage, say } from './usage.ts'

/** The product's server as the benchmark starts it: any free port, its meter on, and questions about its usage answered. */
answerUsage()
const app = await createApp()
await app.listen({ port: 0, host: '127.0.0.1' })
say({ said: 'listening', port: (app.server.address() as AddressInfo).port })
