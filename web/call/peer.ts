import { type ReadonlySignal, signal } from '@preact/signals'
import { now } from '../ui/clock.ts'
import { createPings } from './pings.ts'
import {
  inOrder,
  isNegotiation,
  type Negotiation,
  readSaid,
  type Said,
  type Signal,
  textTrouble,
} from './signals.ts'

/**
 * One end of a WebRTC call that carries text: an `RTCPeerConnection`, and one data channel on it. It knows nothing of how
 * its signals get across. That is left to the application (RFC 9429 §3.1), which hands in `send` and calls `take`.
 *
 * One side calls and makes the only offer, the other answers, so no two offers can cross. Candidates follow as they are
 * found (trickle ICE, RFC 8838). There is no STUN or TURN server: only host candidates (RFC 8445 §5.1.1.1) are tried.
 */
export interface Peer {
  readonly status: ReadonlySignal<PeerStatus>
  readonly steps: ReadonlySignal<readonly Step[]>
  /** When it was made, by the page's clock. */
  readonly begunAt: number
  /** The caller makes its offer. */
  start(): Promise<void>
  /** A signal of the other side; those of other calls, and what comes twice, are left aside. */
  take(signal: Signal): void
  /** Sends a text over the channel. Returns what is wrong with it, as a sentence, where it was not sent. */
  say(text: string): string | undefined
  /** How long a message over the channel and its answer take, in ms. Rejects when none comes. */
  roundTrip(): Promise<number>
  /** Ends the call, and says so to the other side over the channel. */
  close(reason?: string): void
}

export interface PeerStatus {
  /** `unsure`: the channel was open, and no answer to ICE's checks comes now (`disconnected`). */
  state: 'connecting' | 'open' | 'unsure' | 'failed' | 'closed'
  /** Why it ended, as a sentence. */
  reason?: string
}

/** Something that was done or seen here. */
export interface Step {
  name: string
  /** `out` and `in` are signals, which cross the server; `here` is what this browser did or found. */
  way: 'here' | 'out' | 'in'
  /** When, by the page's clock. What is sent counts when it is acknowledged. */
  at: number
  /** From handing it over until it was acknowledged, in ms, where it was sent. */
  took?: number
  detail?: string
}

interface PeerOptions {
  role: 'caller' | 'callee'
  /** Names the call in every signal. */
  call: string
  /** Brings a signal to the other side. Resolves when it is in the log of the room. */
  send(signal: Signal): Promise<void>
  onText(text: string): void
  /** Something came over the channel that is none of ours. */
  onNonsense?(): void
}

/** How long it may take to open a channel, in ms. */
const PATIENCE = 20_000
/** How long an answer to a ping may take, in ms. */
const PING_PATIENCE = 5_000
/** What may wait to be sent, in bytes. */
const MAX_WAITING = 256 * 1024

const noAddress =
  'This browser has offered no address, so the other cannot reach it. Even two tabs of one machine need a network interface other than loopback.'
const noWay =
  'The two browsers found no way to each other. Without STUN and TURN servers only addresses of their own network are tried: both must be in one network, and it must let UDP through between them.'

