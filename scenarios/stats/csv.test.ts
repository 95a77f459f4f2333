import { expect, test } from 'vitest'
import { quietRoom } from '../catalogue/quiet-room.ts'
import { reportOf } from '../claims/reports.ts'
import { csvOf } from './csv.ts'
import { figures } from './figures.ts'

const scenario = { ...quietRoom, transports: ['sse' as const, 'websocket' as const], repeat: 2 }

/** As RFC 4180 says, section 2; written from the text, so that it shares no mistake with what it reads. */
function parse(csv: string): string[][] {
  const rows: string[][] = [[]]
  for (let at = 0; at < csv.length; ) {
    let cell = ''
    if (csv[at] === '"') {
      for (at++; csv[at] !== '"' || csv[at + 1] === '"'; at++) {
        if (csv[at] === '"') at++
        cell += csv[at]
      }
      at++
    } else while (at < csv.length && !/[,\r]/.test(csv[at] ?? '')) cell += csv[at++]
    rows.at(-1)?.push(cell)
    if (csv[at] === ',') at++
    else {
      expect(csv.slice(at, at + 2)).toBe('\r\n')
      at += 2
      rows.push([])
    }
  }
  expect(rows.pop()).toEqual([])
  return rows
}

test('a report has a row for each run, every figure in it, and the raw counts', () => {
  const report = reportOf(scenario, (_, transport) => ({ latency: { p50: transport === 'sse' ? 1.5 : 2 } }))
  const [head = [], ...rows] = parse(csvOf(report))
  expect(rows).toHaveLength(4)
  expect(rows.every((row) => row.length === head.length)).toBe(true)
  for (const { id } of figures) expect(head.some((name) => name.startsWith(id))).toBe(true)
  const column = (name: string) => rows.map((row) => row[head.indexOf(name)])
  expect(column('transport')).toEqual(['sse', 'sse', 'websocket', 'websocket'])
  expect(column('latency.p50 (ms)')).toEqual(['1.5', '1.5', '2', '2'])
  expect(column('repetition')).toEqual(['1', '2', '1', '2'])
  // There was no server of our own, so its CPU time is not nothing but unknown.
  expect(column('cpu (µs)')).toEqual(['', '', '', ''])
})

test('commas, quotes and line breaks in a reason come back as they were', () => {
  const reason = 'late, "very"\nlate'
  const report = reportOf({ ...scenario, repeat: 1 }, () => ({ invalid: reason }))
  const [head = [], row = []] = parse(csvOf(report))
  expect(row[head.indexOf('invalid')]).toBe(reason)
})
