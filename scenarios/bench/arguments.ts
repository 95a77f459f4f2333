import { InvalidArgumentError, Option } from 'commander'
import { presets } from '../../server/contract/presets.ts'
import { type TransportName, transportNames } from '../../server/contract/transports.ts'
import { nearest } from '../nearest.ts'
import type { Network } from '../scenario.ts'
import { parseThreshold, type Threshold } from './thresholds.ts'

/** How each argument is read. What cannot be read is told by Commander, with the flag it belongs to. */

export function number(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value)) throw new InvalidArgumentError('It must be a number.')
  return value
}

export function seed(text: string): number {
  const value = Number(text)
  if (!/^\d+$/.test(text) || value > 2 ** 31) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 2,147,483,648.')
  }
  return value
}

export const payload = (text: string): number | 'conversation' =>
  text === 'conversation' ? text : number(text)

export function transport(text: string): TransportName {
  const found = transportNames.find((name) => name === text)
  if (found) return found
  const meant = nearest(text, transportNames)
  throw new InvalidArgumentError(
    `"${text}" is no transport. ${meant ? `Did you mean "${meant}"? ` : ''}There are: ${transportNames.join(', ')}.`,
  )
}

/** `sse,websocket`, also by saying the flag several times. */
export function transports(text: string, before: TransportName[] = []): TransportName[] {
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
    .map(transport)
  if (names.length === 0)
    throw new InvalidArgumentError(`Name at least one of: ${transportNames.join(', ')}.`)
  return [...new Set([...before, ...names])]
}

/** `200-ms-away`, or `{"rtt":80}`; what is in the object is checked with the scenario. */
export function network(text: string): Network {
  if (text.trimStart().startsWith('{')) {
    try {
      return JSON.parse(text)
    } catch (error) {
      throw new InvalidArgumentError(`It is not JSON: ${(error as Error).message}.`)
    }
  }
  const names = presets.map(({ name }) => name)
  const found = names.find((name) => name === text)
  if (found) return found
  const meant = nearest(text, names)
  throw new InvalidArgumentError(
    `"${text}" is no network. ${meant ? `Did you mean "${meant}"? ` : ''}There are: ${names.join(', ')}; or conditions ` +
      'like \'{"rtt":80}\'.',
  )
}

export function url(text: string): URL {
  const example = 'It must be like http://127.0.0.1:3000.'
  if (!URL.canParse(text)) throw new InvalidArgumentError(example)
  const read = new URL(text)
  if (read.protocol === 'https:') {
    throw new InvalidArgumentError('The load does not speak TLS: give the address behind it, with http://.')
  }
  if (read.protocol !== 'http:') throw new InvalidArgumentError(example)
  return read
}

/** `3%` or `0.03`. */
export function share(text: string): number {
  const value = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text)
  if (!/\d/.test(text) || !(value >= 0 && value < 1)) {
    throw new InvalidArgumentError('It must be a share like 3% or 0.03, below 100%.')
  }
  return value
}

export function thresholds(text: string, before: Threshold[] = []): Threshold[] {
  try {
    return [...before, parseThreshold(text)]
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message)
  }
}

/** Options that several commands have. */
export const options = {
  transports: () =>
    new Option('--transports <names>', 'only these, with commas between them').argParser(transports),
  seconds: () => new Option('--seconds <n>', 'seconds that count in each run').argParser(number),
  repeat: () => new Option('--repeat <n>', 'how often each case is run').argParser(number),
  seed: () => new Option('--seed <n>', 'of order and traffic').argParser(seed).default(1),
  out: () => new Option('--out <folder>', 'where reports are written').default('./reports'),
  json: () => new Option('--json <file>', 'write the report here as JSON, too'),
  csv: () => new Option('--csv <file>', 'write a row for each run here as CSV, too'),
  html: () => new Option('--html <file>', 'write the report here as a page that needs no network, too'),
}

/** What to type to do something again, quoted for a shell. */
export const typed = (argv: readonly string[]): string =>
  [
    'npm run bench --',
    ...argv.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`)),
  ].join(' ')
