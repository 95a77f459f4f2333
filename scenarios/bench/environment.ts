import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { cpus, networkInterfaces, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import type { Environment } from '../report.ts'
import type { Scenario } from '../scenario.ts'
import { root } from './children.ts'

/** Where a server is, seen from here. */
export interface Whereabouts {
  sameHost: boolean
  loopback: boolean
}

/** Whether a server runs on this machine, and whether its traffic stays inside. Throws when its name is unknown. */
export async function whereabouts(url: URL): Promise<Whereabouts> {
  const name = url.hostname.replace(/^\[|\]$/g, '')
  const addresses = (await lookup(name, { all: true })).map(({ address }) => address)
  const own = Object.values(networkInterfaces()).flatMap((list) => list?.map(({ address }) => address) ?? [])
  const isLoopback = (address: string) => address.startsWith('127.') || address === '::1'
  // A machine that speaks to one of its own addresses does not use its network card either.
  const sameHost = addresses.every((address) => isLoopback(address) || own.includes(address))
  return { sameHost, loopback: sameHost }
}

export interface EnvironmentOptions {
  scenario: Scenario
  /** Whose server; absent: one of our own. */
  against: URL | undefined
  where: Whereabouts
  cores: string
  /** What went wrong on the way, as sentences. */
  notes: readonly string[]
}

/** Everything about the machine and the set-up that a careful reader would ask for. */
export function environmentOf({ scenario, against, where, cores, notes }: EnvironmentOptions): Environment {
  const [first] = cpus()
  return {
    where: 'command line',
    together: false,
    server: against ? against.origin : 'own process',
    ...where,
    tls: against?.protocol === 'https:',
    cores,
    cpu: first?.model.trim() || 'unknown',
    cpuCount: cpus().length,
    memoryBytes: totalmem(),
    os: `${type()} ${release()}`,
    runtime: `Node ${process.version}`,
    wireside: version(),
    notes: [...caveats(scenario, against, where), ...notes],
  }
}

function caveats({ headers, keepAlive }: Scenario, against: URL | undefined, where: Whereabouts): string[] {
  return [
    where.sameHost
      ? 'Server and load ran on one machine, one transport at a time. There is no distance between them: what a round trip costs is not in these figures.'
      : 'Server and load ran on two machines with a clock each: times between the two clocks are left out.',
    against
      ? 'The server is somebody else’s process: its CPU time and its memory are not known, nor what else it did.'
      : 'Every run had a server process of its own. Its meter was on, and its cost is in the server’s CPU time.',
    'The readers are raw sockets that send what a browser or its library sends; they do not run the product’s clients.',
    headers === 'chrome'
      ? 'Requests carried the headers of desktop Chrome; cookies only where the scenario says so.'
      : 'Requests carried no more headers than HTTP demands, which flatters polling.',
    ...(keepAlive ? [] : ['Every request said Connection: close, and so opened a connection of its own.']),
    'Compression was off.',
  ]
}

/** Of this software. */
export const version = (): string => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
