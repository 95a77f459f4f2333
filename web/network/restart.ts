import type { RestartState } from '../../server/contract/restart.ts'
import { ask, Trouble } from './ask.ts'

/** Since when the server runs, and whether this page may restart it. Rejects with a `Trouble`. */
export const restartState = (): Promise<RestartState> => ask('GET', '/restart')

/** How long a server may take to end and to start, ms; it gives itself 5 s for the first. */
const PATIENCE = 30_000
const PAUSE = 100

/** Restarts the server; resolves with what the new one says of itself. Rejects with a `Trouble`. */
export async function restartServer(): Promise<RestartState> {
  const { startedAt } = await ask<RestartState>('POST', '/restart')
  for (const deadline = performance.now() + PATIENCE; performance.now() < deadline; ) {
    await new Promise((resolve) => setTimeout(resolve, PAUSE))
    const state = await restartState().catch(() => undefined)
    if (state && state.startedAt !== startedAt) return state
  }
  throw new Trouble('network', 'The server has ended and is not back. Look at where it was started.')
}
