import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, test } from 'vitest'
import { until } from '../../../e2e/support/until.ts'
import { createHeads } from './headers.ts'
import { createPoller } from './polling.ts'

test('another page that waits is asked for at once, and only then is there a pause', async () => {
  const more = [true, true, false]
  const asked: (string | undefined)[] = []
  const server = createServer((request, response) => {
    asked.push(request.url)
    response.end(JSON.stringify({ more: more.shift() ?? false }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  let paused = 0
  const poller = createPoller(
    {
      address: { host: '127.0.0.1', port },
      room: 'bench',
      client: 'load-reader',
      heads: createHeads({
        origin: `http://127.0.0.1:${port}`,
        headers: 'minimal',
        cookieBytes: 0,
        keepAlive: true,
      }),
      interval: 1,
      wait: 1,
      random: Math.random,
    },
    {
      cursor: undefined,
      onJoined() {},
      onEntries() {},
      onGap() {},
      onOpen() {},
      onCut() {},
      onPage: (bytes, start, end) => JSON.parse(bytes.toString('utf8', start, end)).more,
    },
    {
      url: (_cursor, first) => (first ? '/first' : '/later'),
      pause() {
        paused++
        return 3_600_000
      },
    },
  )
  await until('it pauses', () => paused > 0)
  expect(asked).toEqual(['/first', '/later', '/later'])
  expect(paused).toBe(1)
  poller.close()
  server.close()
})
