import { Agent, get } from 'node:http'
import type { Observation } from '../../report.ts'
import { median } from '../../stats/bootstrap.ts'
import { linkTo } from './behind.ts'

/** Round trips that a link adds, in ms; 0 is the server itself, without a link. */
const ROUND_TRIPS = [0, 80, 200]
const TIMES = 9

/** The same small request over a connection that is there, and over one of its own, at three distances. */
export async function newConnectionCost(url: string): Promise<Observation[]> {
  const observations: Observation[] = []
  for (const rtt of ROUND_TRIPS) {
    const behind = rtt === 0 ? undefined : await linkTo(url, { rtt })
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    try {
      const address = new URL('/time', behind?.url ?? url)
      const kept = () => timed(address, agent)
      const fresh = () => timed(address, new Agent())
      // The first has to connect, and compiles what the others find compiled.
      await kept()
      await fresh()
      const far = rtt === 0 ? 'on this machine' : `with ${rtt} ms of round trip added by a link`
      const times = { kept: [] as number[], fresh: [] as number[] }
      // By turns, so that a busy moment of the machine is not held against one of them.
      for (let n = 0; n < TIMES; n++) {
        times.kept.push(await kept())
        times.fresh.push(await fresh())
      }
      observations.push(
        {
          id: `kept-${rtt}`,
          what: `The median time of ${TIMES} requests on a connection that was there, ${far}.`,
          value: rounded(median(times.kept)),
          unit: 'ms',
        },
        {
          id: `fresh-${rtt}`,
          what: `The median time of ${TIMES} requests on connections of their own, ${far}.`,
          value: rounded(median(times.fresh)),
          unit: 'ms',
        },
      )
    } finally {
      agent.destroy()
      await behind?.link.close()
    }
  }
  return observations
}

const rounded = (ms: number) => Math.round(ms * 1_000) / 1_000

/** How long a request takes until its answer has come, in ms. */
function timed(address: URL, agent: Agent): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const request = get(address, { agent, timeout: 30_000 }, (response) => {
      response.resume()
      response.on('error', reject)
      response.on('end', () => resolve(performance.now() - started))
    })
    request.on('timeout', () => request.destroy(new Error(`${address} did not answer.`)))
    request.on('error', reject)
  })
}
