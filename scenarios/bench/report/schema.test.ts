import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { quietRoom } from '../../catalogue/quiet-room.ts'
import { reportOf } from '../../claims/reports.ts'
import { root } from '../children.ts'
import { checkReport, reportSchema } from './schema.ts'

const report = JSON.parse(JSON.stringify(reportOf(quietRoom, () => ({}))))

test('the published schema is the one that reports are written by', () => {
  const published = JSON.parse(readFileSync(join(root, 'scenarios/report.schema.json'), 'utf8'))
  expect(published, 'type: npm run --silent bench -- schema > scenarios/report.schema.json').toEqual(
    JSON.parse(reportSchema()),
  )
})

test('a report passes', () => expect(checkReport(report)).toEqual(report))

test.each([
  ['nothing', null, 'it has no "version"'],
  ['a later version', { ...report, version: 2 }, 'version 2; version 1 can be read'],
  ['a missing field', { ...report, runs: undefined }, "must have required property 'runs'"],
  [
    'a wrong field',
    { ...report, runs: [{ ...report.runs[0], lost: 'many' }] },
    '"runs.0.lost" must be integer',
  ],
])('%s is refused', (_, value, why) => {
  expect(() => checkReport(value === null ? null : JSON.parse(JSON.stringify(value)))).toThrow(why)
})
