import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createHeads } from '../../scenarios/bench/load/headers.ts'
import { expect, test } from './test.ts'

/** The load says that it sends what a page in Chrome sends: here a page in Chromium sends it. */
test('the load’s Chrome headers are those of a real page, in their order', async ({ page }) => {
  /** Field names as they stood on the wire, by what the request was. */
  const sent = new Map<string, string[]>()
  /** Values that do not depend on Chromium's version. */
  const accepted = new Map<string, string | undefined>()
  const note = (
    what: string,
    { rawHeaders, headers }: { rawHeaders: string[]; headers: { accept?: string } },
  ) => {
    sent.set(
      what,
      rawHeaders.filter((_, index) => index % 2 === 0),
    )
    accepted.set(what, headers.accept)
  }
  const server = createServer((request, response) => {
    const path = request.url ?? ''
    if (path === '/') {
      response.writeHead(200, { 'content-type': 'text/html', 'set-cookie': 'session=1' })
      return response.end('<title>a page</title><link rel="icon" href="data:,">')
    }
    note(`${request.method} ${path}`, request)
    if (path !== '/stream') return response.end('{}')
    // Ended after its first event, it is asked for again, with that event's id.
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    if (request.headers['last-event-id'] === undefined)
      return response.end('retry: 10\nid: k3f9.1\ndata: {}\n\n')
    return response.write(': that was all\n\n')
  })
  server.on('upgrade', (request, socket) => {
    note('upgrade', request)
    socket.destroy()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  await page.goto(origin)
  await page.evaluate(async () => {
    await fetch('/get')
    await fetch('/post', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body: '{}' })
    const source = new EventSource('/stream')
    await new Promise((resolve) => source.addEventListener('error', resolve, { once: true }))
    await new Promise((resolve) => source.addEventListener('open', resolve, { once: true }))
    source.close()
    await new Promise((resolve) => {
      new WebSocket(`ws://${location.host}/upgrade`).onclose = resolve
    })
  })

  const heads = createHeads({ origin, headers: 'chrome', cookieBytes: 9, keepAlive: true })
  const ours = {
    'GET /get': heads.get('/get'),
    'POST /post': heads.post('/post', 'application/json', 2),
    'GET /stream': heads.stream('/stream', 'k3f9.1'),
    upgrade: heads.upgrade('/upgrade', 'key'),
  }
  for (const [what, head] of Object.entries(ours)) {
    const lines = head.trimEnd().split('\r\n').slice(1)
    // Playwright sets Accept-Language for every page, and so in another place than the browser would.
    const others = (names: string[] | undefined) => names?.filter((name) => name !== 'Accept-Language')
    expect(sent.get(what)).toContain('Accept-Language')
    expect(others(lines.map((line) => line.replace(/:.*/, ''))), what).toEqual(others(sent.get(what)))
    const accept = lines.find((line) => line.startsWith('Accept: '))?.slice('Accept: '.length)
    expect(accept, what).toBe(accepted.get(what))
  }
  await page.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})
