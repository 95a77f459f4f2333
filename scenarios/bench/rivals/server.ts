import { answerUsage, say } from '../usage.ts'
import { rivals, type Version } from './index.ts'

/** A rival in a process of its own, started as the product's is: `server.js websocket plain`. */
const [transport, version] = process.argv.slice(2) as [keyof typeof rivals, Version]
answerUsage()
const { port } = await rivals[transport][version]()
say({ said: 'listening', port })
