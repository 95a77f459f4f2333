import type { Report } from '../../scenarios/report.ts'

/** Reports that this browser keeps: runs made in the page and files somebody opened. Nothing leaves the machine. */

const DATABASE = 'wireside'
const STORE = 'reports'

/** Where a report came from, for the list. */
export type Source = 'run in this browser' | 'opened from a file'

export interface Kept {
  id: string
  report: Report
  source: Source
  /** ms since 1970 */
  keptAt: number
}

/** Keeps a report under its id; one that was kept under the same id before is replaced. */
export const keep = (report: Report, source: Source): Promise<void> =>
  act('readwrite', (store) =>
    store.put({ id: report.id, report, source, keptAt: Date.now() } satisfies Kept),
  ).then(() => undefined)

/** The report of that id, or nothing. */
export const kept = (id: string): Promise<Kept | undefined> =>
  act<Kept | undefined>('readonly', (store) => store.get(id))

/** All of them, the latest run first. */
export const allKept = async (): Promise<Kept[]> => {
  const all = await act<Kept[]>('readonly', (store) => store.getAll())
  return all.sort((one, other) => Date.parse(other.report.startedAt) - Date.parse(one.report.startedAt))
}

export const forget = (id: string): Promise<void> =>
  act('readwrite', (store) => store.delete(id)).then(() => undefined)

/** One transaction; settles when it is on disk. Rejects with a sentence where the browser keeps nothing. */
async function act<T>(mode: IDBTransactionMode, what: (store: IDBObjectStore) => IDBRequest): Promise<T> {
  const database = await open()
  return new Promise<T>((resolve, reject) => {
    const transaction = database.transaction(STORE, mode)
    const request = what(transaction.objectStore(STORE))
    transaction.oncomplete = () => resolve(request.result as T)
    transaction.onabort = () => reject(unkept(transaction.error))
  }).finally(() => database.close())
}

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    try {
      const request = indexedDB.open(DATABASE, 1)
      request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: 'id' })
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(unkept(request.error))
    } catch (error) {
      reject(unkept(error))
    }
  })
}

/** A private window, a full disk, blocked storage: what the browser says of it goes behind what it means. */
function unkept(cause: unknown): Error {
  const why = cause instanceof Error ? ` (${cause.message})` : ''
  return new Error(`This browser does not keep reports${why}. Download the report instead.`, { cause })
}
