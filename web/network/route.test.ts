import { beforeEach, describe, expect, it, vi } from 'vitest'
import { createRoute, type Way } from './route.ts'

/** A server with so many ports, as far as a page can tell. */
function createServer(ports: number[]) {
  const links = new Map<string, { port: number; open: number }>()
  const asked: string[] = []
  let reachable = true
  const answer = (status: number, body: unknown) => new Response(JSON.stringify(body), { status })

  function answerLinks(method: string, body: string): Response {
    if (method === 'GET') return answer(200, { links: [...links.values()] })
    const key = JSON.stringify(JSON.parse(body).conditions)
    const port =
      links.get(key)?.port ?? ports.find((each) => ![...links.values()].some((link) => link.port === each))
    if (port === undefined)
      return answer(409, { error: { code: 'no-port', message: 'Every port is in use.' } })
    links.set(key, { port, open: links.get(key)?.open ?? 1 })
    return answer(201, { port })
  }

  return {
    links,
    asked,
    unreachable() {
      reachable = false
    },
    async fetch(input: string | URL, { method = 'GET', body = '' }: RequestInit = {}) {
      const url = String(input)
      asked.push(`${method} ${url}`)
      if (url.endsWith('/health')) {
        if (!reachable) throw new TypeError('Failed to fetch')
        return answer(200, {})
      }
      if (url === '/links') return answerLinks(method, String(body))
      const port = Number(/^\/links\/(\d+)/.exec(url)?.[1])
      const found = [...links].find(([, link]) => link.port === port)
      if (!found) return answer(404, { error: { code: 'not-found', message: 'There is none.' } })
      if (method === 'DELETE') {
        links.delete(found[0])
        return new Response(null, { status: 204 })
      }
      found[1].open = 0
      return answer(200, { connections: 1 })
    },
  }
}

let server = createServer([])
let moves: Way[] = []
const origin = new URL('http://localhost:3000')
const create = () => createRoute(origin, ['a', 'b'], (way) => moves.push(way))

beforeEach(() => {
  server = createServer([3001, 3002])
  moves = []
  vi.stubGlobal('fetch', (input: string | URL, init?: RequestInit) => server.fetch(input, init))
})

describe('the way of the lanes', () => {
  it('is direct at first, then by the port of a link, on the same host', async () => {
    const route = create()
    expect(route.way.value).toEqual({ network: 'clear', conditions: {}, url: 'http://localhost:3000' })
    const way = await route.take('200-ms-away')
    expect(way).toMatchObject({ conditions: { rtt: 200 }, url: 'http://localhost:3001', port: 3001 })
    expect(moves).toEqual([way])
    await route.take('clear')
    expect(moves.at(-1)).toMatchObject({ url: 'http://localhost:3000' })
    expect(route.trouble.value).toBeUndefined()
  })

  it('is direct, with a sentence, where the link’s port cannot be reached', async () => {
    server.unreachable()
    const route = create()
    expect(await route.take('3g')).toMatchObject({ network: 'clear' })
    expect(moves).toEqual([])
    expect(route.trouble.value).toBe(
      '“3G” is not to be had: This page cannot reach port 3001 of localhost. The lanes talk to the server directly.',
    )
  })

  it('is direct, with the server’s own sentence, where there is no port', async () => {
    server = createServer([])
    const route = create()
    await route.take('3g')
    expect(route.trouble.value).toMatch(/Every port is in use\. The lanes/)
    expect(route.asking.value).toBe(false)
  })

  it('is that of the last wish, whichever is answered first', async () => {
    const route = create()
    const [first, second] = await Promise.all([route.take('3g'), route.take('200-ms-away')])
    expect(first).toBeUndefined()
    expect(second?.network).toBe('200-ms-away')
    expect(moves.map(({ network }) => network)).toEqual(['200-ms-away'])
  })

  it('lets go of links that it has left before it says that there is no port', async () => {
    const route = create()
    for (const network of ['3g', '200-ms-away', 'home-wifi']) await route.take(network)
    expect(route.way.value).toMatchObject({ network: 'home-wifi', port: 3001 })
    // The one that it was on meanwhile is left alone.
    expect(server.asked).not.toContain('DELETE /links/3002')
  })

  it('is gone when the same conditions are another link', async () => {
    const route = create()
    await route.take('3g')
    expect(await route.isGone()).toBe(false)
    server.links.clear()
    server.links.set('{"rtt":1}', { port: 3001, open: 1 })
    expect(await route.isGone()).toBe(true)
  })
})
