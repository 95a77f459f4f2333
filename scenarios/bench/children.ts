import { type ChildProcess, fork } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** A process that the benchmark started, and talks with in sentences, one after the other. */
export interface Child<To, From> {
  pid: number
  tell(message: To): void
  /** Its next sentence. Rejects when it ends, when `seconds` pass, or when the benchmark is interrupted. */
  hear(seconds: number): Promise<From>
  /** Waits until it has ended by itself, for so many seconds at most. */
  ended(seconds: number): Promise<void>
  /** Ends it without asking, and waits until it has ended. */
  stop(): Promise<void>
}

export interface ChildOptions {
  /** What people call it: "server", "load". */
  name: string
  /** Compiled, from the root of the package, without its ending: `scenarios/bench/server-process`. */
  module: string
  args?: readonly string[]
  /** The cores it may run on; absent: any. */
  cores?: readonly number[] | undefined
  signal?: AbortSignal | undefined
}

/** The run was given up because somebody asked for it. */
export class Interrupted extends Error {
  override name = 'Interrupted'
}

/** What of its stderr a process may leave behind. */
const LAST_WORDS = 2_000

/** The package's folder, from sources and from what is compiled of them alike. */
export const root = findRoot(import.meta.dirname)

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

export function startChild<To extends object, From>(options: ChildOptions): Child<To, From> {
  const { name, module, args = [], cores, signal } = options
  const file = join(root, 'dist', `${module}.js`)
  if (!existsSync(file)) throw new Error(`The ${name}’s program is not built. Type: npm run build`)
  const node = [process.execPath, '--expose-gc']
  const [execPath = '', ...execArgv] = cores ? ['taskset', '-c', cores.join(','), ...node] : node
  const child = fork(file, args, {
    execPath,
    execArgv,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // Ctrl-C goes to a terminal's whole group; who is told of it, and when, is for the benchmark to say.
    detached: true,
  })
  running.add(child)

  const heard: From[] = []
  let waiting: { resolve(message: From): void; reject(error: Error): void } | undefined
  let over: Error | undefined
  let words = ''

  const end = (error: Error) => {
    over ??= error
    waiting?.reject(over)
  }
  const interrupt = () => end(new Interrupted('Interrupted'))
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    words = (words + text).slice(-LAST_WORDS)
  })
  child.on('message', (message) => {
    if (waiting) waiting.resolve(message as From)
    else heard.push(message as From)
  })
  child.on('error', (error) => end(new Error(`The ${name} could not be started: ${error.message}`)))
  // 'close' comes after 'exit', when its last words are read.
  const closed = new Promise<void>((resolveClosed) => {
    child.on('close', (code, by) => {
      running.delete(child)
      signal?.removeEventListener('abort', interrupt)
      const how = by ? `was ended by ${by}` : `ended with exit code ${code}`
      end(
        new Error(
          `The ${name} ${how}. ${words ? `Its last words:\n${words.trimEnd()}` : 'It said nothing.'}`,
        ),
      )
      resolveClosed()
    })
    child.on('error', () => child.pid === undefined && resolveClosed())
  })
  if (signal?.aborted) interrupt()
  signal?.addEventListener('abort', interrupt)

  return {
    pid: child.pid ?? 0,
    // A child that is gone cannot be told; hear() says so, and why.
    tell: (message) => void (child.connected && child.send(message, () => {})),
    async hear(seconds) {
      const ready = heard.shift()
      if (ready !== undefined) return ready
      if (over) throw over
      return await new Promise<From>((resolveHeard, rejectHeard) => {
        const late = setTimeout(
          () => end(new Error(`The ${name} did not answer within ${seconds} s.`)),
          seconds * 1000,
        )
        const done = () => {
          clearTimeout(late)
          waiting = undefined
        }
        waiting = {
          resolve(message) {
            done()
            resolveHeard(message)
          },
          reject(error) {
            done()
            rejectHeard(error)
          },
        }
      })
    },
    async ended(seconds) {
      let late: NodeJS.Timeout | undefined
      const patience = new Promise<void>((resolveLate) => {
        late = setTimeout(resolveLate, seconds * 1000)
      })
      await Promise.race([closed, patience])
      clearTimeout(late)
    },
    async stop() {
      child.kill('SIGKILL')
      await closed
    },
  }
}

function findRoot(from: string): string {
  if (existsSync(join(from, 'package.json'))) return from
  const above = resolve(from, '..')
  if (above === from) throw new Error('The package’s folder was not found.')
  return findRoot(above)
}
