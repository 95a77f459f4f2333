import type { Environment } from '../../scenarios/report.ts'
import { onLoopback } from '../ui/host.ts'

/** What a page can truthfully say about where it measured; what it cannot know is a note instead of a guess. */
export async function describeEnvironment(notes: readonly string[]): Promise<Environment> {
  const loopback = onLoopback()
  const { hardwareConcurrency } = navigator
  const { brands, platform, memory } = hints()
  return {
    where: 'browser',
    together: false,
    server: location.origin,
    sameHost: loopback,
    loopback,
    tls: location.protocol === 'https:',
    cores: loopback ? 'shared: the server, this page and its browser' : 'the server has its own',
    cpu: 'not known to a page',
    cpuCount: hardwareConcurrency ?? 0,
    memoryBytes: memory * 2 ** 30,
    os: platform,
    runtime: brands,
    wireside: await versionOfServer(),
    notes: [
      'Measured in a page: the requests are this browser’s, with its headers, over its own connections, of which it allows six to one server over HTTP/1.1.',
      'A page does not know the server’s CPU and memory, nor its own CPU time: they are left out.',
      crossOriginIsolated
        ? 'Times are by the page’s clock.'
        : 'Times are by the page’s clock, which steps by 0.1 ms.',
      'Duplicates and order are those of what the clients hand over, after their own check.',
      ...(loopback
        ? []
        : [
            'Whether page and server share a machine is not known, so no time between their clocks is given.',
          ]),
      ...(memory === 0
        ? ['This browser does not say how much memory the machine has.']
        : ['Memory is what the browser says: rounded, and capped.']),
      ...notes,
    ],
  }
}

/** What Chromium says of itself; others say it only in their user agent. */
interface Hints {
  userAgentData?: { platform: string; brands: { brand: string; version: string }[] }
  deviceMemory?: number
}

function hints(): { brands: string; platform: string; memory: number } {
  const { userAgentData, deviceMemory = 0 } = navigator as Navigator & Hints
  // Browsers hide a made-up brand among the true ones, so that nobody relies on the list's form.
  const brand = userAgentData?.brands.find(
    ({ brand }) => !/not.?a.?brand/i.test(brand.replace(/[^a-z]/gi, '')),
  )
  return {
    brands: brand ? `${brand.brand} ${brand.version}` : navigator.userAgent,
    platform: userAgentData?.platform ?? navigator.platform,
    memory: deviceMemory,
  }
}

async function versionOfServer(): Promise<string> {
  try {
    const response = await fetch('/docs/json', { signal: AbortSignal.timeout(5_000) })
    const { info }: { info: { version: string } } = await response.json()
    return info.version
  } catch {
    return 'not known'
  }
}
