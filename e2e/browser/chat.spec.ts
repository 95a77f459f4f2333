import type { Browser, BrowserContext, Page } from 'playwright/test'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { startSession } from '../support/people.ts'
import { startServer } from '../support/server.ts'
import { findings } from './axe.ts'
import { expect, test } from './test.ts'

const contexts: BrowserContext[] = []
test.afterEach(async () => {
  for (const context of contexts.splice(0)) await context.close()
})

/** People who talk on /chat, each in a browser of their own. */
async function arrive(browser: Browser, url: string, name: string, hash = ''): Promise<Page> {
  const context = await browser.newContext()
  contexts.push(context)
  const page = await context.newPage()
  await page.goto(`${url}/chat${hash}`)
  await signIn(page, name)
  return page
}

async function signIn(page: Page, name: string) {
  await page.getByTestId('name').fill(name)
  await page.getByTestId('sign-in').click()
  await expect(page.getByTestId('me')).toHaveText(name)
}

async function say(page: Page, text: string) {
  await page.getByTestId('message').fill(text)
  await page.getByTestId('message').press('Enter')
}

const log = (page: Page) => page.getByTestId('log')
const isOpen = (page: Page) => expect(page.getByTestId('state')).toHaveAttribute('data-state', 'open')

/** Texts in the log, from top to bottom; what is only on its way is not in it yet. */
const texts = (page: Page) => log(page).locator('.group .message').allInnerTexts()

async function openPrivate(page: Page, name: string): Promise<string> {
  await page.getByTestId('room-name').fill(name)
  await page.getByTestId('create-room').click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText(name)
  return page.getByTestId('invite').inputValue()
}

