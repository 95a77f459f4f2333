import type { Locator, Page } from 'playwright/test'
import { isReady, lessons } from '../../scenarios/lessons/index.ts'
import type { Lesson, Prediction } from '../../scenarios/lessons/lesson.ts'
import { freePorts } from '../support/ports.ts'
import { startServer, type TestServer } from '../support/server.ts'
import { seriousFindings } from './axe.ts'
import { test as base, expect } from './test.ts'
import { webrtc } from './webrtc.ts'

/**
 * Every lesson, walked from its start to its end as a learner walks it, on real connections. A lesson fails here when its
 * own runs contradict what its text says. One alone: `npm run test:browser -- lessons -g "lesson 3:"`.
 */
const test = base.extend<{ server: TestServer }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads a fixture's needs from this pattern.
  server: async ({}, use) => {
    const server = await startServer({ links: { ports: await freePorts(6), host: '127.0.0.1' } })
    await use(server)
    await server.close()
  },
})

// Lesson 19 has two browsers' ends on its page; the others are none the wiser.
test.use(webrtc)

/** A run that takes longer than this, in ms, is changed in one way only, so that all lessons are walked in minutes. */
const QUICK = 5_000

/** What else the machine does may disturb a run, and its page says so. That many in a row are the lesson's own fault. */
const RUNS = 3

for (const { lesson } of lessons.filter(isReady)) {
  test(`lesson ${lesson.number}: ${lesson.title}`, async ({ page, server, console }) => {
    test.setTimeout(300_000)
    await page.goto(`${server.url}/learn/${lesson.slug}`)
    await expect(page.getByRole('heading', { level: 1, name: lesson.title })).toBeVisible()

    await predictFirst(page, lesson)
    await askForHints(page, lesson)
    const took = await runAndExplain(page, lesson)
    await changeIt(page, lesson, took < QUICK ? lesson.change.options.length : 1)
    await flipTheBug(page, lesson)
    await answer(page, lesson)
    await seeTheCode(page, lesson)
    await isForEverybody(page)

    await page.goto(`${server.url}/learn`)
    const progress = page.getByRole('progressbar', { name: `Progress in ${lesson.title}` })
    await expect(progress).toHaveAttribute('value', '4')
    expect(console.filter((line) => !ofTheBrowser.test(line))).toEqual([])
  })
}

test('progress is exported in one browser and imported in another, and a wrong file is refused in words', async ({
  page,
  server,
  browser,
}) => {
  await page.goto(`${server.url}/learn/short-polling`)
  await page.getByTestId('prediction').getByRole('spinbutton').fill('500')
  await page.keyboard.press('Enter')
  await page.goto(`${server.url}/learn`)
  const exported = page.waitForEvent('download')
  await page.getByRole('button', { name: 'Export my progress' }).click()
  const file = await (await exported).path()

  const elsewhere = await browser.newContext()
  const other = await elsewhere.newPage()
  await other.goto(`${server.url}/learn`)
  const input = other.getByLabel('Import progress from a file')
  await input.setInputFiles({
    name: 'a.json',
    mimeType: 'application/json',
    buffer: Buffer.from('{"runs":[]}'),
  })
  await expect(other.getByRole('alert')).toContainText('not about these lessons')
  await expect(other.getByRole('button', { name: 'Export my progress' })).toBeDisabled()
  await input.setInputFiles(file)
  await expect(other.getByRole('status').filter({ hasText: 'Progress in 1 lesson was added' })).toBeVisible()
  await expect(other.getByRole('alert')).toHaveCount(0)
  // It is kept, and the lesson knows what was predicted.
  await other.goto(`${server.url}/learn/short-polling`)
  await expect(other.getByTestId('prediction').getByText('You predicted 500 ms')).toBeVisible()
  await elsewhere.close()
})

/** What Chromium itself says where a lesson has a connection cut or a request refused: no script can keep it from that. */
const ofTheBrowser = /^Failed to load resource: |^WebSocket connection to .* failed: /

const step = (page: Page) => page.locator('.lesson-strip [aria-current="step"]')

async function predictFirst(page: Page, lesson: Lesson): Promise<void> {
  await expect(step(page)).toContainText('Predict')
  await expect(page.getByTestId('run')).toBeDisabled()
  await predict(page, 'prediction', lesson.prediction)
  await expect(step(page)).toContainText('Run')
  await expect(page.getByTestId('run')).toBeEnabled()
}

/** By keyboard: a number is typed and a choice is moved to. */
async function predict<Seen>(page: Page, name: string, prediction: Prediction<Seen>): Promise<void> {
  const form = page.getByTestId(name)
  if (prediction.kind === 'number') {
    const { min, max, step } = prediction
    const guess = min + Math.round((max - min) / 4 / step) * step
    await form.getByRole('spinbutton').fill(String(guess))
    await form.getByRole('spinbutton').press('Enter')
  } else {
    await form.getByRole('radio').first().focus()
    await page.keyboard.press('Space')
    await page.keyboard.press('Enter')
  }
  await expect(form.getByText(/^You predicted/)).toBeVisible()
}

async function askForHints(page: Page, lesson: Lesson): Promise<void> {
  for (const hint of lesson.hints) {
    await expect(page.getByText(hint)).toHaveCount(0)
    await page.getByTestId('hint').click()
    await expect(page.getByText(hint)).toBeVisible()
  }
  await expect(page.getByTestId('hint')).toHaveCount(0)
}

