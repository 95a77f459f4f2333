import { expect, test } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import type { Receipt } from '../../server/contract/wire.ts'
import { expectNothingLost } from '../conformance/oracle.ts'
import { kept, setStage } from '../conformance/stage.ts'
import { insist } from '../support/client.ts'
import { linkTo, openLane, settled } from './lanes.ts'

/** The server has the entry and its author never heard: he cannot know, and sends the draft again. */
test.each(transportNames)(
  '%s: three receipts lost in a row, the draft repeated each time, one entry',
  async (name) => {
    const { log, server } = await setStage()
    const link = await linkTo(server.port)
    const witness = openLane(name, server.url, { client: 'witness' })
    // Held back in between, so that the response that is lost is the draft's.
    const ada = openLane(name, link.url, { client: 'ada', interval: 60, wait: 60 })
    await settled([witness, ada])

    let asked = 0
    let armed = false
    const { append } = log
    log.append = (...args) => {
      asked++
      armed = false
      return append(...args)
    }

    const receipts: Receipt[] = []
    for (let n = 0; n < 3; n++) {
      asked = 0
      receipts.push(
        await insist(ada, { id: `a-${n}`, text: 'hi' }, () => {
          // Not every try reaches the server: some find that there is no connection yet.
          if (asked === 3 || armed) return
          armed = true
          link.dropResponse('ada', 'POST')
        }),
      )
      expect(asked).toBe(4)
    }
    await witness.has(3)
    expect((await kept(log)).map(({ id }) => id)).toEqual(['a-0', 'a-1', 'a-2'])
    expectNothingLost(witness, receipts)
  },
)

test.each(transportNames)('%s: a draft repeated before its lost receipt is one entry', async (name) => {
  const { log, server } = await setStage()
  const link = await linkTo(server.port)
  const ada = openLane(name, link.url, { client: 'ada', interval: 60, wait: 60 })
  const again = openLane(name, server.url, { client: 'ada' })
  await settled([ada, again])

  link.dropResponse('ada', 'POST')
  const draft = { id: 'a-1', text: 'hi' }
  const lost = ada.publish(draft).catch((error) => error)
  const receipts = await Promise.all([again.publish(draft), again.publish(draft)])
  expect(await lost).toMatchObject({ code: 'network' })
  expect(receipts[0]).toEqual(receipts[1])
  expect(await insist(ada, draft)).toEqual(receipts[0])
  expect(await kept(log)).toHaveLength(1)
  await again.has(1)
  expectNothingLost(again, receipts)
})
