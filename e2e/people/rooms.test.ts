import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import type { Room } from '../../server/contract/people.ts'
import { transportNames } from '../../server/contract/transports.ts'
import type { History } from '../../server/contract/wire.ts'
import { openSqliteLog } from '../../server/feed/sqlite-log.ts'
import { setStage } from '../conformance/stage.ts'
import { connectReader } from '../support/client.ts'
import { openRoom, startSession } from '../support/people.ts'
import { startServer } from '../support/server.ts'
import { until } from '../support/until.ts'
import { ask, post, request } from '../support/wire.ts'

/** Rooms that have members: how they come to be, and what their members see of it. */

const setUp = async (...names: string[]) => {
  const stage = await setStage()
  const people = await Promise.all(names.map((name) => startSession(stage.server.url, name)))
  return { ...stage, people }
}

test('a private room is opened, joined by invitation and left, and its members read who did so', async () => {
  const { log, people } = await setUp('Ada', 'Bob')
  const [ada, bob] = people as [(typeof people)[0], (typeof people)[0]]
  const room = await openRoom(ada, bob)
  expect(room).toMatchObject({
    room: expect.stringMatching(/^private-[a-z0-9]{24}$/),
    kind: 'private',
    name: 'Homework',
    owner: ada.id,
    members: [
      { id: ada.id, name: 'Ada' },
      { id: bob.id, name: 'Bob' },
    ],
    invite: expect.stringMatching(/^[a-z0-9]{24}$/),
  })
  // The invitation is its owner's to give.
  expect(await bob.room('GET', `/rooms/${room.room}`)).not.toHaveProperty('invite')
  expect((await bob.ask('POST', `/rooms/${room.room}/leave`)).status).toBe(204)
  expect((await bob.ask('GET', `/rooms/${room.room}`)).status).toBe(404)
  const { entries } = await log.after(room.room, '0', 9)
  expect(entries.map(({ kind, from, text }) => [kind, from.id, text])).toEqual([
    ['notice', ada.id, 'Ada opened this room.'],
    ['notice', bob.id, 'Bob joined.'],
    ['notice', bob.id, 'Bob left.'],
  ])
})

test('a list says how far each room has come, and what its members are called now', async () => {
  const { server, people } = await setUp('Ada', 'Bob')
  const [ada, bob] = people as [(typeof people)[0], (typeof people)[0]]
  const { room } = await openRoom(ada, bob)
  const direct = await ada.room('POST', '/rooms', { with: bob.id })
  await ask(server.port, post('/sse/lobby', '{"text":"hi"}'))
  await bob.ask('PATCH', '/session', { name: 'Robert' })
  const { body } = await ada.ask('GET', '/rooms')
  const { rooms } = body as { rooms: Room[] }
  expect(rooms.map(({ room, head, name }) => [room, head, name])).toEqual([
    [room, 2, 'Homework'],
    [direct.room, 1, 'Robert'],
    ['lobby', 1, 'lobby'],
  ])
  expect(rooms[0]?.members).toContainEqual({ id: bob.id, name: 'Robert' })
})

test.each(transportNames)(
  '%s: connecting and going is nobody’s news, and members read and write',
  async (name) => {
    const { server, log, people } = await setUp('Ada', 'Bob')
    const [ada, bob] = people as [(typeof people)[0], (typeof people)[0]]
    const { room } = await openRoom(ada, bob)
    const lanes = [ada, bob].map(({ token }) =>
      connectReader(name, { url: server.url, room, token, after: '0' }),
    )
    onTestFinished(() => {
      for (const lane of lanes) lane.close()
    })
    for (const lane of lanes) await lane.has(2)
    await lanes[0]?.publish({ text: 'hi' })
    for (const lane of lanes) await lane.has(3)
    lanes[1]?.close()
    expect((await log.after(room, '0', 9)).entries.map(({ kind }) => kind)).toEqual([
      'notice',
      'notice',
      'text',
    ])
  },
)

