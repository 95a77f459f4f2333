import { describe, expect, onTestFinished, test } from 'vitest'
import { bystanders } from '../support/bystanders.ts'
import { startServer } from '../support/server.ts'
import { tabulate } from '../support/table.ts'
import { ask, post, request, said } from '../support/wire.ts'
import { badDrafts, oddDrafts, poisonedDrafts } from './drafts.ts'

/** Publishing by POST, on the three transports that do. */
const beside = bystanders()
const note = tabulate('publishing by POST, on the three transports that do')
const draft = '{"text":"hi"}'

describe.each(['short-polling', 'long-polling', 'sse'])('POST /%s/:room', (path) => {
  const lobby = `/${path}/lobby`

  test.each([...badDrafts, ...poisonedDrafts])('%s is 400 bad-draft', async (name, json) => {
    const answer = await ask(beside.port, post(lobby, json))
    note(name, '400 bad-draft', said(answer))
    expect(answer).toMatchObject({ status: 400, code: 'bad-draft' })
  })

  test.each([
    ['an empty body', ''],
    ['half a JSON', '{"text":'],
    ['JSON as JavaScript writes it', "{text:'hi'}"],
    ['more after the JSON', '{"text":"hi"} {"text":"ho"}'],
    ['NaN', '{"text":"hi","sentAt":NaN}'],
    ['a bare control character in a string', '{"text":"a\u0001b"}'],
    ['a stray UTF-8 byte', Buffer.from('7b2274657874223a22ff227d', 'hex')],
    ['a UTF-8 sequence cut short', Buffer.from('7b2274657874223a22f09f99227d', 'hex')],
    ['an overlong UTF-8 slash', Buffer.from('7b2274657874223a22c0af227d', 'hex')],
    ['a surrogate encoded as UTF-8', Buffer.from('7b2274657874223a22eda080227d', 'hex')],
    ['UTF-16', Buffer.from(draft, 'utf16le')],
  ])('%s is 400 bad-draft', async (name, body) => {
    const answer = await ask(beside.port, post(lobby, body))
    note(name, '400 bad-draft', said(answer))
    expect(answer).toMatchObject({ status: 400, code: 'bad-draft' })
  })

  test.each(oddDrafts)('%s are taken as they are', async (name, json, text) => {
    const elsewhere = `/${path}/odd-${path}`
    const answer = await ask(beside.port, post(elsewhere, json))
    note(name, '201', said(answer))
    expect(answer.status).toBe(201)
    const { id, seq } = JSON.parse(answer.body)
    const page = JSON.parse((await ask(beside.port, request('GET', `/short-polling/odd-${path}`))).body)
    expect(page.entries.at(-1)).toMatchObject({ id, seq, text, room: `odd-${path}`, from: { name: 'guest' } })
  })

  test.each([
    ['text/plain', 'text/plain'],
    ['a form', 'application/x-www-form-urlencoded'],
    ['a multipart form', 'multipart/form-data; boundary=x'],
    ['no Content-Type', undefined],
    ['an empty Content-Type', ''],
    ['half a Content-Type', 'application'],
    ['a garbled Content-Type', ';;=application/json'],
    ['a name that only begins like ours', 'application/jsonp'],
    ['a name that only ends like ours', 'x-application/json'],
    ['two types in one', 'text/plain, application/json'],
    ['a Content-Type of 4 kB', `text/${'x'.repeat(4_096)}`],
  ])('%s is 415 unsupported-type', async (name, type) => {
    const answer = await ask(beside.port, post(lobby, draft, { 'Content-Type': type }))
    note(name, '415 unsupported-type', said(answer))
    expect(answer).toMatchObject({ status: 415, code: 'unsupported-type' })
  })

  test('a body of exactly 64 kB is taken', async () => {
    const answer = await ask(beside.port, post(`/${path}/big`, padded(65_536)))
    note('a body of exactly 64 kB', '201', said(answer))
    expect(answer.status).toBe(201)
  })

  test('one byte more is 413 too-large', async () => {
    const answer = await ask(beside.port, post(lobby, padded(65_537)))
    note('a body of a byte more', '413 too-large', said(answer))
    expect(answer).toMatchObject({ status: 413, code: 'too-large' })
  })

  test('a body that only announces its size is 413 before it comes', async () => {
    const answer = await ask(beside.port, post(lobby, '', { 'Content-Length': '1000000000' }))
    note('a body that only announces 1 GB', '413 too-large', said(answer))
    expect(answer).toMatchObject({ status: 413, code: 'too-large' })
  })

  test('a body in chunks, of no announced size, is 413 once it is too large', async () => {
    const head = { 'Transfer-Encoding': 'chunked', 'Content-Length': undefined }
    const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`
    const answer = await ask(
      beside.port,
      Buffer.concat([post(lobby, '', head), Buffer.from(chunk.repeat(5))]),
    )
    note('80 kB in chunks', '413 too-large', said(answer))
    expect(answer).toMatchObject({ status: 413, code: 'too-large' })
  })

  test('a draft in chunks of one byte is taken', async () => {
    const head = { 'Transfer-Encoding': 'chunked', 'Content-Length': undefined }
    const chunks = [...draft].map((byte) => `1\r\n${byte}\r\n`).join('')
    const answer = await ask(
      beside.port,
      Buffer.concat([post(`/${path}/chunks`, '', head), Buffer.from(`${chunks}0\r\n\r\n`)]),
    )
    note('a draft in chunks of one byte', '201', said(answer))
    expect(answer.status).toBe(201)
  })

  test('the same id for another text is 409, for the same text the first receipt', async () => {
    const target = `/${path}/ids-${path}?client=ada`
    const first = await ask(beside.port, post(target, '{"text":"one","id":"a-1"}'))
    const repeat = await ask(beside.port, post(target, '{"text":"one","id":"a-1"}'))
    const conflict = await ask(beside.port, post(target, '{"text":"two","id":"a-1"}'))
    note('an id again, with the same text', '200', said(repeat))
    note('an id again, with another text', '409 id-taken', said(conflict))
    expect(first.status).toBe(201)
    expect(repeat).toMatchObject({ status: 200, body: first.body })
    expect(conflict).toMatchObject({ status: 409, code: 'id-taken' })
  })

  test.each(['PUT', 'DELETE', 'PATCH', 'TRACE', 'PROPFIND'])('%s is 404', async (method) => {
    const answer = await ask(
      beside.port,
      request(method, lobby, { 'Content-Type': 'application/json' }, draft),
    )
    note(method, '404 not-found', said(answer))
    expect(answer.status).toBe(404)
  })

  test('a flood is 429, and says when to come again', async () => {
    const limited = await startServer({ limits: { loopback: { publishesByClient: 2 } } })
    onTestFinished(limited.close)
    for (let n = 0; n < 2; n++) expect((await ask(limited.port, post(lobby, draft))).status).toBe(201)
    const answer = await ask(limited.port, post(lobby, draft))
    note('more a second than is allowed', '429 too-many', said(answer))
    expect(answer).toMatchObject({ status: 429, code: 'too-many' })
    expect(answer.headers['retry-after']).toBe('1')
  })
})

/** A draft of so many bytes, most of them in a field nobody knows. */
function padded(bytes: number): string {
  const [before, after] = ['{"text":"hi","padding":"', '"}']
  return `${before}${'x'.repeat(bytes - before.length - after.length)}${after}`
}
