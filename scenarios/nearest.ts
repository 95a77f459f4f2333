/**
 * Which of some names somebody may have meant: the nearest one, if it is near enough to be worth a
 * suggestion.
 */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const wanted = typed.toLowerCase()
  const [best] = names
    .map((name) => ({ name, edits: editsBetween(wanted, name.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits)
  // More than a third of the letters wrong is another word.
  return best && best.edits <= Math.max(1, Math.max(best.name.length, typed.length) / 3)
    ? best.name
    : undefined
}

/** How many letters must be put in, taken out or exchanged: Levenshtein's distance, row by row. */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const next = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = (row[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