test.each(transportNames)('%s: a client whose member is removed says so, and stays away', async (name) => {
  const { server, people } = await setUp('Ada', 'Bob')
  const [ada, bob] = people as [(typeof people)[0], (typeof people)[0]]
  const { room } = await openRoom(ada, bob)
  const lane = connectReader(name, { url: server.url, room, token: bob.token })
  onTestFinished(() => lane.close())
  await lane.has(2)
  await ada.ask('DELETE', `/rooms/${room}/members/${bob.id}`)
  await until('it has ended', () => lane.statuses.at(-1)?.state === 'closed')
  const code = name === 'short-polling' || name === 'long-polling' ? /^(removed|not-found)$/ : /^removed$/
  expect(lane.statuses.at(-1)).toMatchObject({
    code: expect.stringMatching(code),
    reason: expect.stringMatching(/member/),
  })
  expect(lane.statuses.map(({ state }) => state)).not.toContain('reconnecting')
})

test('an invitation is good until it is taken back, made anew, or somebody is removed', async () => {
  const { people } = await setUp('Ada', 'Bob', 'Cleo')
  const [ada, bob, cleo] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]]
  const { room } = await ada.room('POST', '/rooms', { name: 'Homework' })
  const invite = async () => (await ada.room('POST', `/rooms/${room}/invite`)).invite
  const first = await invite()
  const second = await invite()
  const join = async (by: typeof bob, invite?: string) =>
    (await by.ask('POST', '/rooms/join', { invite })).status
  expect(await join(bob, first)).toBe(404)
  expect(await join(bob, second)).toBe(200)
  expect(await join(bob, second)).toBe(200)
  await ada.ask('DELETE', `/rooms/${room}/invite`)
  expect(await join(cleo, second)).toBe(404)
  const third = await invite()
  await ada.ask('DELETE', `/rooms/${room}/members/${bob.id}`)
  expect(await join(bob, third)).toBe(404)
  expect(await join(bob, 'x'.repeat(24))).toBe(404)
  expect(await join(bob, 'x')).toBe(400)
})

test('what is the owner’s is refused to members with 403, and to others with 404', async () => {
  const { people } = await setUp('Ada', 'Bob', 'Eve')
  const [ada, bob, eve] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]]
  const { room } = await openRoom(ada, bob)
  const asked: [string, string][] = [
    ['POST', `/rooms/${room}/invite`],
    ['DELETE', `/rooms/${room}/invite`],
    ['DELETE', `/rooms/${room}/members/${ada.id}`],
  ]
  for (const [method, path] of asked) {
    expect((await bob.ask(method, path)).status).toBe(403)
    expect((await eve.ask(method, path)).status).toBe(404)
  }
  expect((await eve.ask('POST', `/rooms/${room}/leave`)).status).toBe(404)
  expect((await ada.ask('DELETE', `/rooms/${room}/members/${eve.id}`)).status).toBe(404)
})

test('an owner who leaves is followed by whoever came first; of the last one nothing is left', async () => {
  const { people } = await setUp('Ada', 'Bob')
  const [ada, bob] = people as [(typeof people)[0], (typeof people)[0]]
  const { room, invite } = await openRoom(ada, bob)
  await ada.ask('POST', `/rooms/${room}/leave`)
  expect((await bob.room('GET', `/rooms/${room}`)).owner).toBe(bob.id)
  await bob.ask('POST', `/rooms/${room}/leave`)
  expect((await bob.ask('GET', `/rooms/${room}`)).status).toBe(404)
  expect((await bob.ask('POST', '/rooms/join', { invite })).status).toBe(404)
})

test('two people have one direct room, whoever asks first, and nobody else is ever in it', async () => {
  const { people } = await setUp('Ada', 'Bob', 'Eve')
  const [ada, bob, eve] = people as [(typeof people)[0], (typeof people)[0], (typeof people)[0]]
  const first = await ada.ask('POST', '/rooms', { with: bob.id })
  const again = await bob.ask('POST', '/rooms', { with: ada.id })
  expect([first.status, again.status]).toEqual([201, 200])
  const { room } = first.body as Room
  expect(first.body).toMatchObject({ kind: 'direct', name: 'Bob' })
  expect(again.body).toMatchObject({ room, kind: 'direct', name: 'Ada' })
  expect(room).toMatch(/^direct-[a-z0-9]{32}$/)
  expect((await eve.ask('GET', `/rooms/${room}`)).status).toBe(404)
  for (const [method, path] of [
    ['POST', `/rooms/${room}/leave`],
    ['POST', `/rooms/${room}/invite`],
    ['DELETE', `/rooms/${room}/members/${bob.id}`],
  ] as const)
    expect((await ada.ask(method, path)).status).toBe(403)
  expect((await ada.ask('POST', '/rooms', { with: ada.id })).status).toBe(404)
  expect((await ada.ask('POST', '/rooms', { with: '0'.repeat(16) })).status).toBe(404)
})

