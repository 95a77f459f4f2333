import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chromium } from 'playwright'

const systemBrowsers = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
]

/**
 * A real Chromium: the one named by CHROMIUM_PATH, the system's, Playwright's own, or one installed now. Throws with
 * the command to type when there is none to be had: a browser test that did not run has shown nothing.
 */
export function findChromium(): string {
  const named = process.env.CHROMIUM_PATH
  if (named !== undefined) {
    if (existsSync(named)) return named
    throw new Error(`CHROMIUM_PATH is ${named}, and there is no such file.`)
  }
  return present() ?? installed()
}

const present = () => [...systemBrowsers, chromium.executablePath()].find((path) => existsSync(path))

function installed(): string {
  const isDebianRoot = process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')
  const attempts = [
    ['npx', 'playwright', 'install', 'chromium'],
    ...(isDebianRoot
      ? [
          ['apt-get', 'update', '-qq'],
          ['apt-get', 'install', '-y', '-qq', 'chromium'],
        ]
      : []),
  ]
  for (const [command = '', ...args] of attempts) {
    process.stderr.write(`No Chromium here: trying ${[command, ...args].join(' ')} …\n`)
    try {
      execFileSync(command, args, { stdio: ['ignore', 'ignore', 'ignore'], timeout: 600_000 })
    } catch {
      continue
    }
    const path = present()
    if (path) return path
  }
  throw new Error(
    'The browser tests need a Chromium. Type: npx playwright install chromium (or, on Debian: apt-get install chromium), or set CHROMIUM_PATH.',
  )
}
