import { randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** Fewer could be guessed. */
const SHORTEST = 16

/** A secret that cannot be used. The message is for whoever started the server. */
export class UnusableSecret extends Error {
  override name = 'UnusableSecret'
}

/**
 * What sessions are signed with: what was given, or what the data folder keeps (made where it keeps none, for its owner
 * alone to read), or something random that is gone with the process. Throws `UnusableSecret`.
 */
export function openSecret(data: string, given: string | undefined): string {
  if (given !== undefined && given !== '') {
    if (given.length >= SHORTEST) return given
    throw new UnusableSecret(
      `WIRESIDE_SECRET has ${given.length} characters; ${SHORTEST} are the fewest that are safe. Make one with: openssl rand -hex 32`,
    )
  }
  if (data === 'memory') return newSecret()
  const path = join(data, 'secret')
  try {
    mkdirSync(data, { recursive: true })
    return readSecret(path) ?? makeSecret(path)
  } catch (error) {
    if (error instanceof UnusableSecret) throw error
    throw new UnusableSecret(
      `${path} cannot be used: ${(error as Error).message}. Set WIRESIDE_SECRET, or choose another folder with --data.`,
    )
  }
}

const newSecret = () => randomBytes(32).toString('hex')

function readSecret(path: string): string | undefined {
  try {
    const secret = readFileSync(path, 'utf8').trim()
    if (secret.length < SHORTEST)
      throw new UnusableSecret(`${path} is no secret. Remove it: another is made, and sessions begin anew.`)
    // Whoever copied the folder may have let others read it.
    chmodSync(path, 0o600)
    return secret
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

/** Made whole beside its place, and put there in one step: of two that begin at once the second finds the first one's. */
function makeSecret(path: string): string {
  const draft = `${path}.new-${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(draft, `${newSecret()}\n`, { mode: 0o600 })
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  const secret = readSecret(path)
  if (secret === undefined) throw new Error('it has gone again')
  return secret
}
