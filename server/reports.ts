import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { FastifyPluginAsync } from 'fastify'
import Type from 'typebox'
import { WireError } from './contract/errors.ts'

/** A report's file is named by its id: nothing that could lead out of the folder. */
export const REPORT_ID = '[a-z0-9][a-z0-9-]{0,127}'

/** What a folder may hold of reports before the rest, the oldest, is left out; and what one may weigh, in bytes. */
const MAX_REPORTS = 200
const MAX_BYTES = 20_000_000

/** One line of the list. */
interface Listed {
  id: string
  title: string
  startedAt: string
  transports: string[]
  runs: number
}

/**
 * The reports of a folder, as the command line writes them there. Read when somebody asks, never written; without a
 * folder the list is empty.
 */
export const reports: FastifyPluginAsync<{ folder?: string }> = async (app, { folder }) => {
  /** What was found in a file, as long as the file stays as it was. */
  const known = new Map<string, { stamp: string; listed: Listed | undefined }>()

  async function list(): Promise<Listed[]> {
    const files = await filesOf(folder)
    for (const id of known.keys()) if (!files.some((file) => file.id === id)) known.delete(id)
    const all: Listed[] = []
    for (const { id, path, stamp } of files) {
      // One after the other: a folder of large files holds up nobody else for longer than one of them.
      if (known.get(id)?.stamp !== stamp) known.set(id, { stamp, listed: describe(id, await read(path)) })
      const listed = known.get(id)?.listed
      if (listed) all.push(listed)
    }
    return all.sort((one, other) => Date.parse(other.startedAt) - Date.parse(one.startedAt))
  }

  app.get('/reports.json', { schema: listSchema }, list)

  app.get<{ Params: { id: string } }>(
    `/reports/:id(^${REPORT_ID}$).json`,
    { schema: oneSchema },
    async (request, reply) => {
      const { id } = request.params
      const file = (await filesOf(folder)).find((each) => each.id === id)
      const bytes = file && (await read(file.path))
      // The folder may hold other JSON, and that is nobody's business.
      if (!bytes || !describe(id, bytes)) {
        throw new WireError(
          'not-found',
          `There is no report "${id}" here. GET /reports.json lists what there is.`,
        )
      }
      return reply.header('content-type', 'application/json').send(bytes)
    },
  )
}

/** The folder's files that may be reports, by when they were written, the newest first. */
async function filesOf(folder: string | undefined): Promise<{ id: string; path: string; stamp: string }[]> {
  if (folder === undefined) return []
  const names = await readdir(folder).catch(() => [])
  const found: { id: string; path: string; stamp: string; time: number }[] = []
  for (const name of names) {
    const id = fileName.exec(name)?.[1]
    if (id === undefined) continue
    const path = join(folder, name)
    const about = await stat(path).catch(() => undefined)
    if (!about?.isFile() || about.size > MAX_BYTES) continue
    found.push({ id, path, stamp: `${about.mtimeMs} ${about.size}`, time: about.mtimeMs })
  }
  return found.sort((one, other) => other.time - one.time).slice(0, MAX_REPORTS)
}

const fileName = new RegExp(`^(${REPORT_ID})\\.json$`)

const read = (path: string): Promise<Buffer | undefined> => readFile(path).catch(() => undefined)

/** What the list says of a report, or nothing when this is none. The pages check the rest before they show it. */
function describe(id: string, bytes: Buffer | undefined): Listed | undefined {
  let value: Partial<Record<string, unknown>> | null
  try {
    value = JSON.parse(bytes?.toString() ?? '')
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { version, scenario, startedAt, runs } = value
  const { title, transports } = (scenario ?? {}) as Partial<Record<string, unknown>>
  if (version !== 1 || typeof title !== 'string' || typeof startedAt !== 'string') return undefined
  if (!Array.isArray(runs) || !Array.isArray(transports) || Number.isNaN(Date.parse(startedAt)))
    return undefined
  return { id, title, startedAt, transports: transports.map(String), runs: runs.length }
}

const listSchema = {
  summary: 'The reports of this server’s folder, newest first',
  description: `What \`npm run bench\` wrote to the folder that \`--reports\` names: at most ${MAX_REPORTS}, each of at most 20 MB.`,
  tags: ['beside'],
  response: {
    200: Type.Array(
      Type.Object({
        id: Type.String({ pattern: `^${REPORT_ID}$` }),
        title: Type.String({ description: 'The scenario’s.' }),
        startedAt: Type.String({ description: 'ISO 8601.' }),
        transports: Type.Array(Type.String()),
        runs: Type.Integer({ minimum: 0 }),
      }),
    ),
  },
}

const oneSchema = {
  summary: 'One report, whole',
  description: 'As it was written; its format is versioned.',
  tags: ['beside'],
  response: { 200: Type.Object({}, { additionalProperties: true }) },
}
