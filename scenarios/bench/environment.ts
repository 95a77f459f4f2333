import { lookup } from 'node:dns/promises'
import { readFileSync } from 'node:fs'
import { cpus, networkInterfaces, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { faultInWords, needsLink, networkInWords } from '../network.ts'
import { cases } from '../plan.ts'
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
  const linked = cases(scenario).some((of) => needsLink(of.scenario))
  return {
    where: 'command line',
    together: false,
    server: against ? against.origin : 'own process',
    ...where,
    tls: against?.protocol === 'https:',
    ...(linked && { network: networkInWords(scenario) }),
    cores: linked && cores.startsWith('pinned') ? `${cores}, link with the load` : cores,
    cpu: first?.model.trim() || 'unknown',
    cpuCount: cpus().length,
    memoryBytes: totalmem(),
    os: `${type()} ${release()}`,
    runtime: `Node ${process.version}`,
    wireside: version(),
    notes: [...caveats(scenario, against, where), ...notes],
  }
}

function caveats(scenario: Scenario, against: URL | undefined, where: Whereabouts): string[] {
  const { headers, keepAlive } = scenario
  const linked = cases(scenario).some((of) => needsLink(of.scenario))
  return [
    where.sameHost
      ? linked
        ? 'Server and load ran on one machine, one transport at a time.'
        : 'Server and load ran on one machine, one transport at a time. There is no distance between them: what a round trip costs is not in these figures.'
      : 'Server and load ran on two machines with a clock each: times between the two clocks are left out.',
    against
      ? 'The server is somebody else’s process: its CPU time and its memory are not known, nor what else it did.'
      : 'Every run had a server process of its own. Its meter was on, and its cost is in the server’s CPU time.',
    ...(linked ? networkCaveats(scenario) : []),
    ...faultCaveats(scenario),
    'The readers are raw sockets that send what a browser or its library sends; they do not run the product’s clients.',
    headers === 'chrome'
      ? 'Requests carried the headers of desktop Chrome; cookies only where the scenario says so.'
      : 'Requests carried no more headers than HTTP demands, which flatters polling.',
    ...(keepAlive ? [] : ['Every request said Connection: close, and so opened a connection of its own.']),
    'Compression was off.',
  ]
}

function networkCaveats(scenario: Scenario): string[] {
  return [
    `The network was made by a link of ours in a process of its own (${networkInWords(scenario)}). Its CPU time is not the server’s; it stands beside each run.`,
    'The first bytes of each new connection wait one round trip more at the link, for the handshake that the kernel had finished before: figures with new connections in them are modelled to that extent. Packet loss and slow start are not modelled.',
  ]
}

function faultCaveats({ faults = [] }: Scenario): string[] {
  if (faults.length === 0) return []
  const kinds = new Set(faults.map((fault) => fault.do))
  return [
    `Faults were made on purpose, counted from the beginning of what counts: ${faults.map(faultInWords).join('; ')}.`,
    ...(kinds.has('pause-readers')
      ? ['What readers got that stopped reading is counted, but not in the latencies: those are the others’.']
      : []),
    ...(kinds.has('restart')
      ? [
          'The server kept its log on disk and was started again on the same port. What it spent on starting is left out, and so is what the meter counted after it was last read before the end. Messages due while it was away were refused.',
        ]
      : []),
  ]
}

/** Of this software. */
export const version = (): string => JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).version