/** Presses Run as a learner does: once more where the page says that the run did not show what it mostly shows. */
async function run(
  button: Locator,
  shown: Locator,
  contradicted: () => Promise<boolean>,
  runs = RUNS,
): Promise<void> {
  for (let left = runs; left > 0; left--) {
    await button.click()
    await expect(button).toBeEnabled({ timeout: 60_000 })
    await expect(shown).toBeVisible()
    if (!(await contradicted())) return
  }
}

/** Returns how long the first run took, in ms. */
async function runAndExplain(page: Page, lesson: Lesson): Promise<number> {
  const complete = page.getByTestId('complete')
  if ((await complete.count()) > 0) await complete.click()
  const start = performance.now()
  await page.getByTestId('run').click()
  await expect(page.locator('[data-testid="outcome"][data-ran="true"]')).toHaveCount(1, { timeout: 60_000 })
  const took = performance.now() - start
  await expect(page.getByTestId('compared')).toBeVisible()
  await expect(step(page)).toContainText('Observe')

  await page.getByTestId('explain').click()
  await expect(step(page)).toContainText('Explain')
  const otherwise = page.locator('.otherwise')
  if ((await otherwise.count()) > 0) {
    const compared = page.getByTestId('compared')
    await run(page.getByTestId('run'), compared, async () => (await otherwise.count()) > 0, RUNS - 1)
  }
  // Whatever is wrong is told with the run's own figures.
  await expect(otherwise).toHaveText([])
  await expect(page.getByText('[not measured]')).toHaveCount(0)
  for (const id of Object.keys(lesson.claims)) {
    await expect(page.locator(`[data-claim="${id}"]`), id).toHaveAttribute('data-holds', 'true')
  }
  for (const id of new Set(await attributes(page, '[data-measure]', 'data-measure'))) {
    expect(Object.keys(lesson.measures)).toContain(id)
  }
  return took
}

const holds = async (finding: Locator) => (await finding.getAttribute('data-holds')) === 'true'

const attributes = (page: Page, selector: string, name: string) =>
  page
    .locator(selector)
    .evaluateAll((elements, of) => elements.map((element) => element.getAttribute(of) ?? ''), name)

async function changeIt(page: Page, lesson: Lesson, options: number): Promise<void> {
  const form = page.locator('.change')
  const figure = page.locator('.lesson-figure')
  await predict(page, 'change-prediction', lesson.change.prediction)
  for (const { label, sentence } of lesson.change.options.slice(0, options)) {
    await form.getByRole('radio', { name: label, exact: true }).check()
    const changed = page.locator(`[data-testid="changed"][data-option="${label}"]`)
    await run(page.getByTestId('run'), changed, async () => !(await holds(changed)))
    expect(await holds(changed), await changed.innerText()).toBe(true)
    await expect(changed).toContainText(sentence)
    // What was predicted of the first run is not drawn beside another.
    await expect(figure.locator('.ghost, .ghost-line')).toHaveCount(0)
    await expect(figure.locator('.ghost-choice')).toContainText('For this change you predicted')
  }
  await expect(step(page)).toHaveCount(0)
}

/** The symptom is there in the broken version, and gone in the cured one. */
async function flipTheBug(page: Page, lesson: Lesson): Promise<void> {
  if (!lesson.bug) return
  const bug = page.locator('#bug')
  for (const [version, { sentence }] of [
    ['broken', lesson.bug.symptom],
    ['cured', lesson.bug.cure],
  ] as const) {
    await bug.getByRole('radio', { name: version }).check()
    const seen = page.getByTestId(`bug-${version}`)
    await run(page.getByTestId('run-bug'), seen, async () => !(await holds(seen)))
    expect(await holds(seen), await seen.innerText()).toBe(true)
    await expect(seen).toContainText(sentence)
  }
  await bug.getByText('The bug and the cure, in the code').click()
  await expect(bug.locator('[data-marked="true"]').first()).toBeVisible()
}

/** Every wrong answer says what is wrong with it; then the right one. */
async function answer(page: Page, { quiz }: Lesson): Promise<void> {
  const verdict = page.locator('.quiz .verdict')
  const inOrder = [...quiz.options].sort((one, other) => Number(one.right ?? 0) - Number(other.right ?? 0))
  for (const { text, right, because } of inOrder) {
    await page.locator('.quiz').getByRole('radio', { name: text, exact: true }).check()
    await expect(verdict).toHaveAttribute('data-right', String(right ?? false))
    await expect(verdict).toContainText(because)
  }
}

async function seeTheCode(page: Page, { code }: Lesson): Promise<void> {
  await page.getByTestId('see-code').click()
  for (const place of [...code.server, ...code.client]) {
    const line = page.locator('.panes [data-marked="true"]').filter({ hasText: place.from }).first()
    await expect(line, place.from).toBeVisible()
  }
  const compare = page.getByTestId('compare-with')
  if ((await compare.count()) === 0) return
  await compare.selectOption({ index: 1 })
  await expect(page.locator('.difference')).toHaveCount(2)
  await expect(page.locator('.difference [data-same="false"]').first()).toBeVisible()
  await compare.selectOption({ index: 0 })
}

async function isForEverybody(page: Page): Promise<void> {
  const term = page.locator('.glossed').first()
  await term.focus()
  const tip = page.locator(`[id="${await term.getAttribute('aria-describedby')}"]`)
  await expect(tip).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(tip).toBeHidden()
  for (const size of [
    { width: 1440, height: 900 },
    { width: 390, height: 844 },
  ]) {
    await page.setViewportSize(size)
    expect(await seriousFindings(page), `${size.width}`).toEqual([])
    const tooWide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
    expect(tooWide, `${size.width}`).toBeLessThanOrEqual(0)
  }
}
