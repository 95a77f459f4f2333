import { Command, InvalidArgumentError, Option } from 'commander'
import { restarters } from './restart.ts'

/** What `npm start -- …` takes. */
export interface Options {
  port: number
  host: string
  allowHost: string[]
  /** The folder that entries are kept in, or `memory`. */
  data: string
  /** Days after which an entry in the folder is deleted; absent: age does not matter. */
  keepDays?: number
  /** The folder of the reports that the pages list. It need not exist. */
  reports: string
  /** The ports that links may listen on; none to have no links. */
  links: number[]
  /** Who may restart the server by HTTP. */
  allowRestart: (typeof restarters)[number]
}

/** Reads flags, then `WIRESIDE_*`, then defaults. Prints help or what is wrong, and exits, by itself. */
export function readOptions(argv: readonly string[]): Options {
  return new Command('wireside')
    .description('One chat feed over five transports, each measured at the socket.')
    .addOption(option('--port <port>', 'the TCP port; 0 takes any free one', 3000).argParser(port))
    .addOption(
      option('--host <host>', 'the address to listen on; 0.0.0.0 lets others in', '127.0.0.1').argParser(
        host,
      ),
    )
    .addOption(
      option(
        '--allow-host <name>',
        'a further name this server may be addressed by; may be repeated',
        [],
      ).argParser(names),
    )
    .addOption(
      option('--data <where>', 'a folder that entries are kept in, or memory', './data').argParser(data),
    )
    .addOption(
      option(
        '--keep-days <days>',
        'when to delete entries; without it each room keeps its latest 10,000',
        undefined,
      ).argParser(days),
    )
    .addOption(option('--reports <folder>', 'whose reports the pages list', './reports').argParser(folder))
    .addOption(
      option('--links <ports>', 'where links may listen, like 3001-3016; none for no links', [])
        .default(range(LINKS), LINKS)
        .argParser(range),
    )
    .addOption(
      option('--allow-restart <who>', 'who may restart the server by a click', 'this-machine').choices(
        restarters,
      ),
    )
    .parse(argv)
    .opts<Options>()
}

/** A flag with its environment variable: `--allow-host` is `WIRESIDE_ALLOW_HOST`. */
function option(flags: string, description: string, fallback: unknown): Option {
  const name = flags.slice(2).split(' ')[0] ?? ''
  return new Option(flags, description)
    .env(`WIRESIDE_${name.toUpperCase().replaceAll('-', '_')}`)
    .default(fallback)
}

function port(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number > 65_535)
    throw new InvalidArgumentError('A port is a number from 0 to 65535.')
  return number
}

function host(value: string): string {
  // To Node an empty host is every address; nobody who leaves a variable empty means that.
  if (value === '')
    throw new InvalidArgumentError('An address cannot be empty. Use 127.0.0.1, or 0.0.0.0 to let others in.')
  return value
}

function names(value: string, previous: string[]): string[] {
  return [
    ...previous,
    ...value
      .split(',')
      .map((name) => name.trim())
      .filter(Boolean),
  ]
}

function folder(value: string): string {
  if (value === '') throw new InvalidArgumentError('A folder has a name, like ./reports.')
  return value
}

function data(value: string): string {
  if (value === '') throw new InvalidArgumentError('Say a folder, like ./data, or memory.')
  return value
}

function days(value: string): number {
  const number = Number(value)
  if (!/^\d+(\.\d+)?$/.test(value) || number <= 0)
    throw new InvalidArgumentError('Days are a number above 0, like 30 or 0.5.')
  return number
}

const LINKS = '3001-3016'

/** `3001-3016`, `3001` or `none`. */
function range(value: string): number[] {
  if (value === 'none') return []
  const [, from, to = from] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(value) ?? []
  const first = Number(from)
  const last = Number(to)
  if (from === undefined || first < 1 || last > 65_535 || last < first || last - first > 255)
    throw new InvalidArgumentError('Links listen on up to 256 ports, like 3001-3016, or on none.')
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
