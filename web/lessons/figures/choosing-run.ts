import { type ChoosingOutcome, type Load, planOf } from '../../../scenarios/lessons/figures/choosing.ts'
import { conditionsOf } from '../../../scenarios/network.ts'
import type { PresetName } from '../../../server/contract/presets.ts'
import { linkWith } from '../../network/links.ts'
import { randomName } from '../../ui/random-name.ts'
import { type LanesShown, runLanes } from './lanes-run.ts'

/** Whether a WebSocket opens on the load's way, and then one reader of each transport that does, under the load. */
export async function runChoosing(
  load: Load,
  ended: AbortSignal,
  show: (shown: LanesShown) => void,
): Promise<ChoosingOutcome> {
  const upgraded = await upgrades(planOf(load, true).network, ended)
  return { load, upgraded, run: await runLanes(planOf(load, upgraded), ended, show) }
}

/** Tried, not assumed. A page hears that there is no WebSocket and never why; here the way alone can be the reason. */
async function upgrades(network: PresetName, ended: AbortSignal): Promise<boolean> {
  const url = new URL('/websocket', location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  url.searchParams.set('client', `${randomName()}-probe`)
  if (network !== 'clear') {
    url.port = String(await linkWith(conditionsOf({ conditions: network }) ?? {}, async () => {}))
  }
  const socket = new WebSocket(url)
  const giveUp = () => socket.close()
  ended.addEventListener('abort', giveUp, { once: true })
  try {
    return await new Promise<boolean>((resolve) => {
      socket.onopen = () => resolve(true)
      socket.onclose = () => resolve(false)
    })
  } finally {
    ended.removeEventListener('abort', giveUp)
    giveUp()
    ended.throwIfAborted()
  }
}
