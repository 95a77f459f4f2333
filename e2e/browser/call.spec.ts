import type { Browser, BrowserContext, Page } from 'playwright/test'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { start } from '../support/process.ts'
import { findings } from './axe.ts'
import { expect, test } from './test.ts'
import { webrtc } from './webrtc.ts'

test.use({ launchOptions: webrtc.launchOptions })

const contexts: BrowserContext[] = []
test.afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

interface Person {
  page: Page
  /** Errors and warnings of the page. */
  console: string[]
}

/** Somebody on /call, in a browser of their own unless they share one. */
async function arrive(
  browser: Browser,
  url: string,
  name: string,
  context?: BrowserContext,
): Promise<Person> {
  const own = context ?? (await browser.newContext({ permissions: webrtc.permissions }))
  if (!context) contexts.push(own)
  const page = await own.newPage()
  const console: string[] = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) console.push(message.text())
  })
  page.on('pageerror', (error) => console.push(String(error)))
  await page.goto(url.includes('/call') ? url : `${url}/call`)
  await page.getByTestId('name').fill(name)
  await page.getByTestId('sign-in').click()
  await expect(page.getByTestId('me')).toHaveText(name)
  return { page, console }
}

const channel = ({ page }: Person) => page.getByTestId('channel')
const log = ({ page }: Person) => page.getByTestId('log')

/** One calls, the other answers, and the channel opens. */
async function connect(ada: Person, bob: Person, over: TransportName) {
  await ada.page.getByTestId('over').selectOption(over)
  await ada.page.getByRole('button', { name: 'Call Bob' }).click()
  await bob.page.getByTestId('answer').click()
  for (const one of [ada, bob]) await expect(channel(one)).toHaveText('open')
}

async function say({ page }: Person, text: string) {
  await page.getByTestId('message').fill(text)
  await page.getByTestId('message').press('Enter')
}

/** The steps of a page, in their order, each with its time. */
const stepsOf = ({ page }: Person) =>
  page.locator('[data-step]').evaluateAll((rows) =>
    rows.map((row) => ({
      name: row.getAttribute('data-step') ?? '',
      way: row.getAttribute('data-way') ?? '',
      at: Number(row.querySelector('td')?.textContent),
    })),
  )

const seen: Record<'caller' | 'callee', readonly string[]> = {
  caller: ['offer made', 'offer sent', 'answer received'],
  callee: ['offer received', 'answer made', 'answer sent'],
}
const both = ['ICE checking', 'ICE connected', 'DTLS connected', 'channel open']

for (const over of transportNames) {
  test(`${over}: two people open a data channel, and chat over it`, async ({ browser, server }) => {
    const ada = await arrive(browser, server.url, 'Ada')
    const bob = await arrive(browser, server.url, 'Bob')
    await connect(ada, bob, over)
    await expect(bob.page.getByTestId('over')).toHaveValue(over)
    const published = (await server.meter())[over].entriesIn
    await expect(ada.page.getByTestId('channel-trip')).toContainText('n = 20')
    await expect(ada.page.getByTestId('line-trip')).toContainText('n = 5')

    const before = await server.meter()
    await say(ada, 'hello <b>Bob</b>')
    await expect(log(bob).locator('.text')).toHaveText('hello <b>Bob</b>')
    await say(bob, 'hello Ada')
    await expect(log(ada).locator('.text')).toHaveText(['hello <b>Bob</b>', 'hello Ada'])
    const after = await server.meter()
    for (const name of transportNames) {
      expect(after[name].entriesIn, 'no message went through the server').toBe(before[name].entriesIn)
    }
    // The signals did: three at least of each side, and some rings.
    expect(published).toBeGreaterThanOrEqual(6)

    for (const [role, one] of [
      ['caller', ada],
      ['callee', bob],
    ] as const) {
      const steps = await stepsOf(one)
      const names = steps.map(({ name }) => name)
      for (const name of [...seen[role], ...both])
        expect(
          names.filter((each) => each === name),
          `${role}: ${name}`,
        ).toHaveLength(1)
      const at = (name: string) => steps.find((step) => step.name === name)?.at ?? Number.NaN
      const order = [...seen[role].slice(-1), ...both.slice(1)].map(at)
      if (role === 'caller') expect(at('offer made')).toBeLessThanOrEqual(at('answer received'))
      // What is sent counts when it is acknowledged, which an open channel need not wait for.
      if (role === 'caller') expect(order).toEqual(order.toSorted((one, other) => one - other))
      expect(at('ICE connected')).toBeLessThanOrEqual(at('DTLS connected'))
      expect(at('DTLS connected')).toBeLessThanOrEqual(at('channel open'))
      for (const step of steps) expect(step.at).toBeGreaterThanOrEqual(0)
      expect(at('channel open')).toBeLessThan(20_000)
      for (const way of ['out', 'in']) {
        const candidates = steps.filter(({ name, way: of }) => name.startsWith('candidate') && of === way)
        expect(candidates.length, `${role}: candidates ${way}`).toBeGreaterThan(0)
      }
      await expect(one.page.getByTestId('cost')).toContainText(/^[1-9]\d* requests?, \d/)
    }
    await ada.page.getByTestId('hang-up').click()
    await expect(bob.page.getByTestId('ended')).toHaveText('The other side has hung up.')
    await expect(bob.page.getByTestId('message')).toBeDisabled()
    expect([...ada.console, ...bob.console]).toEqual([])
  })
}

