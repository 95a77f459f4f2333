import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Report } from '../../report.ts'
import { csvOf } from '../../stats/csv.ts'
import { htmlOf, templateFile } from './html.ts'
import { checkReport } from './schema.ts'

/** Where a report is to be written. */
export interface Places {
  /** A folder: `<id>.json`, `.csv` and `.html`. */
  out?: string | undefined
  json?: string | undefined
  csv?: string | undefined
  html?: string | undefined
}

/** Makes sure, before minutes are spent on measuring, that what comes out can be written. Throws a sentence. */
export function preparePlaces({ out, json, csv, html }: Places): void {
  if (out !== undefined) {
    if (existsSync(out) && !statSync(out).isDirectory()) throw new Error(`"${out}" is a file, not a folder.`)
    try {
      mkdirSync(out, { recursive: true })
    } catch (error) {
      throw new Error(`The folder "${out}" cannot be made: ${(error as Error).message}`)
    }
    checkFolder(out)
  }
  for (const file of [json, csv, html]) {
    if (file === undefined) continue
    if (existsSync(file) && statSync(file).isDirectory())
      throw new Error(`"${file}" is a folder, not a file.`)
    checkFolder(dirname(resolve(file)))
  }
  if (html !== undefined && !existsSync(templateFile)) {
    throw new Error('The page of a report is not built, so no HTML can be written. Type: npm run build')
  }
}

function checkFolder(folder: string): void {
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    throw new Error(`Nothing can be written to the folder "${folder}": it is not there, or not yours.`)
  }
}

/** Writes a report wherever it is wanted, and returns the files. A report that is not as its schema says is refused. */
export function writeReport(report: Report, { out, json, csv, html }: Places): string[] {
  checkReport(JSON.parse(JSON.stringify(report)))
  const inFolder = (ending: string) => (out === undefined ? [] : [join(out, `${report.id}.${ending}`)])
  const wanted: [file: string, content: () => string][] = [
    ...[...inFolder('json'), json].map((file) => [file, () => jsonOf(report)] as const),
    ...[...inFolder('csv'), csv].map((file) => [file, () => csvOf(report)] as const),
    ...[...(existsSync(templateFile) ? inFolder('html') : []), html].map(
      (file) => [file, () => htmlOf(report)] as const,
    ),
  ].flatMap(([file, content]) => (file === undefined ? [] : [[file, content] as [string, () => string]]))
  for (const [file, content] of wanted) writeFileSync(file, content())
  return wanted.map(([file]) => file)
}

const jsonOf = (report: Report) => `${JSON.stringify(report, null, 2)}\n`

/** Reads a report that was written. Throws a sentence that names the file. */
export function readReport(file: string): Report {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const why =
      (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'There is no such file' : 'It cannot be read'
    throw new Error(`"${file}": ${why}.`)
  }
  try {
    return checkReport(JSON.parse(text))
  } catch (error) {
    const why =
      error instanceof SyntaxError ? `This is not JSON (${error.message}).` : (error as Error).message
    throw new Error(`"${file}": ${why}`)
  }
}
