import { expect, onTestFinished, test } from 'vitest'
import { startServer } from '../e2e/support/server.ts'
import { until } from '../e2e/support/until.ts'
import { ask, dial, post, request } from '../e2e/support/wire.ts'
import type { RestartOptions } from './restart.ts'

/** A server that counts how often it was asked to start anew. */
async function serve(who?: RestartOptions['who']) {
  let asked = 0
  const server = await startServer({
    links: { ports: [0], host: '127.0.0.1' },
    ...(who && {
      restart: {
        who,
        keeps: true,
        restart() {
          asked++
        },
      },
    }),
  })
  onTestFinished(server.close)
  /** As if the request came from there. */
  const from = async (remoteAddress: string, headers: Record<string, string> = {}) => {
    const state = await server.app.inject({ url: '/restart', remoteAddress, headers })
    const { statusCode } = await server.app.inject({
      url: '/restart',
      method: 'POST',
      remoteAddress,
      headers,
    })
    return { allowed: state.json().allowed, why: state.json().why, status: statusCode }
  }
  return { server, from, asked: () => asked }
}

const refused = (why: RegExp) => ({ allowed: false, why: expect.stringMatching(why), status: 403 })

test('who sits at the server may restart it, and nobody else', async () => {
  const { server, from, asked } = await serve('this-machine')
  const answer = await ask(server.port, request('POST', '/restart'))
  expect(answer.status).toBe(202)
  expect(JSON.parse(answer.body)).toEqual({ startedAt: expect.any(Number), allowed: true, keeps: true })
  await until('it is done once the answer has left', () => asked() === 1)
  for (const here of ['127.0.0.1', '::1', '::ffff:127.0.0.1', '127.1.2.3'])
    expect(await from(here)).toEqual({ allowed: true, why: undefined, status: 202 })
  const before = asked()
  for (const stranger of ['192.168.1.7', '::ffff:192.168.1.7', 'fe80::1', '2001:db8::1', '128.0.0.1'])
    expect(await from(stranger)).toEqual(refused(/sits at the server.*--allow-restart anyone/))
  for (const name of ['Forwarded', 'X-Forwarded-For', 'Via'])
    expect(await from('127.0.0.1', { [name]: '127.0.0.1' })).toEqual(refused(/sits at the server/))
  expect(asked()).toBe(before)
})

test('a page of another origin may not, and a name that is not ours neither', async () => {
  const { server, asked } = await serve('this-machine')
  const from = (headers: Record<string, string>) => ask(server.port, request('POST', '/restart', headers))
  expect(await from({ Origin: 'http://evil.example' })).toMatchObject({ status: 403, code: 'foreign-origin' })
  expect(await from({ Host: 'evil.example' })).toMatchObject({ status: 421 })
  expect(asked()).toBe(0)
})

test('over a link nobody may, however the request is sent, also when its connection is reset at once', async () => {
  const { server, asked } = await serve('this-machine')
  const made = await ask(server.port, post('/links', '{"conditions":{}}'))
  const { port } = JSON.parse(made.body)
  // As a stranger would, who can say any Host.
  const plea = request('POST', '/restart', { Host: `127.0.0.1:${server.port}` })
  expect(await ask(port, plea)).toMatchObject({ status: 403, code: 'not-allowed' })
  expect((await ask(port, request('GET', '/restart'))).body).toContain('over a link')

  const before = (await server.meter()).other.requests
  for (let n = 0; n < 20; n++) {
    const wire = await dial(port)
    wire.send(plea)
    wire.hangUp()
  }
  await until('some have reached the server', async () => (await server.meter()).other.requests > before + 5)
  expect(asked()).toBe(0)
  // The server's own port is still another matter.
  expect((await ask(server.port, plea)).status).toBe(202)
})

test('--allow-restart says otherwise', async () => {
  expect(await (await serve('anyone')).from('192.168.1.7')).toMatchObject({ allowed: true, status: 202 })
  expect(await (await serve('nobody')).from('127.0.0.1')).toEqual(refused(/--allow-restart nobody/))
  expect(await (await serve()).from('127.0.0.1')).toEqual(refused(/does not start it again/))
})
