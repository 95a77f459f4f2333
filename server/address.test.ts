import { describe, expect, test } from 'vitest'
import { addressOf } from './address.ts'

describe('the transport a URL names', () => {
  test.each([
    ['/short-polling/lobby', 'short-polling'],
    ['/long-polling/lobby?wait=25', 'long-polling'],
    ['/sse/lobby', 'sse'],
    ['/websocket', 'websocket'],
    ['/websocket?client=ada', 'websocket'],
    ['/socket.io/?EIO=4&transport=polling', 'socket-io'],
    ['/%73se/lobby', 'sse'],
    ['http://localhost:3000/sse/lobby', 'sse'],
    ['HTTP://LOCALHOST/sse/lobby', 'sse'],
    ['/', 'other'],
    ['/meter', 'other'],
    ['/echo', 'other'],
    ['/SSE/lobby', 'other'],
    ['/ssex/lobby', 'other'],
    ['/x/sse/lobby', 'other'],
    ['//sse/lobby', 'other'],
    ['/?/sse/lobby', 'other'],
    ['/socket-io/', 'other'],
    ['/%zz/sse', 'other'],
    ['/__proto__', 'other'],
    ['*', 'other'],
    ['127.0.0.1:22', 'other'],
    ['http://localhost', 'other'],
    ['', 'other'],
    [undefined, 'other'],
  ])('of %s is %s', (target, transport) => {
    expect(addressOf(target).transport).toBe(transport)
  })
})

describe('the client a URL names', () => {
  test.each([
    ['/sse/lobby?client=ada', 'ada'],
    ['/sse/lobby?after=0&client=Ada_7-x', 'Ada_7-x'],
    ['/sse/lobby?%63lient=ada', 'ada'],
    ['/sse/lobby?client=%61da', 'ada'],
    [`/sse/lobby?client=${'x'.repeat(64)}`, 'x'.repeat(64)],
    ['http://localhost:3000/sse/lobby?client=ada', 'ada'],
  ])('of %s is %s', (target, client) => {
    expect(addressOf(target)).toMatchObject({ client, error: undefined })
  })

  test.each([
    '/sse/client',
    '/sse/lobby?clients=2',
    '/sse/lobby?x=client',
    '/meter?client=a&client=b',
    '/sse?',
  ])('of %s is nobody', (target) => {
    expect(addressOf(target)).toMatchObject({ client: undefined, error: undefined })
  })

  test.each([
    '/sse/lobby?client=',
    '/sse/lobby?client',
    '/sse/lobby?client=a&client=a',
    '/sse/lobby?client=a.b',
    '/sse/lobby?client=a%0a',
    '/sse/lobby?%63lient=a.b',
    `/sse/lobby?client=${'x'.repeat(65)}`,
    '/meter/?client=a.b',
  ])('of %s is an error, and nobody', (target) => {
    expect(addressOf(target)).toMatchObject({ client: undefined, error: { code: 'bad-query' } })
  })
})
