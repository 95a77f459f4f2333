import { execFileSync } from 'node:child_process'

/** Which cores server and load run on. */
export interface Cores {
  server: readonly number[] | undefined
  load: readonly number[] | undefined
  /** For the report. */
  said: string
}

/** The server alone on a core, where this machine allows it: the load's work is then not taken for the server's. */
export function shareOut(allowed: readonly number[] | undefined = allowedCores()): Cores {
  if (!allowed) {
    return { server: undefined, load: undefined, said: 'shared: there is no taskset here to pin a process' }
  }
  const server = allowed.slice(-1)
  const load = allowed.slice(0, -1)
  if (load.length === 0) return { server: undefined, load: undefined, said: 'shared: there is only one' }
  return { server, load, said: `pinned: server on ${listed(server)}, load on ${listed(load)}` }
}

/** Somebody else's server runs where it runs. */
export const unpinned: Cores = { server: undefined, load: undefined, said: 'not pinned' }

const listed = (cores: readonly number[]) => `${cores.length === 1 ? 'core' : 'cores'} ${cores.join(', ')}`

/** The cores this process may use, which in a container are not all; undefined where there is no taskset. */
function allowedCores(): number[] | undefined {
  try {
    const text = execFileSync('taskset', ['-cp', String(process.pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    return readCores(text)
  } catch {
    return undefined
  }
}

/** `pid 7's current affinity list: 0-3,6` → 0, 1, 2, 3, 6 */
export function readCores(text: string): number[] {
  const list = /: ([\d,-]+)\s*$/.exec(text)?.[1] ?? ''
  return list
    .split(',')
    .filter(Boolean)
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
}