test('two tabs of one browser are two people, who find each other by a link', async ({ browser, server }) => {
  const ada = await arrive(browser, server.url, 'Ada')
  const link = await ada.page.getByTestId('link').inputValue()
  expect(link).toContain('over=websocket')
  const bob = await arrive(browser, link, 'Bob', ada.page.context())
  expect(await ada.page.context().cookies()).toEqual([])
  // The wrong transport for a token that only a cookie could show would be this one.
  await bob.page.getByRole('button', { name: 'Call Ada' }).click()
  await ada.page.getByTestId('answer').click()
  for (const one of [ada, bob]) await expect(channel(one)).toHaveText('open')
  // A tab that is loaded anew is who it was; of the call it knows no more, and the other is told.
  await bob.page.reload()
  await expect(bob.page.getByTestId('me')).toHaveText('Bob')
  await expect(ada.page.getByTestId('ended')).toBeVisible()
  await connect(ada, bob, 'sse')
})

test('who does not want to is not called; who both call at once are connected', async ({
  browser,
  server,
}) => {
  const ada = await arrive(browser, server.url, 'Ada')
  const bob = await arrive(browser, server.url, 'Bob')
  await ada.page.getByRole('button', { name: 'Call Bob' }).click()
  await expect(channel(ada)).toHaveText('waiting for Bob')
  await bob.page.getByRole('button', { name: 'Decline' }).click()
  await expect(ada.page.getByTestId('ended')).toHaveText('Bob does not want to talk now.')
  await expect(bob.page.getByTestId('ring')).toHaveCount(0)
  expect(await stepsOf(ada)).toEqual([])
  // Whoever gives up rings no more.
  await ada.page.getByRole('button', { name: 'Call Bob' }).click()
  await expect(bob.page.getByTestId('ring')).toBeVisible()
  await ada.page.getByTestId('hang-up').click()
  await expect(bob.page.getByTestId('ring')).toHaveCount(0, { timeout: 8_000 })

  const press = (one: Person, name: string) => one.page.getByRole('button', { name: `Call ${name}` }).click()
  await Promise.all([press(ada, 'Bob'), press(bob, 'Ada')])
  for (const one of [ada, bob]) await expect(channel(one)).toHaveText('open')
  await say(ada, 'both at once')
  await expect(log(bob).locator('.text')).toHaveText('both at once')
  expect([...ada.console, ...bob.console]).toEqual([])
})

