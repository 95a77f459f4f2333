import { type Link, startLink } from '../../server/link/link.ts'
import type { FromLink, ToLink } from './link-protocol.ts'
import { now } from './load/clock.ts'
import { createClocks } from './usage.ts'

/**
 * The network of a run: a link in a process of its own, so that what it takes is neither the server's CPU time nor the
 * load's lateness. It keeps no capture.
 */
const clocks = createClocks()
let link: Link | undefined

process.on('message', (message: ToLink) => void answer(message).then(say))
process.on('disconnect', () => process.exit(0))

async function answer(message: ToLink): Promise<FromLink> {
  switch (message.ask) {
    case 'link':
      link = await startLink({ ...message, capture: { bytes: 0 } })
      return { said: 'linked', port: link.port }
    case 'usage':
      return { said: 'usage', usage: clocks.read() }
    case 'forget':
      clocks.forget()
      return done()
    case 'cut':
      if (message.ms > 0) link?.refuse(message.ms, message.client)
      link?.cut(message.how, message.client)
      return done()
    case 'refuse':
      link?.refuse(message.ms, message.client)
      return done()
    case 'stall':
      link?.stall(message.ms, message.client)
      return done()
    case 'drop-response':
      link?.dropResponse(message.client)
      return done()
  }
}

const done = (): FromLink => ({ said: 'done', at: now() })
const say = (message: FromLink) => void process.send?.(message)
