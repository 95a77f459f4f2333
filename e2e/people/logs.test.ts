import { Writable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { createMemoryLog } from '../../server/feed/memory-log.ts'
import { openRoom, startSession } from '../support/people.ts'
import { startServer } from '../support/server.ts'
import { ask, post } from '../support/wire.ts'

test('a server that logs all it can writes no token and no invitation', async () => {
  let written = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      written += chunk
      done()
    },
  })
  const log = createMemoryLog()
  let broken = false
  const server = await startServer({
    log: {
      ...log,
      append: (...draft) => (broken ? Promise.reject(new Error('broken')) : log.append(...draft)),
    },
    logger: { level: 'trace', stream },
  })
  onTestFinished(() => server.close())
  const ada = await startSession(server.url, 'Ada')
  const { invite } = await openRoom(ada)
  const headers = { Authorization: `Bearer ${ada.token}`, Cookie: ada.cookie }
  broken = true
  expect((await ask(server.port, post('/sse/lobby', '{"text":"hi"}', headers))).status).toBe(500)
  // Nor where somebody logs more than we do.
  const setCookie = `${ada.cookie}; Path=/`
  server.app.log.error({ req: { headers: { authorization: ada.token, cookie: ada.cookie } } }, 'asked')
  server.app.log.error(
    { headers: { 'set-cookie': setCookie }, auth: { token: ada.token }, invite },
    'answered',
  )
  expect(written).toContain('broken')
  expect(written).toContain('[Redacted]')
  for (const secret of [ada.token, ada.cookie, ada.token.split('.')[2] ?? '', String(invite)])
    expect(written.includes(secret)).toBe(false)
})
