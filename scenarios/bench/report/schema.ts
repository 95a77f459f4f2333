import { Ajv } from 'ajv'
import { Report } from '../../report.ts'

/** The JSON Schema of a report, as it is published in scenarios/report.schema.json. */
export const reportSchema = (): string => `${JSON.stringify({ $schema, ...Report }, null, 2)}\n`

const $schema = 'http://json-schema.org/draft-07/schema#'

const fits = new Ajv({ strict: true, allowUnionTypes: true }).compile(Report)

/** A report from what a file holds. Throws a sentence that names the first field which is not as the schema says. */
export function checkReport(value: unknown): Report {
  const version =
    typeof value === 'object' && value !== null && 'version' in value ? value.version : undefined
  if (typeof version !== 'number') throw new Error('This is no report: it has no "version".')
  if (version !== 1) throw new Error(`This is a report of version ${version}; version 1 can be read.`)
  if (fits(value)) return value as Report
  const [fault] = fits.errors ?? []
  const at = fault?.instancePath.slice(1).replaceAll('/', '.')
  throw new Error(`This is no report: ${at ? `"${at}"` : 'it'} ${fault?.message}.`)
}
