import { expect, test } from 'vitest'
import { quietRoom } from '../../catalogue/quiet-room.ts'
import { reportOf } from '../../claims/reports.ts'
import { htmlOf, safeInScript } from './html.ts'

const template =
  '<!doctype html><script type="application/json" id="report"></script><script>const a = "$&"</script>'

test('the report comes back out of the page, whatever is written in it', () => {
  const nasty = `</script><script>alert(1)</script><!-- <script> $& $' $1 \u2028 "quoted"`
  const report = { ...reportOf(quietRoom, () => ({})), command: nasty }
  const html = htmlOf(report, template)
  const inside = /id="report">(.*?)<\/script>/s.exec(html)?.[1] ?? ''
  expect(JSON.parse(inside)).toEqual(JSON.parse(JSON.stringify(report)))
  expect(inside).not.toContain('<')
  // The rest of the page is as it was.
  expect(html.replace(inside, '')).toBe(template)
})

test('"<" is written as JSON writes any character', () => {
  expect(safeInScript('{"a":"</script"}')).toBe('{"a":"\\u003c/script"}')
})

test('a page without a place for a report is refused', () => {
  expect(() =>
    htmlOf(
      reportOf(quietRoom, () => ({})),
      '<html></html>',
    ),
  ).toThrow('no place for a report')
})
