import { Command, InvalidArgumentError, Option } from 'commander'
import { exitCodes } from './io.ts'

/**
 * What a measuring script of package.json can be told. What cannot be read is said in a sentence, with the flag that it
 * belongs to, and ends the process as it ends the benchmark.
 */
export const script = (name: string, about: string): Command =>
  new Command(`npm run ${name} --`)
    .description(about)
    .showHelpAfterError('(add --help for what can be said)')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? exitCodes.done : exitCodes.usage))

/** A flag that takes a number. */
export const count = (flag: string, about: string, usually?: number, least = 1): Option => {
  const option = new Option(`--${flag} <n>`, about).argParser((text) => atLeast(least, text))
  return usually === undefined ? option : option.default(usually)
}

function atLeast(least: number, text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value) || value < least) {
    throw new InvalidArgumentError(`It must be a number from ${least}.`)
  }
  return value
}
