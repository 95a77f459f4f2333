import { type ChildProcess, spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { until } from './until.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Our own program, run as a user runs it. */
export interface Program {
  pid: number
  readonly stdout: string
  readonly stderr: string
  /** Resolves with the server's URL once it says that it is ready. */
  ready(): Promise<string>
  /** The exit code, once it has ended and its output is read; null when a signal ended it. */
  exited(): Promise<number | null>
  /** To the process that was started, and to none that it started. */
  signal(name: NodeJS.Signals): void
  /** Whether it, or anything that it started, still runs. */
  isAlive(): boolean
  /** Ends it and whatever it has started, without asking. */
  kill(): void
}

export const start = (flags: string[], env: Record<string, string> = {}) =>
  run(process.execPath, ['server/start.mjs', ...flags], env)

/** Started by another command, whose last arguments it becomes: one that bends the world first. */
export const startUnder = (
  [command = '', ...args]: string[],
  flags: string[],
  env: Record<string, string> = {},
) => run(command, [...args, process.execPath, 'server/start.mjs', ...flags], env)

export const npmStart = (flags: string[], env: Record<string, string> = {}) =>
  run('npm', ['start', '--', ...flags], env)

function run(command: string, args: string[], env: Record<string, string>): Program {
  let stdout = ''
  let stderr = ''
  let closed = false
  // A group of its own, so that what it starts can be ended with it.
  const child: ChildProcess = spawn(command, args, {
    cwd: root,
    // In memory, unless a test says where: a folder is one program's, and the developer's own is not for tests.
    env: { ...withoutOurs(process.env), WIRESIDE_DATA: 'memory', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  child.stdout?.setEncoding('utf8').on('data', (text) => {
    stdout += text
  })
  child.stderr?.setEncoding('utf8').on('data', (text) => {
    stderr += text
  })
  child.on('close', () => {
    closed = true
  })

  const { pid } = child
  if (pid === undefined) throw new Error(`${command} could not be started`)
  return {
    pid,
    get stdout() {
      return stdout
    },
    get stderr() {
      return stderr
    },
    async ready() {
      const url = () => /^Wireside (http:\/\/\S+)\n/m.exec(stdout)?.[1]
      await until(`the server is ready\n${stderr}`, () => url() !== undefined || closed, 60)
      const found = url()
      if (found === undefined) throw new Error(`It ended before it was ready:\n${stderr}`)
      return found
    },
    async exited() {
      await until('the program has ended', () => closed, 60)
      return child.exitCode
    },
    signal: (name) => void child.kill(name),
    isAlive() {
      try {
        return process.kill(-pid, 0)
      } catch {
        return false
      }
    },
    kill() {
      try {
        process.kill(-pid, 'SIGKILL')
      } catch {
        // It has ended already.
      }
    },
  }
}

/** What npm and a developer's shell have set must not decide what is tested. */
function withoutOurs(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(WIRESIDE_|npm_|VITEST|NODE_ENV$)/.test(name)),
  )
}
