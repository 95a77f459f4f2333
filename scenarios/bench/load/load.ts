import { setTimeout as sleep } from 'node:timers/promises'
import { tooManyFor } from './limits.ts'
import { createLoad, type Load, Unreached } from './measure.ts'
import type { FromLoad, Plan, ToLoad } from './protocol.ts'

/** The load process: one server, one transport, one run. It says where it has got to, waits for `go`, and ends. */
let goOn = () => {}
let load: Load | undefined

process.on('message', (message: ToLoad) => {
  if (message.tell === 'plan') void run(message.plan)
  else if (message.tell === 'go') goOn()
  else if (message.tell === 'pause') load?.pause(message.readers)
  else if (message.tell === 'resume') load?.resume()
  else if (message.tell === 'happened') load?.happened(message)
  else process.exit(0)
})
// Nobody is there any more to whom the figures would matter.
process.on('disconnect', () => process.exit(0))
say({ said: 'ready' })

async function run(plan: Plan) {
  try {
    const tooMany = tooManyFor(plan)
    if (tooMany !== undefined) throw new Error(tooMany)
    load = createLoad(plan)
    await load.connect()
    await toldToGoOn({ said: 'connected' })
    await load.warmUp()
    await toldToGoOn({ said: 'warm' })
    await toldToGoOn({ said: 'measured', result: await load.measure() })
    load.close()
    // What says goodbye has left by then; a server that does not answer it holds nobody up.
    await sleep(100)
    process.exit(0)
  } catch (error) {
    process.exitCode = 1
    const message = error instanceof Error ? error.message : String(error)
    say({ said: 'failed', message, unreached: error instanceof Unreached }, () => process.exit(1))
  }
}

function toldToGoOn(message: FromLoad): Promise<void> {
  return new Promise((resolve) => {
    goOn = resolve
    say(message)
  })
}

function say(message: FromLoad, sent?: () => void) {
  process.send?.(message, undefined, undefined, sent)
}
