import type { Scenario } from '../scenario.ts'
import { msAway200 } from './200-ms-away.ts'
import { bufferingProxy } from './buffering-proxy.ts'
import { burst } from './burst.ts'
import { busyRoom } from './busy-room.ts'
import { conversation } from './conversation.ts'
import { cookies } from './cookies.ts'
import { herd } from './herd.ts'
import { idle60s } from './idle-60s.ts'
import { idleConnections } from './idle-connections.ts'
import { keepAliveOrClose } from './keep-alive-or-close.ts'
import { longMessages } from './long-messages.ts'
import { manyListeners } from './many-listeners.ts'
import { pollIntervalSweep } from './poll-interval-sweep.ts'
import { quietRoom } from './quiet-room.ts'
import { rateLadder } from './rate-ladder.ts'
import { schoolFirewall } from './school-firewall.ts'
import { serverRestart } from './server-restart.ts'
import { slowReader } from './slow-reader.ts'
import { talkativeListeners } from './talkative-listeners.ts'
import { wifiDrop } from './wifi-drop.ts'

/** Every scenario that comes with the software, the ones to begin with first. */
export const catalogue: readonly Scenario[] = [
  quietRoom,
  conversation,
  busyRoom,
  burst,
  longMessages,
  manyListeners,
  talkativeListeners,
  pollIntervalSweep,
  rateLadder,
  keepAliveOrClose,
  cookies,
  idleConnections,
  msAway200,
  wifiDrop,
  serverRestart,
  schoolFirewall,
  bufferingProxy,
  idle60s,
  slowReader,
  herd,
]
