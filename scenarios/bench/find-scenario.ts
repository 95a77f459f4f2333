import { readFileSync } from 'node:fs'
import { catalogue } from '../catalogue/index.ts'
import { checkScenario } from '../check.ts'
import { nearest } from '../nearest.ts'
import type { Scenario } from '../scenario.ts'
import { UsageError } from './io.ts'
import { scaling } from './scaling.ts'

/** Every scenario that can be asked for by name. */
export const known: readonly Scenario[] = [...catalogue, ...scaling]

/** By name, or from a JSON file by its path. Throws a usage error that names what there is. */
export function findScenario(nameOrPath: string): Scenario {
  const found = known.find(({ name }) => name === nameOrPath)
  if (found) return found
  if (/[\\/]|\.json$/i.test(nameOrPath)) return readScenario(nameOrPath)
  const names = known.map(({ name }) => name)
  const meant = nearest(nameOrPath, names)
  throw new UsageError(
    `There is no scenario "${nameOrPath}". ${meant ? `Did you mean "${meant}"? ` : ''}There are: ${names.join(', ')}. ` +
      'A scenario of your own is given by its path, like ./my-scenario.json.',
  )
}

function readScenario(path: string): Scenario {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'ENOENT' ? 'there is no such file' : code === 'EISDIR' ? 'it is a folder' : message
    throw new UsageError(`The scenario "${path}" cannot be read: ${why}.`)
  }
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw new UsageError(`The scenario "${path}" is not JSON: ${(error as Error).message}.`)
  }
  try {
    return checkScenario(value)
  } catch (error) {
    throw new UsageError(`The scenario "${path}" cannot be run.\n${(error as Error).message}`)
  }
}