test('the server dies, and the channel goes on', async ({ browser }) => {
  const program = start(['--port', '0'])
  try {
    const url = await program.ready()
    const ada = await arrive(browser, url, 'Ada')
    const bob = await arrive(browser, url, 'Bob')
    await connect(ada, bob, 'websocket')
    await say(ada, 'with a server')
    await expect(log(bob).locator('.text')).toHaveText('with a server')
    await expect(ada.page.getByTestId('line-trip')).toContainText('n = 5')
    await expect(ada.page.getByTestId('alone')).toHaveCount(0)

    program.kill()
    await program.exited()
    for (const one of [ada, bob]) {
      await expect(one.page.getByTestId('signalling')).toHaveText('disconnected')
      await expect(channel(one)).toHaveText('open')
    }
    await say(ada, 'without one')
    await say(bob, 'and back')
    await expect(log(bob).locator('.text')).toHaveText(['with a server', 'without one', 'and back'])
    await expect(log(ada).locator('.text')).toHaveText(['with a server', 'without one', 'and back'])
    await expect(log(ada).locator('[data-alone="true"]')).toHaveCount(2)
    for (const one of [ada, bob])
      await expect(one.page.getByTestId('alone')).toContainText('2 messages have passed')
    await ada.page.getByTestId('measure').click()
    await expect(ada.page.getByTestId('measure')).toHaveText('Measure round trips')
    await expect(ada.page.getByTestId('channel-trip')).toContainText('n = 20')
    // Over the channel it is said that it is over.
    await ada.page.getByTestId('hang-up').click()
    await expect(bob.page.getByTestId('ended')).toHaveText('The other side has hung up.')
  } finally {
    program.kill()
  }
})

test('a message that is too long is refused in words, and what is no message is left out', async ({
  browser,
  server,
}) => {
  const ada = await arrive(browser, server.url, 'Ada')
  const bob = await arrive(browser, server.url, 'Bob')
  // A page that speaks otherwise on its channel.
  await bob.page.evaluate(() => {
    const { send } = RTCDataChannel.prototype as { send(data: string): void }
    Object.assign(RTCDataChannel.prototype, {
      send(this: RTCDataChannel, data: string) {
        const sent = data.includes('nonsense')
          ? ['no JSON', JSON.stringify({ say: 'text', text: 'x'.repeat(5_000) }), '<img src=x>']
          : [data]
        for (const each of sent) send.call(this, each)
      },
    })
  })
  await connect(ada, bob, 'sse')
  await ada.page.getByTestId('message').fill('x'.repeat(4_001))
  await ada.page.getByTestId('message').press('Enter')
  await expect(ada.page.getByRole('alert')).toContainText('4,001')
  await expect(ada.page.getByTestId('message')).toHaveValue('x'.repeat(4_001))
  await say(ada, 'x'.repeat(4_000))
  await expect(log(bob).locator('.text')).toHaveText('x'.repeat(4_000))
  await say(bob, 'nonsense')
  await expect(ada.page.getByText('3 messages came that this page does not understand')).toBeVisible()
  await expect(log(ada).locator('.text')).toHaveCount(1)
  expect(ada.console).toEqual([])
})

test('by keyboard alone, without anything inaccessible, and on a phone', async ({ browser, server }) => {
  const ada = await arrive(browser, server.url, 'Ada')
  const bob = await arrive(browser, server.url, 'Bob')
  const look = async () => {
    expect(await findings(ada.page)).toEqual([])
    expect(
      await ada.page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
    ).toBeLessThanOrEqual(0)
  }
  await expect(ada.page.getByRole('button', { name: 'Call Bob' })).toBeVisible()
  await ada.page.getByTestId('over').focus()
  await ada.page.keyboard.type('SSE')
  await expect(ada.page.getByTestId('over')).toHaveValue('sse')
  await ada.page.keyboard.press('Tab')
  await expect(ada.page.getByRole('button', { name: 'Call Bob' })).toBeFocused()
  await look()
  await ada.page.keyboard.press('Enter')
  await bob.page.getByTestId('answer').focus()
  await bob.page.keyboard.press('Enter')
  await expect(channel(ada)).toHaveText('open')
  await ada.page.getByTestId('message').focus()
  await ada.page.keyboard.type(`hello ${'w'.repeat(300)}`)
  await ada.page.keyboard.press('Enter')
  await expect(log(bob).locator('.text')).toHaveCount(1)
  await expect(ada.page.getByTestId('message')).toBeFocused()
  for (const colorScheme of ['light', 'dark'] as const) {
    await ada.page.emulateMedia({ colorScheme })
    await look()
  }
  await ada.page.getByTestId('projector').click()
  await look()
  await ada.page.getByTestId('projector').click()
  await ada.page.setViewportSize({ width: 390, height: 844 })
  await look()
  expect([...ada.console, ...bob.console]).toEqual([])
})
