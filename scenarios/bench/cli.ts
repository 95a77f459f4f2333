#!/usr/bin/env node
import { exitCodes } from './io.ts'
import { main } from './main.ts'

/** The process around the command: streams and signals. Ctrl-C keeps what was measured; a second one ends at once. */
const interrupted = new AbortController()
let since = 0

/** A terminal sends Ctrl-C to its whole group and npm passes it on once more: within this time, in ms, it is one. */
const ONE_PRESS = 500

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (!interrupted.signal.aborted) {
      since = performance.now()
      interrupted.abort()
    } else if (performance.now() - since > ONE_PRESS) process.exit(exitCodes.failed)
  })
}

// Who reads only the first lines of an answer has not made a mistake.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
})

process.exitCode = await main(process.argv.slice(2), {
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  columns: process.stdout.columns ?? 100,
  terminal: process.stderr.isTTY ? process.stderr : undefined,
  signal: interrupted.signal,
})
