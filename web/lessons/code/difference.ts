import { diffLines } from 'diff'

/** Two lines beside each other; a side is absent where the other file has something of its own. */
export interface PairedLine {
  left: string | undefined
  right: string | undefined
  same: boolean
}

/** Two texts side by side, line by line: what is the same stands on one height. */
export function pairLines(left: string, right: string): PairedLine[] {
  const pairs: PairedLine[] = []
  let removed: string[] = []
  let added: string[] = []
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at++)
      pairs.push({ left: removed[at], right: added[at], same: false })
    removed = []
    added = []
  }
  for (const part of diffLines(left, right)) {
    const lines = part.value.replace(/\n$/, '').split('\n')
    if (part.removed) removed.push(...lines)
    else if (part.added) added.push(...lines)
    else {
      flush()
      pairs.push(...lines.map((line) => ({ left: line, right: line, same: true })))
    }
  }
  flush()
  return pairs
}
