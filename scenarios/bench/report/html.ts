import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Report } from '../../report.ts'
import { root } from '../children.ts'

/** What the build of the pages leaves for us: a whole page, but for its report. */
export const templateFile = join(root, 'dist/report.html')

const place = /(<script type="application\/json" id="report">)[^<]*(<\/script>)/

/** A report as one HTML file that needs no network. Throws a sentence when the page was not built. */
export function htmlOf(report: Report, template = readTemplate()): string {
  if (!place.test(template)) throw new Error(`${templateFile} has no place for a report. Type: npm run build`)
  const json = safeInScript(JSON.stringify(report))
  // A function, because in a string "$&" and its like would be taken for what was matched.
  return template.replace(place, (_, open: string, close: string) => `${open}${json}${close}`)
}

/**
 * JSON that no HTML parser takes for the end of its script, nor for a comment that swallows it: in JSON `<` occurs in
 * strings only, where \u003c means the same. https://html.spec.whatwg.org/#restrictions-for-contents-of-script-elements
 */
export const safeInScript = (json: string): string => json.replaceAll('<', '\\u003c')

function readTemplate(): string {
  try {
    return readFileSync(templateFile, 'utf8')
  } catch {
    throw new Error('The page of a report is not built, so no HTML can be written. Type: npm run build')
  }
}
