// `npm start`: builds what is missing or older than its source, then becomes the server. Plain JavaScript, because it
// runs before anything is compiled. Progress goes to stderr: the first line on stdout is the server's own.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const stampFile = join(root, 'dist/stamp')

/** The builds, by the package whose command does it. */
const steps = [
  { what: 'server', module: 'typescript/bin/tsc', args: ['--noEmit', 'false', '--incremental', 'false'] },
  { what: 'pages', module: 'vite/bin/vite.js', args: ['build', 'web', '--logLevel', 'warn'] },
  {
    what: 'report’s template',
    module: 'vite/bin/vite.js',
    args: ['build', '--config', 'web/report.vite.config.ts', '--logLevel', 'warn'],
  },
]

/** A digest of all that the build reads. Contents, not times: a fresh clone's times say nothing. */
function fingerprint() {
  const hash = createHash('sha256')
  const files = ['server', 'web', 'scenarios'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((file) => file.isFile())
      .map((file) => join(file.parentPath, file.name)),
  )
  for (const file of [...files.sort(), join(root, 'package-lock.json'), join(root, 'tsconfig.json')]) {
    hash.update(file).update(readFileSync(file))
  }
  return hash.digest('hex')
}

function stamp() {
  try {
    return readFileSync(stampFile, 'utf8')
  } catch {
    return undefined
  }
}

function build({ what, module, args }) {
  const started = Date.now()
  process.stderr.write(`Building the ${what} … `)
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(root, 'node_modules', module), ...args], {
      cwd: root,
      stdio: ['ignore', process.stderr, process.stderr],
    })
    child.on('error', reject)
    child.on('exit', (code) => {
      if (code === 0) {
        process.stderr.write(`done in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
        resolve(undefined)
      } else reject(new Error(`building the ${what} failed; what is above says why`))
    })
  })
}

if (!existsSync(join(root, 'node_modules'))) {
  process.stderr.write('The dependencies are not installed. Type: npm ci && npm start\n')
  process.exit(1)
}

const wanted = fingerprint()
if (stamp() !== wanted) {
  try {
    for (const step of steps) await build(step)
    mkdirSync(join(root, 'dist'), { recursive: true })
    writeFileSync(stampFile, wanted)
  } catch (error) {
    process.stderr.write(`\nWireside was not started: ${error.message}\n`)
    process.exit(1)
  }
}

if (!process.argv.includes('--build-only')) await import('../dist/server/main.js')