test('a list has your rooms, then the public ones; a guest’s only those', async () => {
  const { server, fill, people } = await setUp('Ada', 'Bob')
  const [ada, bob] = people as [(typeof people)[0], (typeof people)[0]]
  const { room } = await openRoom(ada)
  await fill('lobby', 1)
  await fill('attic', 1)
  const names = async (who?: typeof ada) => {
    const headers: Record<string, string> = who ? { Authorization: `Bearer ${who.token}` } : {}
    const { rooms } = (await (await fetch(`${server.url}/rooms`, { headers })).json()) as { rooms: Room[] }
    return rooms.map(({ room }) => room)
  }
  expect(await names(ada)).toEqual([room, 'attic', 'lobby'])
  expect(await names(bob)).toEqual(['attic', 'lobby'])
  expect(await names()).toEqual(['attic', 'lobby'])
})

test('history is read back page by page to the first entry', async () => {
  const { server, fill } = await setStage()
  await fill('lobby', 120)
  const page = async (query: string) =>
    JSON.parse((await ask(server.port, request('GET', `/rooms/lobby/history?${query}`))).body) as History
  const seqs: number[] = []
  let before = ''
  for (let more = true; more; ) {
    const { entries, more: isMore } = await page(`limit=50${before}`)
    seqs.unshift(...entries.map(({ seq }) => seq))
    before = `&before=${entries[0]?.seq}`
    more = isMore
  }
  expect(seqs).toEqual(Array.from({ length: 120 }, (_, n) => n + 1))
  // And on from there, without a seam.
  const { cursor } = await page('before=101&limit=1')
  const next = await ask(server.port, request('GET', `/short-polling/lobby?after=${cursor}`))
  expect(JSON.parse(next.body).entries[0].seq).toBe(101)
  expect(await page('before=1')).toMatchObject({ entries: [], more: false })
  expect((await page('before=999999')).entries.at(-1)?.seq).toBe(120)
  const unborn = await ask(server.port, request('GET', '/rooms/nowhere/history'))
  expect(JSON.parse(unborn.body)).toMatchObject({ entries: [], more: false })
})

test.each([
  'before=0',
  'before=-1',
  'before=x',
  'before=1.5',
  'before=1&before=2',
  'before=',
  'limit=0',
  'limit=201',
  'limit=x',
])('history with %s is 400 bad-query', async (query) => {
  const { server } = await setStage()
  const answer = await ask(server.port, request('GET', `/rooms/lobby/history?${query}`))
  expect(answer).toMatchObject({ status: 400, code: 'bad-query' })
})

test('a folder keeps who is a member of what, and its readers read on after a restart', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'people-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const secret = 'a secret of sixteen or more'
  const serve = async (port = 0) =>
    startServer({ log: await openSqliteLog(folder), sessions: { secret }, port })
  const before = await serve()
  const ada = await startSession(before.url, 'Ada')
  const bob = await startSession(before.url, 'Bob')
  const cleo = await startSession(before.url, 'Cleo')
  const room = await openRoom(ada, bob, cleo)
  const direct = await ada.room('POST', '/rooms', { with: bob.id })
  await ada.ask('DELETE', `/rooms/${room.room}/members/${cleo.id}`)
  await before.close()

  const after = await serve(before.port)
  onTestFinished(() => after.close())
  expect((await bob.room('GET', `/rooms/${room.room}`)).members).toEqual([
    { id: ada.id, name: 'Ada' },
    { id: bob.id, name: 'Bob' },
  ])
  expect(await bob.room('POST', '/rooms', { with: ada.id })).toMatchObject({ room: direct.room, name: 'Ada' })
  expect((await cleo.ask('GET', `/rooms/${room.room}`)).status).toBe(404)
  const { body } = await bob.ask('GET', `/rooms/${room.room}/history`)
  expect((body as History).entries.map(({ text }) => text)).toEqual([
    'Ada opened this room.',
    'Bob joined.',
    'Cleo joined.',
    'Ada removed Cleo.',
  ])
})

test('a guest makes no room, and joins none', async () => {
  const { server } = await setStage()
  for (const path of ['/rooms', '/rooms/join']) {
    const response = await fetch(server.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ name: 'Homework', invite: 'x'.repeat(24) }),
    })
    expect(response.status).toBe(401)
  }
})
