import type { Page } from 'playwright/test'
import { findings } from './axe.ts'
import { expect, test } from './test.ts'

const box = (page: Page, name: string) => page.getByRole('region', { name: `Client ${name}` })

async function openLab(page: Page, url: string) {
  await page.goto(`${url}/lab`)
  for (const name of 'ABCD') await expect(box(page, name).getByText(/^connect, id /)).toBeVisible()
}

async function heardBy(page: Page, hearers: string) {
  await expect(page.getByTestId('said')).toContainText('Heard by')
  for (const name of 'ABCD')
    await expect(box(page, name)).toHaveAttribute('data-heard', String(hearers.includes(name)))
}

/** What Chromium itself saw cross, of events: each frame of each WebSocket, in its order. */
function eventsOf(page: Page) {
  const frames: { from: 'client' | 'server'; text: string }[] = []
  page.on('websocket', (socket) => {
    const keep = (from: 'client' | 'server') => (frame: { payload: string | Buffer }) => {
      const text = String(frame.payload)
      // The page asks every client to leave a room where nobody is, to know that all has come.
      if (/^4[23]\/lab/.test(text) && !text.includes('"nowhere"')) frames.push({ from, text })
    }
    socket.on('framesent', keep('client'))
    socket.on('framereceived', keep('server'))
  })
  return frames
}

const receivers = {
  'io.emit': 'ABCD',
  'socket.emit': 'A',
  'socket.broadcast.emit': 'BCD',
  'io.to(room).emit': 'AB',
  'socket.to(room).emit': 'B',
  'io.except(room).emit': 'CD',
  'io.volatile.emit': 'ABCD',
  'io.timeout(1000).emitWithAck': 'ABCD',
}

test('each way to emit lights up who heard it, and shows its line and the very frames that crossed', async ({
  page,
  server,
  console,
}) => {
  const events = eventsOf(page)
  await openLab(page, server.url)
  for (const name of 'AB') {
    await box(page, name).getByRole('button', { name: 'Join red' }).click()
    await expect(box(page, name).getByTestId('rooms')).toHaveText('Rooms: red')
  }
  const crossed = page.getByRole('region', { name: 'What crossed' })
  for (const [name, heard] of Object.entries(receivers)) {
    events.length = 0
    await page.getByRole('button', { name, exact: true }).click()
    await heardBy(page, heard)
    await expect(page.getByTestId('said')).toContainText(`A asked for ${name}.`)
    await expect(page.getByTestId('line')).toContainText(name.replace('1000', '1_000'))
    const shown = await crossed.locator('summary').allInnerTexts()
    const toReceivers = shown.filter((each) => /^[A-D] ← server 42/.test(each))
    expect(toReceivers.map(([client]) => client).join('')).toBe(heard)
    for (const each of toReceivers) {
      const text = each.replace(/^[A-D] ← server/, '').trim()
      expect(events).toContainEqual({ from: 'server', text })
    }
    expect(events).toContainEqual({ from: 'client', text: shown[0]?.replace('A → server', '').trim() })
    const said = events.filter(({ from, text }) => from === 'server' && text.startsWith('42'))
    expect(said).toHaveLength(heard.length)
  }
  await page.getByRole('button', { name: 'socket.to(room).emit' }).click()
  await heardBy(page, 'B')
  await crossed.getByText('B ← server').click()
  await expect(crossed).toContainText('Which of the conversations on this connection it belongs to.')
  expect(console).toEqual([])
})

