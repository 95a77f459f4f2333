import { Command, InvalidArgumentError, Option } from 'commander'

/** What `npm start -- …` takes. */
export interface Options {
  port: number
  host: string
  allowHost: string[]
  data: 'memory'
  /** The folder of the reports that the pages list. It need not exist. */
  reports: string
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
    .addOption(option('--data <where>', 'where entries are kept', 'memory').argParser(data))
    .addOption(option('--reports <folder>', 'whose reports the pages list', './reports').argParser(folder))
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

function data(value: string): 'memory' {
  if (value !== 'memory') throw new InvalidArgumentError('Entries can be kept in memory only: --data memory.')
  return value
}