test('two on different transports talk in a private room, read its history, and a third sees nothing', async ({
  browser,
  server,
}) => {
  const ada = await arrive(browser, server.url, 'Ada', '#over=sse')
  const link = await openPrivate(ada, 'Homework')
  expect(link).toMatch(/\/chat#invite=[a-z0-9]{24}$/)
  for (let n = 1; n <= 70; n++) {
    await say(ada, `before you came ${n}`)
    await expect(ada.getByTestId('message')).toHaveValue('')
  }
  await expect(log(ada).getByText('before you came 70', { exact: true })).toBeVisible()

  const bob = await arrive(browser, server.url, 'Bob', new URL(link).hash)
  await expect(bob.getByRole('heading', { level: 1 })).toContainText('Homework')
  expect(bob.url()).not.toContain('invite')
  await bob.getByTestId('over').selectOption('long-polling')
  expect(bob.url()).toContain('over=long-polling')
  await isOpen(bob)
  await say(bob, 'good evening')
  await expect(log(ada).getByText('good evening')).toBeVisible()
  await say(ada, 'well met')
  await expect(log(bob).getByText('well met')).toBeVisible()
  await expect(log(ada).locator('.notice')).toContainText(['Bob joined.'])

  // Reading back keeps the place: what was at the top of the window stays where it is.
  await expect(log(bob).getByText('before you came 1', { exact: true })).toHaveCount(0)
  const first = await log(bob).evaluate((box) => {
    box.scrollTo(0, 20)
    const message = box.querySelector('.message')
    return { text: message?.textContent ?? '', top: message?.getBoundingClientRect().top ?? 0 }
  })
  await expect(log(bob).getByText('before you came 1', { exact: true })).toHaveCount(1)
  const stays = await log(bob).getByText(first.text, { exact: true }).boundingBox()
  expect(Math.abs((stays?.y ?? 0) - first.top)).toBeLessThan(2)
  const all = [
    ...Array.from({ length: 70 }, (_, n) => `before you came ${n + 1}`),
    'good evening',
    'well met',
  ]
  expect(await texts(bob)).toEqual(all)

  const eve = await arrive(browser, server.url, 'Eve')
  await expect(eve.getByRole('navigation', { name: 'Rooms' })).not.toContainText('Homework')
  await eve.goto(bob.url())
  await expect(eve.getByTestId('closed')).toContainText('no such room')
  expect(await eve.locator('body').innerText()).not.toContain('good evening')

  // Whoever is removed hears no more, and is told so.
  ada.on('dialog', (dialog) => dialog.accept())
  await ada.getByRole('button', { name: 'Remove Bob' }).click()
  await expect(bob.getByTestId('closed')).toContainText('no longer a member')
  await expect(ada.getByTestId('people')).not.toContainText('Bob')
  await ada.getByTestId('leave').click()
  await expect(ada.getByRole('heading', { level: 1 })).toContainText('#lobby')
})

test('two on different transports see each other come, look away, write and go', async ({
  browser,
  server,
}) => {
  const pairs: [TransportName, TransportName][] = [
    ['short-polling', 'websocket'],
    ['long-polling', 'socket-io'],
    ['sse', 'short-polling'],
  ]
  for (const [mine, theirs] of pairs) {
    const ada = await arrive(browser, server.url, 'Ada', `#over=${mine}`)
    const link = await openPrivate(ada, 'Homework')
    const bob = await arrive(browser, server.url, 'Bob', new URL(link).hash)
    await bob.getByTestId('over').selectOption(theirs)
    await isOpen(bob)
    const of = (page: Page, name: string) =>
      page.getByTestId('people').getByRole('listitem').filter({ hasText: name })
    await expect(of(ada, 'Bob')).toContainText('online')
    await expect(of(bob, 'Ada')).toContainText('online')

    await bob.getByTestId('message').pressSequentially('I thi')
    await expect(ada.getByTestId('typing')).toHaveText('Bob is writing …')
    await expect(bob.getByTestId('typing')).toHaveText('')
    await expect(ada.getByTestId('typing'), 'it fades').toHaveText('')

    await look(bob, false)
    await expect(of(ada, 'Bob')).toContainText('away')
    await look(bob, true)
    await expect(of(ada, 'Bob')).toContainText('online')

    await bob.context().close()
    await expect(of(ada, 'Bob'), `${theirs} seen over ${mine}`).not.toContainText('online')
    await ada.context().close()
  }
})

/** As if another tab were in front, or this one again: Playwright cannot hide a page. */
const look = (page: Page, isLooking: boolean) =>
  page.evaluate((hidden) => {
    Object.defineProperty(document, 'hidden', { value: hidden, configurable: true })
    document.dispatchEvent(new Event('visibilitychange'))
  }, !isLooking)

test('all twenty changes of transport in a conversation, and nothing is lost or comes twice', async ({
  browser,
  server,
}) => {
  const page = await arrive(browser, server.url, 'Ada')
  const bob = await startSession(server.url, 'Bob')
  await isOpen(page)
  const expected: string[] = []
  const own: string[] = []
  for (const next of allChanges()) {
    const traffic = (async () => {
      for (let n = 0; n < 8; n++) {
        expected.push(`bob ${expected.length}`)
        await bob.ask('POST', '/sse/lobby', { text: expected.at(-1) })
      }
    })()
    // What is said is under way while the connection changes, every other time before it is made.
    own.push(`to ${next} ${own.length}`)
    await page.getByTestId('message').fill(own.at(-1) ?? '')
    await page.getByTestId('send').evaluate((button: HTMLButtonElement) => button.click())
    await page.getByTestId('over').selectOption(next)
    await traffic
    if (own.length % 2 === 0) await isOpen(page)
  }
  await isOpen(page)
  await expect(page.getByTestId('sending')).toHaveCount(0)
  await expect(log(page).getByText(expected.at(-1) ?? '', { exact: true })).toHaveCount(1)
  await expect(page.getByTestId('unsent')).toHaveCount(0)
  const shown = await texts(page)
  expect(shown.filter((text) => text.startsWith('bob'))).toEqual(expected)
  expect(shown.filter((text) => text.startsWith('to')).sort()).toEqual(own.toSorted())
  await expect(page.getByTestId('sequence')).toContainText(`${shown.length} delivered, 0 missed, 0 twice`)
  // Each of the five has been metered under a name of its own.
  for (const name of transportNames) {
    const row = page.getByTestId('costs').locator(`[data-lane="${name}"]`)
    await expect(row.locator('td').first()).not.toHaveText('0')
    await expect(row.locator('td').nth(2)).toHaveText(/\d (k?B|MB)$/)
  }
})

test('what one says is at no instant neither under way nor in the log', async ({ browser, server }) => {
  const page = await arrive(browser, server.url, 'Ada', '#over=websocket')
  await isOpen(page)
  const seen = page.evaluate(
    (text) =>
      new Promise<string[]>((resolve) => {
        const box = document.querySelector('[data-testid=log]')
        const where: string[] = []
        const look = () => {
          const isUnderWay = box?.querySelector('.sending')?.textContent?.includes(text)
          const isIn = [...(box?.querySelectorAll('.group') ?? [])].some((group) =>
            group.textContent?.includes(text),
          )
          const now = isIn ? (isUnderWay ? 'both' : 'in the log') : isUnderWay ? 'under way' : 'nowhere'
          if (now !== (where.at(-1) ?? 'nowhere')) where.push(now)
          if (now === 'in the log') resolve(where)
        }
        if (box)
          new MutationObserver(look).observe(box, { subtree: true, childList: true, characterData: true })
      }),
    'where am I?',
  )
  await say(page, 'where am I?')
  expect(await seen).toEqual(['under way', 'in the log'])
})

/** A walk through the five on which each goes to each of the others once. */
function allChanges(): TransportName[] {
  const left = new Set(
    transportNames.flatMap((a) => transportNames.filter((b) => b !== a).map((b) => `${a} ${b}`)),
  )
  const walk = (at: TransportName): TransportName[] | undefined => {
    if (left.size === 0) return []
    for (const next of transportNames) {
      if (!left.delete(`${at} ${next}`)) continue
      const rest = walk(next)
      if (rest) return [next, ...rest]
      left.add(`${at} ${next}`)
    }
    return undefined
  }
  return walk('websocket') ?? []
}

test('what could not be sent is kept, and sent again it is there once', async ({ browser, server }) => {
  const page = await arrive(browser, server.url, 'Ada', '#over=sse')
  await isOpen(page)
  await page.context().setOffline(true)
  await say(page, 'are you there?')
  await expect(page.getByTestId('unsent')).toContainText('are you there?')
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Send again' }).click()
  await expect(page.getByTestId('unsent')).toHaveCount(0)
  await expect(log(page).getByText('are you there?')).toHaveCount(1)
  // What the server would never take comes back to its author.
  await say(page, 'x'.repeat(4_001))
  await expect(page.getByRole('alert')).toContainText('4,000')
  await expect(page.getByTestId('message')).toHaveValue('x'.repeat(4_001))
})

test('six tabs with a stream each starve, looked at or not, and say so and why, until one goes over to WebSocket', async ({
  browser,
  server,
}) => {
  test.setTimeout(120_000)
  const first = await arrive(browser, server.url, 'Ada', '#over=sse')
  await isOpen(first)
  const tabs = [first]
  while (tabs.length < 6) {
    const tab = await first.context().newPage()
    await tab.goto(`${server.url}/chat#over=sse`)
    await isOpen(tab)
    if (tabs.length < 5) await expect(tab.getByTestId('starved')).toHaveText('')
    tabs.push(tab)
  }
  for (const tab of tabs) await expect(tab.getByTestId('starved')).toContainText('six HTTP/1.1 connections')
  const [, , last = first] = tabs
  await last.getByRole('button', { name: 'Go over to WebSocket' }).click()
  await isOpen(last)
  for (const tab of tabs) await expect(tab.getByTestId('starved')).toHaveText('')
  await say(first, 'now it goes')
  for (const tab of tabs) await expect(log(tab).getByText('now it goes')).toBeVisible()
})

test('what is said is text, whatever it looks like; Shift+Enter begins a line', async ({
  browser,
  server,
}) => {
  const page = await arrive(browser, server.url, '<b>Ada</b>')
  const markup = '<img src=x onerror="document.title=1"><script>document.title=1</script> &amp;'
  await page.getByTestId('message').fill(markup)
  await page.getByTestId('message').press('Shift+Enter')
  await page.getByTestId('message').pressSequentially('second line')
  await page.getByTestId('message').press('Enter')
  await expect(log(page).locator('.message')).toHaveText(`${markup}\nsecond line`)
  await expect(log(page).locator('.author bdi')).toHaveText('<b>Ada</b> (you)')
  expect(await log(page).locator('img, script, b').count()).toBe(0)
})

test('a person is called otherwise and stays who they are, in every tab; a click on a name opens a room of two', async ({
  browser,
  server,
}) => {
  const ada = await arrive(browser, server.url, 'Ada')
  const second = await ada.context().newPage()
  await second.goto(`${server.url}/chat`)
  await expect(second.getByTestId('me')).toHaveText('Ada')
  await isOpen(ada)
  await say(ada, 'one')
  await ada.getByTestId('rename').click()
  await ada.getByTestId('new-name').fill('Ada L.')
  await ada.getByTestId('new-name').press('Enter')
  await expect(second.getByTestId('me')).toHaveText('Ada L.')
  await isOpen(ada)
  await say(ada, 'two')
  const bob = await arrive(browser, server.url, 'Bob')
  await expect(log(bob).locator('.author .person')).toHaveText(['Ada', 'Ada L.'])
  await bob.getByTestId('people').getByRole('button', { name: 'Ada L.' }).click()
  await expect(bob.getByRole('heading', { level: 1 })).toContainText('Ada L. direct')
  await isOpen(bob)
  await say(bob, 'between us')
  const link = ada.getByRole('link', { name: /^Bob/ })
  await expect(link.getByTestId('unread')).toHaveText('new')
  await expect(ada).toHaveTitle(/^\(1\) lobby/)
  await link.click()
  await expect(log(ada).getByText('between us')).toBeVisible()
  // Back in the lobby what comes next is counted.
  await ada.goBack()
  await expect(ada.getByRole('heading', { level: 1 })).toContainText('#lobby')
  await say(bob, 'another')
  await say(bob, 'and another')
  await expect(link.getByTestId('unread')).toHaveText('2 unread')
})

test('a session that runs out is told, and one goes on under a new one', async ({ browser }) => {
  const server = await startServer({ sessions: { life: 4_000 } })
  const page = await arrive(browser, server.url, 'Ada')
  await isOpen(page)
  await say(page, 'while it lasts')
  await expect(log(page).getByText('while it lasts')).toBeVisible()
  await expect(page.getByRole('alert')).toContainText('Your session has expired')
  await expect(page.getByTestId('name')).toHaveValue('Ada')
  await page.getByTestId('sign-in').press('Enter')
  await expect(log(page).getByText('while it lasts')).toBeVisible()
  await isOpen(page)
  await say(page, 'and after')
  await expect(log(page).getByText('and after')).toBeVisible()
  await server.close()
})

test('by keyboard alone, without anything inaccessible, and on a phone', async ({
  page,
  server,
  console,
}) => {
  await page.goto(`${server.url}/chat`)
  await page.getByTestId('name').focus()
  await page.keyboard.type('Ada')
  expect(await findings(page)).toEqual([])
  await page.keyboard.press('Enter')
  await isOpen(page)
  await page.getByTestId('room-name').focus()
  await page.keyboard.type('A room with quite a long name, for what is said in it')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('invite')).toBeVisible()
  await page.getByTestId('over').focus()
  await page.keyboard.press('Tab')
  await expect(log(page)).toBeFocused()
  await page.getByTestId('message').focus()
  await page.keyboard.type(`hello ${'w'.repeat(300)}`)
  await page.keyboard.press('Enter')
  await expect(log(page).locator('.group .message')).toHaveCount(1)
  await expect(page.getByTestId('message')).toBeFocused()
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  const look = async () => {
    expect(await findings(page)).toEqual([])
    expect(await overflow()).toBeLessThanOrEqual(0)
  }
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    await look()
  }
  await page.getByTestId('projector').click()
  await look()
  await page.getByTestId('projector').click()
  await page.setViewportSize({ width: 390, height: 844 })
  await expect(page.getByTestId('room-name')).toBeHidden()
  await look()
  expect(console).toEqual([])
})
