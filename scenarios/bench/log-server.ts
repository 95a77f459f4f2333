import type { AddressInfo } from 'node:net'
import { createApp } from '../../server/app.ts'
import { createMemoryLog } from '../../server/feed/memory-log.ts'
import { openSqliteLog } from '../../server/feed/sqlite-log.ts'
import { answerUsage, say } from './usage.ts'

/** The product's server with its entries in the folder that is named, or in memory when none is. */
answerUsage()
const [folder] = process.argv.slice(2)
const app = await createApp({ log: folder === undefined ? createMemoryLog() : await openSqliteLog(folder) })
await app.listen({ port: 0, host: '127.0.0.1' })
say({ said: 'listening', port: (app.server.address() as AddressInfo).port })