export function createPeer({ role, call, send, onText, onNonsense }: PeerOptions): Peer {
  const begunAt = now()
  const connection = new RTCPeerConnection()
  const status = signal<PeerStatus>({ state: 'connecting' })
  const steps = signal<readonly Step[]>([])
  const timer = setTimeout(() => end('failed', found === 0 ? noAddress : noWay), PATIENCE)
  let channel: RTCDataChannel | undefined
  let found = 0
  /** The description is the first signal of each side, whenever the first candidate is found. */
  let numbered = 1
  let isDtlsWatched = false

  const pings = createPings(PING_PATIENCE, async (n) => {
    if (!put({ say: 'ping', n })) throw new Error('The channel is not open.')
  })
  const isOver = () => ['failed', 'closed'].includes(status.peek().state)

  function step(name: string, way: Step['way'] = 'here', more: Partial<Step> = {}): void {
    steps.value = [...steps.peek(), { name, way, at: now(), ...more }]
  }

  function end(state: 'failed' | 'closed', reason: string): void {
    if (isOver()) return
    clearTimeout(timer)
    status.value = { state, reason }
    step(state === 'failed' ? 'failed' : 'channel closed')
    connection.close()
  }

  async function tell(what: Negotiation, name: string, detail?: string): Promise<void> {
    const handedOver = now()
    try {
      await send({ call, ...what })
      if (!isOver())
        step(`${name} sent`, 'out', { took: now() - handedOver, ...(detail !== undefined && { detail }) })
    } catch (error) {
      end('failed', `A signal could not be sent: ${error instanceof Error ? error.message : error}`)
    }
  }

  // Candidates
  connection.onicecandidate = ({ candidate }) => {
    // Chromium says the end by null; others say it by an empty candidate before, too.
    if (candidate?.candidate === '') return
    if (candidate === null) {
      void tell({ step: 'end-of-candidates', n: ++numbered }, 'end of candidates')
      return
    }
    found += 1
    const what = describe(candidate)
    void tell({ step: 'candidate', n: ++numbered, candidate: candidate.toJSON() }, 'candidate', what)
  }

  // ICE, then DTLS over it, then SCTP over that (RFC 8831 §5)
  connection.oniceconnectionstatechange = () => {
    const { iceConnectionState: ice } = connection
    if (ice === 'checking' || ice === 'connected' || ice === 'disconnected') step(`ICE ${ice}`)
    const { state } = status.peek()
    if (ice === 'disconnected' && state === 'open') status.value = { state: 'unsure' }
    if ((ice === 'connected' || ice === 'completed') && state === 'unsure') status.value = { state: 'open' }
  }
  connection.onconnectionstatechange = () => {
    if (connection.connectionState !== 'failed') return
    const wasOpen = status.peek().state !== 'connecting'
    end(
      'failed',
      wasOpen ? 'The other side does not answer any more: it has gone, or its network has.' : noWay,
    )
  }

  function watchDtls(): void {
    const dtls = connection.sctp?.transport
    if (!dtls || isDtlsWatched) return
    isDtlsWatched = true
    dtls.onstatechange = () => {
      if (dtls.state === 'connected') step('DTLS connected')
    }
  }

  // The channel
  function use(opened: RTCDataChannel): void {
    channel = opened
    // A channel that the other side has opened may be open already, and its event still comes.
    const open = () => {
      if (status.peek().state !== 'connecting') return
      clearTimeout(timer)
      status.value = { state: 'open' }
      step('channel open')
    }
    opened.onopen = open
    opened.onclose = () => end('closed', 'The other side has gone: the channel is closed.')
    opened.onmessage = ({ data }) => hear(readSaid(data))
    if (opened.readyState === 'open') open()
  }
  connection.ondatachannel = ({ channel: opened }) => use(opened)

  function hear(said: Said | undefined): void {
    if (isOver()) return
    if (!said) onNonsense?.()
    else if (said.say === 'text') onText(said.text)
    else if (said.say === 'ping') put({ say: 'pong', n: said.n })
    else if (said.say === 'pong') pings.answered(said.n)
    else end('closed', 'The other side has hung up.')
  }

  /** Whether it could be handed over. */
  function put(said: Said): boolean {
    if (channel?.readyState !== 'open') return false
    channel.send(JSON.stringify(said))
    return true
  }

  // Signals of the other side
  let work = Promise.resolve()
  const apply = inOrder<Negotiation>((what) => {
    work = work
      .then(() => (isOver() ? undefined : obey(what)))
      .catch((error) => end('failed', `The browser took no ${what.step}: ${error.message}`))
  })

  async function obey(what: Negotiation): Promise<void> {
    if (what.step === 'candidate') {
      step('candidate received', 'in', { detail: describe(what.candidate) })
      await connection.addIceCandidate(what.candidate)
    } else if (what.step === 'end-of-candidates') {
      step('end of candidates received', 'in')
      await connection.addIceCandidate()
    } else if (what.step === (role === 'caller' ? 'answer' : 'offer')) {
      const { step: type, sdp } = what
      step(`${type} received`, 'in', { detail: bytes(sdp) })
      await connection.setRemoteDescription({ type, sdp })
      watchDtls()
      if (type === 'offer') await propose('answer')
    }
  }

  /** Makes a description and sends it as it is made: without candidates, which follow. */
  async function propose(what: 'offer' | 'answer'): Promise<void> {
    const description = await (what === 'offer' ? connection.createOffer() : connection.createAnswer())
    const { sdp = '' } = description
    if (isOver()) return
    step(`${what} made`, 'here', { detail: bytes(sdp) })
    await connection.setLocalDescription(description)
    watchDtls()
    void tell({ step: what, n: 1, sdp }, what)
  }

  return {
    status,
    steps,
    begunAt,

    async start() {
      use(connection.createDataChannel('chat'))
      try {
        await propose('offer')
      } catch (error) {
        end('failed', `This browser made no offer: ${error instanceof Error ? error.message : error}`)
      }
    },

    take(signal) {
      if (signal.call !== call || isOver()) return
      if (signal.step === 'hang-up') end('closed', 'The other side has hung up.')
      else if (isNegotiation(signal)) apply(signal)
    },

    say(text) {
      const trouble = textTrouble(text)
      if (trouble !== undefined) return trouble
      if ((channel?.bufferedAmount ?? 0) > MAX_WAITING)
        return 'Much that was said before still waits to be sent. Try again in a moment.'
      return put({ say: 'text', text }) ? undefined : 'The channel is not open.'
    },

    roundTrip: pings.roundTrip,

    close(reason = 'You have hung up.') {
      put({ say: 'bye' })
      end('closed', reason)
    },
  }
}

/** A candidate as people read it: `host, udp, 192.0.2.1, port 5000`. */
export function describe({ candidate = '' }: RTCIceCandidateInit): string {
  // candidate:<foundation> <component> <protocol> <priority> <address> <port> typ <type> (RFC 8839 §5.1)
  const [, , protocol = '', , address = '', port = '', , type = ''] = candidate.split(' ')
  // Browsers hide addresses behind random names until a page may use the microphone.
  const shown = address.endsWith('.local') ? 'hidden address' : address
  return `${type}, ${protocol.toLowerCase()}, ${shown}, port ${port}`
}

const bytes = (sdp: string) => `${new TextEncoder().encode(sdp).length} B of SDP`
