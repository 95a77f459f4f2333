import { expect, test } from 'vitest'
import type { Page } from '../../server/contract/wire.ts'
import { post, setStage } from './stage.ts'

/**
 * The classic lost message: published when the last poll is answered and the next one has not been asked. Nobody is
 * listening then; only the cursor can make up for it.
 */
test.each([
  ['long', 'long-polling', '&wait=30'],
  ['short', 'short-polling', ''],
])(
  'an entry published exactly between two %s polls is in the next answer, 1,000 times out of 1,000',
  async (_, path, wait) => {
    const { server } = await setStage()
    const read = async (after: string): Promise<Page> =>
      (await fetch(`${server.url}/${path}/lobby?after=${after}${wait}`)).json() as Promise<Page>
    const unborn = (await (await fetch(`${server.url}/${path}/lobby?${wait && 'wait=0'}`)).json()) as Page
    let { cursor } = unborn

    for (let n = 1; n <= 1_000; n++) {
      const { receipt } = await post(`${server.url}/${path}/lobby`, { text: `line ${n}` })
      const page = await read(cursor)
      // A poll that had to wait would come back empty after 30 s, not with this entry; and the test would time out.
      expect(page.entries.map(({ seq, text }) => [seq, text])).toEqual([[receipt.seq, `line ${n}`]])
      expect(page).toMatchObject({ gap: false, more: false })
      cursor = page.cursor
    }
  },
)

test('an entry published while a long poll is on its way in is in its answer, 300 times out of 300', async () => {
  const { server } = await setStage()
  const first = (await (await fetch(`${server.url}/long-polling/lobby?wait=0`)).json()) as Page
  let { cursor } = first
  for (let n = 1; n <= 300; n++) {
    const [response, { receipt }] = await Promise.all([
      fetch(`${server.url}/long-polling/lobby?after=${cursor}&wait=30`),
      post(`${server.url}/long-polling/lobby`, { text: 'hi' }),
    ])
    const page = (await response.json()) as Page
    expect(page.entries.map(({ seq }) => seq)).toEqual([receipt.seq])
    cursor = page.cursor
  }
})

test('a poll aborted as its entry comes is answered with it again: a cursor moves only by the client’s word', async () => {
  const { server, log } = await setStage()
  const first = (await (await fetch(`${server.url}/long-polling/lobby?wait=0`)).json()) as Page
  for (let n = 1; n <= 50; n++) {
    const gone = new AbortController()
    const poll = fetch(`${server.url}/long-polling/lobby?after=${first.cursor}&wait=30`, {
      signal: gone.signal,
    }).catch(() => {})
    await log.append('lobby', { text: 'hi' }, undefined)
    gone.abort()
    await poll
  }
  const page = (await (
    await fetch(`${server.url}/long-polling/lobby?after=${first.cursor}&wait=30`)
  ).json()) as Page
  expect(page.entries).toHaveLength(50)
})
