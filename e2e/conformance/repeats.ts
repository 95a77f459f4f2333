import { expect, test } from 'vitest'
import type { TransportName } from '../../server/contract/transports.ts'
import { kept, setStage } from './stage.ts'

/** Promise 3: a draft becomes one entry, however often its author sends it. */
export function repeats(name: TransportName) {
  test('the same draft again gets the first receipt, and there is one entry', async () => {
    const { log, server, reader } = await setStage()
    const ada = reader(name, { url: server.url, client: 'ada' })
    await ada.open()
    const first = await ada.publish({ id: 'a-1', text: 'hi', sentAt: 1 })
    await ada.publish({ id: 'a-2', text: 'something between' })
    // Another name or time is not another message: only the text says what was meant.
    const again = await ada.publish({ id: 'a-1', text: 'hi', sentAt: 2, name: 'Ada' })
    expect(again).toEqual(first)
    expect((await kept(log)).map(({ id }) => id)).toEqual(['a-1', 'a-2'])
  })

  test('the same draft three times at once gets three equal receipts, and there is one entry', async () => {
    const { log, server, reader } = await setStage()
    const ada = reader(name, { url: server.url, client: 'ada' })
    await ada.open()
    const draft = { id: 'a-1', text: 'hi' }
    const receipts = await Promise.all([ada.publish(draft), ada.publish(draft), ada.publish(draft)])
    expect(receipts[1]).toEqual(receipts[0])
    expect(receipts[2]).toEqual(receipts[0])
    expect(await kept(log)).toHaveLength(1)
  })

  test('a repeat over a new connection of the same client is still a repeat', async () => {
    const { log, server, reader } = await setStage()
    const ada = reader(name, { url: server.url, client: 'ada' })
    await ada.open()
    const first = await ada.publish({ id: 'a-1', text: 'hi' })
    ada.close()
    const later = reader(name, { url: server.url, client: 'ada' })
    await later.open()
    expect(await later.publish({ id: 'a-1', text: 'hi' })).toEqual(first)
    expect(await kept(log)).toHaveLength(1)
  })

  test('the same id with another text is refused as id-taken, and changes nothing', async () => {
    const { log, server, reader } = await setStage()
    const ada = reader(name, { url: server.url, client: 'ada' })
    await ada.open()
    await ada.publish({ id: 'a-1', text: 'hi' })
    await expect(ada.publish({ id: 'a-1', text: 'ho' })).rejects.toMatchObject({
      name: 'PublishError',
      code: 'id-taken',
      message: expect.stringContaining('Choose another id'),
    })
    expect((await kept(log)).map(({ text }) => text)).toEqual(['hi'])
    // The connection is none the worse for it.
    expect(await ada.publish({ id: 'a-2', text: 'ho' })).toMatchObject({ id: 'a-2', seq: 2 })
  })

  test('in another room the same id is another draft', async () => {
    const { log, server, reader } = await setStage()
    for (const room of ['lobby', 'attic']) {
      const ada = reader(name, { url: server.url, client: 'ada', room })
      await ada.open()
      expect(await ada.publish({ id: 'a-1', text: `hi ${room}` })).toMatchObject({ id: 'a-1', seq: 1 })
    }
    expect(await kept(log, 'attic')).toHaveLength(1)
  })

  test('two clients may use the same id', async () => {
    const { log, server, reader } = await setStage()
    const ada = reader(name, { url: server.url, client: 'ada' })
    const bob = reader(name, { url: server.url, client: 'bob' })
    await ada.open()
    await bob.open()
    expect(await ada.publish({ id: '1', text: 'hi' })).toMatchObject({ id: '1', seq: 1 })
    expect(await bob.publish({ id: '1', text: 'hello' })).toMatchObject({ id: '1', seq: 2 })
    expect((await kept(log)).map(({ text }) => text)).toEqual(['hi', 'hello'])
  })

  test('without a client a given id is kept, and nothing is deduplicated', async () => {
    const { log, server, reader } = await setStage()
    const nobody = reader(name, { url: server.url })
    await nobody.open()
    expect(await nobody.publish({ id: '1', text: 'hi' })).toMatchObject({ id: '1', seq: 1 })
    expect(await nobody.publish({ id: '1', text: 'hi' })).toMatchObject({ id: '1', seq: 2 })
    expect(await nobody.publish({ id: '1', text: 'ho' })).toMatchObject({ id: '1', seq: 3 })
    expect(await kept(log)).toHaveLength(3)
  })

  test('a draft without an id gets one of its own', async () => {
    const { server, reader } = await setStage()
    const ada = reader(name, { url: server.url, client: 'ada' })
    await ada.open()
    const receipts = [await ada.publish({ text: 'hi' }), await ada.publish({ text: 'hi' })]
    expect(receipts.map(({ seq }) => seq)).toEqual([1, 2])
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(2)
  })

  test('what is no draft is refused as bad-draft', async () => {
    const { log, server, reader } = await setStage()
    const ada = reader(name, { url: server.url, client: 'ada' })
    await ada.open()
    for (const draft of [
      { text: '' },
      { text: 'x'.repeat(4_001) },
      { text: 'hi', id: 'a b' },
      { text: 'a\0b' },
    ]) {
      await expect(ada.publish(draft)).rejects.toMatchObject({ code: 'bad-draft' })
    }
    expect(await kept(log)).toEqual([])
  })
}
