/** Text laid out for a terminal. Widths are in characters: names and figures here are a column each. */
export interface Column {
  head: string
  side: 'left' | 'right'
}

/** A table whose columns are as wide as what is in them, two spaces apart; one where two are too wide for `width`. */
export function layOut(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
): string[] {
  const heads = columns.map(({ head }) => head)
  const widths = columns.map((_, at) => Math.max(...[heads, ...rows].map((row) => (row[at] ?? '').length)))
  const total = widths.reduce((sum, one) => sum + one, 0)
  const gap = total + 2 * (widths.length - 1) <= width ? '  ' : ' '
  const line = (cells: readonly string[]) =>
    columns
      .map(({ side }, at) => {
        const cell = cells[at] ?? ''
        return side === 'left' ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)
      })
      .join(gap)
      .trimEnd()
  const rule = '─'.repeat(Math.min(width, total + gap.length * (widths.length - 1)))
  return [line(heads), rule, ...rows.map(line)]
}

/**
 * Breaks a text between words. The first line keeps the spaces it begins with, the others begin with `indent`. A word
 * that is too long stays whole.
 */
export function wrap(text: string, width: number, indent = ''): string[] {
  const lines: string[] = []
  let line = /^ */.exec(text)?.[0] ?? ''
  let words = 0
  for (const word of text.split(/\s+/).filter(Boolean)) {
    if (words > 0 && line.length + 1 + word.length > width) {
      lines.push(line)
      line = indent + word
    } else line = words === 0 ? line + word : `${line} ${word}`
    words++
  }
  return [...lines, line]
}
