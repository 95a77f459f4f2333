import { until } from './until.ts'

/** An Engine.IO session over polling, spoken by hand: each packet is text, packets are parted by U+001E. */
export interface RawEngine {
  sid: string
  url: string
  /** Sends one packet, or several, as they are. */
  post(packets: string): Promise<Response>
  /** The packets of the next poll; nothing once the server has closed the session. */
  poll(): Promise<string[] | undefined>
  /** Emits an event in /chat and gives what its acknowledgement brought. */
  call(event: unknown, ...args: unknown[]): Promise<unknown>
  /** The same, with the arguments as the JSON text they are to be. */
  callRaw(json: string): Promise<unknown>
  /** Resolves when the server has ended the session: the next poll is told so, the one after it is 400. */
  end(): Promise<void>
  close(): Promise<void>
}

const SEPARATOR = '\x1e'

/** Opens a session and, unless told otherwise, connects it to the namespace of the feed. */
export async function openEngine(server: string, namespace = '/chat'): Promise<RawEngine> {
  const base = `${server}/socket.io/?EIO=4&transport=polling`
  const opened = await (await fetch(base)).text()
  const { sid }: { sid: string } = JSON.parse(opened.slice(1))
  const url = `${base}&sid=${sid}`
  let ids = 0

  const post = (body: string) => fetch(url, { method: 'POST', body })

  async function poll() {
    const response = await fetch(url)
    return response.ok ? (await response.text()).split(SEPARATOR) : undefined
  }

  async function callRaw(json: string): Promise<unknown> {
    const id = ++ids
    await post(`42/chat,${id}${json}`)
    let reply: unknown
    await until(`the ack of ${json.slice(0, 80)}`, async () => {
      for (const packet of (await poll()) ?? []) {
        if (packet === '2') await post('3')
        const ack = new RegExp(`^43/chat,${id}(\\[.*)$`, 's').exec(packet)?.[1]
        if (ack !== undefined) reply = JSON.parse(ack)[0]
      }
      return reply !== undefined
    })
    return reply
  }

  if (namespace) {
    await post(`40${namespace},`)
    await poll()
  }
  return {
    sid,
    url,
    post,
    poll,
    callRaw,
    call: (event, ...args) => callRaw(JSON.stringify([event, ...args])),
    end: () => until('the server has ended the session', async () => (await poll()) === undefined),
    async close() {
      await post('1').catch(() => {})
    },
  }
}