test('by keyboard alone: a room is joined, spoken to and left, and the focus stays', async ({
  page,
  server,
}) => {
  await openLab(page, server.url)
  const join = box(page, 'B').getByRole('button', { name: 'Join red' })
  await join.focus()
  await page.keyboard.press('Enter')
  const leave = box(page, 'B').getByRole('button', { name: 'Leave red' })
  await expect(leave).toBeFocused()
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await expect(box(page, 'B').getByRole('button', { name: 'Connect', exact: true })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(box(page, 'B')).toContainText(/connect, id .*disconnect: .*connect, id /s)
  // Who comes back is a new socket, and in no room.
  await expect(box(page, 'B').getByTestId('rooms')).toHaveText('Rooms: only its own id')
  await page.getByRole('button', { name: 'io.to(room).emit' }).first().focus()
  await page.keyboard.press('Enter')
  await heardBy(page, '')
})

test('a prediction is held against who heard it', async ({ page, server }) => {
  await openLab(page, server.url)
  await page.getByLabel('Predict first').check()
  for (const name of 'ABCD') await page.getByLabel(`${name} will hear it`).check()
  await page.getByRole('button', { name: 'socket.broadcast.emit' }).click()
  await expect(page.getByTestId('verdict')).toHaveText('Not so: A did not.')
  await page.getByLabel('A will hear it').uncheck()
  await page.getByRole('button', { name: 'socket.broadcast.emit' }).click()
  await expect(page.getByTestId('verdict')).toHaveText('Right: all four as predicted.')
})

test('a client that does not answer makes the acknowledgement late', async ({ page, server }) => {
  await openLab(page, server.url)
  await box(page, 'D').getByLabel('answers when asked').uncheck()
  await page.getByRole('button', { name: 'io.timeout(1000).emitWithAck' }).click()
  await expect(page.getByTestId('said')).toHaveText(/After 1 s the server gave up with an error; it had “/)
  for (const name of 'ABC') await expect(page.getByTestId('said')).toContainText(`“${name} has it”`)
  await expect(page.getByTestId('said')).not.toContainText('D has it')
  await box(page, 'D').getByLabel('answers when asked').check()
  await page.getByRole('button', { name: 'io.timeout(1000).emitWithAck' }).click()
  await expect(page.getByTestId('said')).toContainText('Everybody answered in time')
  await expect(page.getByTestId('said')).toContainText('“D has it”')
})

test('a cut client comes back under a new id, and one that disconnects stays away', async ({
  page,
  server,
  console,
}) => {
  await openLab(page, server.url)
  const id = await box(page, 'A').getByTestId('id').innerText()
  await box(page, 'A').getByRole('button', { name: 'Cut' }).click()
  await expect(box(page, 'A')).toContainText('disconnect: transport close')
  await expect(box(page, 'A').getByTestId('id')).toHaveText(/^[\w-]{20}$/)
  expect(await box(page, 'A').getByTestId('id').innerText()).not.toBe(id)
  await box(page, 'B').getByRole('button', { name: 'Disconnect' }).click()
  await expect(box(page, 'B')).toContainText('disconnect: io client disconnect')
  await page.getByRole('button', { name: 'io.emit', exact: true }).click()
  await heardBy(page, 'ACD')
  await page.getByLabel('Who asks').selectOption('B')
  await page.getByRole('button', { name: 'io.emit', exact: true }).click()
  await expect(page.getByTestId('said')).toHaveText('B has no answer: it is not connected.')
  expect(console).toEqual([])
})

test('the second namespace refuses a wrong token, and shares the connection', async ({ page, server }) => {
  await openLab(page, server.url)
  await box(page, 'A').getByText('A second namespace').click()
  await box(page, 'A').getByRole('button', { name: 'with a wrong token' }).click()
  await expect(box(page, 'A').getByTestId('admin')).toHaveText(
    'connect_error: This token does not open /lab-admin.',
  )
  const crossed = page.getByRole('region', { name: 'What crossed' }).locator('summary')
  await expect(crossed).toHaveText([
    /^A → server 40\/lab-admin\/[a-z0-9]{8},\{"token":"a guess"\}$/,
    /^A ← server 44\/lab-admin\/[a-z0-9]{8},\{"message":"This token does not open \/lab-admin\."\}$/,
  ])
  await box(page, 'A').getByRole('button', { name: 'Enter /lab-admin as A', exact: true }).click()
  await expect(box(page, 'A').getByTestId('admin')).toContainText('on the connection that was there')
  await expect(crossed.last()).toHaveText(/^A ← server 40\/lab-admin\/[a-z0-9]{8},\{"sid":"/)
  // With no other namespace on it the connection is gone, and entering opens another.
  await box(page, 'B').getByRole('button', { name: 'Disconnect' }).click()
  await box(page, 'B').getByText('A second namespace').click()
  await box(page, 'B').getByRole('button', { name: 'Enter /lab-admin as B', exact: true }).click()
  await expect(box(page, 'B').getByTestId('admin')).toContainText('on a new connection')
})

test('one page does not light up another, and nothing about either is inaccessible', async ({
  page,
  server,
  context,
}) => {
  await openLab(page, server.url)
  const other = await context.newPage()
  await openLab(other, server.url)
  await page.getByRole('button', { name: 'socket.emit', exact: true }).click()
  await heardBy(page, 'A')
  await other.getByRole('button', { name: 'io.emit', exact: true }).click()
  await heardBy(other, 'ABCD')
  await heardBy(page, 'A')
  await other.close()
  await page.getByLabel('Predict first').check()
  await box(page, 'A').getByText('A second namespace').click()
  await page.getByText('B ← server').or(page.getByText('A ← server')).first().click()
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    expect(await findings(page)).toEqual([])
  }
  await page.getByRole('button', { name: /projector/i }).click()
  expect(await findings(page)).toEqual([])
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(await overflow()).toBeLessThanOrEqual(0)
  await page.getByRole('button', { name: /projector/i }).click()
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await findings(page)).toEqual([])
  expect(await overflow()).toBeLessThanOrEqual(0)
})
