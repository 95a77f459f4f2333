import { startProxy } from '../support/proxy.ts'
import { until } from '../support/until.ts'
import { expect, test } from './test.ts'

test('a bare EventSource reads the feed, and resumes by itself where it was cut', async ({
  page,
  server,
}) => {
  const proxy = await startProxy(server.port)
  const publish = (text: string) =>
    server.app.inject({ method: 'POST', url: '/sse/lobby', payload: { text } })
  // The product's own page, for its origin; nothing of its script is used.
  await page.route('**/*.js', (route) => route.abort())
  await page.goto(proxy.url)
  await page.evaluate(() => {
    const seen = document.createElement('ol')
    document.body.replaceChildren(seen)
    const note = (text: string) =>
      seen.append(Object.assign(document.createElement('li'), { textContent: text }))
    const source = new EventSource('/sse/lobby')
    source.onmessage = ({ data, lastEventId }) =>
      note(`${lastEventId.split('.')[1]} ${JSON.parse(data).text}`)
    source.addEventListener('joined', ({ lastEventId }) => note(`joined ${lastEventId.split('.')[1]}`))
    source.addEventListener('gap', () => note('gap'))
  })
  const seen = page.locator('li')
  await expect(seen).toHaveText(['joined 0'])
  await publish('one')
  await expect(seen).toHaveText(['joined 0', '1 one'])

  proxy.cut()
  await publish('two, while it was away')
  await expect(seen).toHaveText(['joined 0', '1 one', 'joined 1', '2 two, while it was away'])
  await publish('three')
  await expect(seen).toHaveText(['joined 0', '1 one', 'joined 1', '2 two, while it was away', '3 three'])

  await page.close()
  await until('the server has let go', async () => (await server.meter()).sse.open === 0)
  await proxy.close()
})
