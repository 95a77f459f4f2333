import { randomBytes } from 'node:crypto'
import { closeSync, existsSync, fsyncSync, linkSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import Database from 'libsql/promise'
import { newEpoch } from './entries.ts'

/**
 * The file of the SQLite log, opened only when it is ours, whole, and nobody else's at the moment. What is wrong with
 * it is found out before anything is written.
 *
 * Its work is done on libsql's own threads: `exec` and the first step of a query run there, the rest of a query here.
 * So every query is made to do its work in its first step, and no fsync ever holds up the event loop.
 */
export interface SqliteFile {
  /** Runs one statement, kept prepared. Its rows; rejects with libsql's SqliteError. */
  all<Row>(sql: string, ...values: (string | number)[]): Promise<Row[]>
  /** Runs statements, one after the other, as one transaction: all of it is on the disk, or nothing. */
  transact(statements: readonly Statement[]): Promise<void>
  /** Brings everything into the one file and lets go of it. */
  close(): Promise<void>
}

export type Statement = readonly [sql: string, ...values: (string | number)[]]

/** A file that cannot be used as a log. The message is for whoever started the server; the file was left as it is. */
export class UnusableFile extends Error {
  override name = 'UnusableFile'
}

const FILE_NAME = 'wireside.db'

/** "Wire" in ASCII: says whose an SQLite file is (https://www.sqlite.org/pragma.html#pragma_application_id). */
const APPLICATION_ID = 0x57697265

/** Each brings the file from the version that is its place in this list to the next. Never change one that was released. */
const migrations: readonly (() => string)[] = [
  () => `
    CREATE TABLE log (epoch TEXT NOT NULL, base INTEGER NOT NULL) STRICT;
    INSERT INTO log VALUES ('${newEpoch()}', 0);
    CREATE TABLE rooms (
      name TEXT PRIMARY KEY, first INTEGER NOT NULL, head INTEGER NOT NULL, turn INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE entries (
      room TEXT NOT NULL, seq INTEGER NOT NULL, at REAL NOT NULL, repeat_key TEXT, entry TEXT NOT NULL,
      PRIMARY KEY (room, seq)
    ) STRICT, WITHOUT ROWID;
    CREATE UNIQUE INDEX repeats ON entries (room, repeat_key) WHERE repeat_key IS NOT NULL;`,
  () => 'CREATE TABLE records (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;',
]

/** Opens the log of a folder, or begins one. `bytes`: what the file may grow to. Throws `UnusableFile`. */
export async function openSqliteFile(folder: string, bytes?: number): Promise<SqliteFile> {
  const path = join(folder, FILE_NAME)
  try {
    mkdirSync(folder, { recursive: true })
    if (!existsSync(path)) await create(path)
    checkHeader(path)
    return await open(path, bytes)
  } catch (error) {
    throw error instanceof UnusableFile
      ? error
      : new UnusableFile(explain(path, error as NodeJS.ErrnoException))
  }
}

/**
 * A new file is made whole beside its place and put there in one step: a process that is killed meanwhile leaves none,
 * and of two that begin at once the second finds the first one's.
 */
async function create(path: string) {
  const draft = `${path}.new-${randomBytes(6).toString('hex')}`
  try {
    const database = connect(draft)
    await database.exec(`PRAGMA application_id = ${APPLICATION_ID}`)
    await migrate(database, 0)
    await letGo(database)
    linkSync(draft, path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(dirname(path))
}

/** A name is on the disk when its folder is (fsync(2)). Windows cannot open folders, and needs not. */
function syncFolder(folder: string) {
  if (process.platform === 'win32') return
  const handle = openSync(folder, 'r')
  fsyncSync(handle)
  closeSync(handle)
}

/** Looks at the file's first bytes (https://www.sqlite.org/fileformat.html#the_database_header) without SQLite's help. */
function checkHeader(path: string) {
  const header = Buffer.alloc(100)
  const handle = openSync(path, 'r')
  try {
    readSync(handle, header, 0, header.length, 0)
  } finally {
    closeSync(handle)
  }
  if (header.toString('latin1', 0, 16) !== 'SQLite format 3\0') {
    throw new UnusableFile(`${path} is no database. It was left as it is. ${elsewhere}`)
  }
  if (header.readUInt32BE(68) !== APPLICATION_ID) {
    throw new UnusableFile(`${path} is the database of another program. It was left as it is. ${elsewhere}`)
  }
  checkVersion(path, header.readUInt32BE(60))
}

function checkVersion(path: string, version: number) {
  if (version <= migrations.length) return
  throw new UnusableFile(
    `${path} was written by a newer Wireside: its format is ${version}, and this one knows up to ` +
      `${migrations.length}. It was left as it is. Update Wireside, or choose another folder with --data.`,
  )
}

async function open(path: string, bytes: number | undefined): Promise<SqliteFile> {
  const database = connect(path)
  try {
    // Whoever has it open has it alone. (https://www.sqlite.org/pragma.html#pragma_locking_mode)
    await query(database, 'PRAGMA locking_mode = EXCLUSIVE')
    // Taken before anything is read: of two that only read so far, neither could lock the other out any more.
    await database.exec('BEGIN EXCLUSIVE; COMMIT')
    const [{ quick_check: found } = { quick_check: '' }] = await query<{ quick_check: string }>(
      database,
      'PRAGMA quick_check(1)',
    )
    if (found !== 'ok') throw new UnusableFile(damaged(path, found))
    const [{ user_version: version } = { user_version: 0 }] = await query<{ user_version: number }>(
      database,
      'PRAGMA user_version',
    )
    checkVersion(path, version)
    await query(database, 'PRAGMA journal_mode = WAL')
    // In WAL mode only FULL syncs at each commit (https://www.sqlite.org/pragma.html#pragma_synchronous).
    await query(database, 'PRAGMA synchronous = FULL')
    await query(database, 'PRAGMA temp_store = MEMORY')
    if (bytes !== undefined) await query(database, `PRAGMA max_page_count = ${Math.ceil(bytes / 4096)}`)
    await migrate(database, version)
  } catch (error) {
    database.close()
    throw error
  }

  const prepared = new Map<string, Promise<Prepared>>()
  async function all<Row>(sql: string, ...values: (string | number)[]): Promise<Row[]> {
    const statement = prepared.get(sql) ?? (database.prepare(sql) as Promise<Prepared>)
    prepared.set(sql, statement)
    return (await (await statement).all(...values)) as Row[]
  }

  return {
    all,
    async transact(statements) {
      await database.exec('BEGIN IMMEDIATE')
      try {
        for (const statement of statements) await all(...statement)
        await database.exec('COMMIT')
      } catch (error) {
        // On some errors SQLite has rolled back already, and says that there is nothing to roll back.
        await database.exec('ROLLBACK').catch(() => {})
        throw error
      }
    },
    // On a full disk there may be no room to bring it into one file. What is beside it is as safe, and found there.
    close: () => letGo(database).catch(() => database.close()),
  }
}

interface Prepared {
  all(...values: (string | number)[]): Promise<unknown[]>
}

/** Of two that want the file at the same moment the one who comes second gives way, so waiting this long (ms) is enough. */
const PATIENCE = 1_000

const connect = (path: string) => new Database(path, { timeout: PATIENCE })

async function query<Row>(database: Database, sql: string): Promise<Row[]> {
  const statement: Prepared = await database.prepare(sql)
  return (await statement.all()) as Row[]
}

async function migrate(database: Database, from: number) {
  for (let version = from; version < migrations.length; version++) {
    await database.exec(
      `BEGIN IMMEDIATE; ${migrations[version]?.()} PRAGMA user_version = ${version + 1}; COMMIT`,
    )
  }
}

/**
 * libsql keeps a closed database open while a prepared statement is not yet garbage. So the log leaves WAL mode, which
 * brings all of it into one file, and gives up its lock by reading once without it.
 */
async function letGo(database: Database) {
  await query(database, 'PRAGMA journal_mode = DELETE')
  await query(database, 'PRAGMA locking_mode = NORMAL')
  await query(database, 'PRAGMA user_version')
  database.close()
}

const elsewhere = 'Choose another folder with --data, or --data memory.'

const damaged = (path: string, how: string) =>
  `${path} is damaged (${how.trim().split('\n').at(-1)}). It was left as it is. Put a copy in its place, or move it ` +
  'away to begin anew.'

function explain(path: string, { code, message }: NodeJS.ErrnoException): string {
  if (code === 'SQLITE_BUSY') {
    return `${path} is in use by another process. End that one, or choose another folder with --data.`
  }
  if (code === 'SQLITE_NOTADB' || code?.startsWith('SQLITE_CORRUPT')) return damaged(path, message)
  return `${path} cannot be used: ${message}. ${elsewhere}`
}
