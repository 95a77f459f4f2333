import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { onTestFinished } from 'vitest'
import type { Heard } from './client.ts'

interface Line extends Heard {
  lane: string
  seq: number
  state: string
}

/** One lane a transport, in a process of their own; what each was told so far. */
export interface Readers {
  signal(name: NodeJS.Signals): void
  heard(lane: string): Heard[]
  seqs(lane: string): number[]
  states(lane: string): string[]
}

/** Starts them; they end with the test. The clients must be built. */
export function startReaders(target: object, env: Record<string, string> = {}): Readers {
  const program = fileURLToPath(new URL('./reader-process.mjs', import.meta.url))
  const child: ChildProcess = spawn(process.execPath, [program, JSON.stringify(target)], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  let text = ''
  child.stdout?.setEncoding('utf8').on('data', (chunk) => {
    text += chunk
  })
  const lines = (lane: string): Line[] =>
    text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Line)
      .filter((line) => line.lane === lane)
  return {
    signal: (name) => void child.kill(name),
    heard: (lane) => lines(lane).filter(({ what }) => `${what}` !== 'status'),
    seqs: (lane) => lines(lane).flatMap(({ what, seq }) => (what === 'entry' ? seq : [])),
    states: (lane) => lines(lane).flatMap(({ what, state }) => (`${what}` === 'status' ? state : [])),
  }
}
