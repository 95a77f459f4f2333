import { afterAll } from 'vitest'

/** Prints what a file's tests found, in columns under a heading. The first row names them. */
export function printTable(title: string, rows: readonly (readonly string[])[]) {
  const widths = rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
  const [head = '', ...rest] = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  process.stdout.write(`\n${[title, '', head, '-'.repeat(head.length), ...rest].join('\n')}\n`)
}

/** Notes what became of an input, before it is looked at: a row that fails stands in the table, too. */
export type Note = (input: string, expected: string, actual: string | number) => void

/**
 * The table of a file of bad input, printed at its end. An input that several ways in were tried with is one row, which
 * says how many answered what; `!` marks one that was answered otherwise than expected.
 */
export function tabulate(title: string): Note {
  const rows = new Map<string, { input: string; expected: string; actuals: string[] }>()
  afterAll(() => {
    const lines = [...rows.values()].map(({ input, expected, actuals }) => {
      const kinds = [...new Set(actuals)].map((kind) => {
        const count = actuals.filter((actual) => actual === kind).length
        return count > 1 ? `${kind} (${count} ×)` : kind
      })
      const isRight = actuals.every((actual) => expected.split(' or ').includes(actual))
      return [isRight ? '' : '!', input, expected, kinds.join(', ')]
    })
    const wrong = lines.filter(([mark]) => mark === '!').length
    printTable(`Bad input: ${title}. ${lines.length} rows, ${wrong} not as expected`, [
      ['', 'input', 'expected', 'actual'],
      ...lines,
    ])
  })
  return (input, expected, actual) => {
    const key = `${input} ${expected}`
    const row = rows.get(key) ?? { input, expected, actuals: [] }
    rows.set(key, row)
    row.actuals.push(String(actual))
  }
}
