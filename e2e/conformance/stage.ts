import { onTestFinished } from 'vitest'
import type { AppOptions } from '../../server/app.ts'
import type { TransportName } from '../../server/contract/transports.ts'
import type { Draft, Receipt } from '../../server/contract/wire.ts'
import type { Log } from '../../server/feed/log.ts'
import { createMemoryLog, type MemoryLogLimits } from '../../server/feed/memory-log.ts'
import { connectReader, type TestReader } from '../support/client.ts'
import { type CountingProxy, startProxy } from '../support/proxy.ts'
import { startServer, type TestServer } from '../support/server.ts'

/** What a test plays on: a fresh server with a proxy in front of it. All of it ends with the test. */
export interface Stage {
  /** The server's own log: to fill it without a wire, and to act at the very moment of an append. */
  log: Log
  server: TestServer
  proxy: CountingProxy
  /** A product client. Closed with the test. */
  reader(name: TransportName, target: { url: string; [option: string]: unknown }): TestReader
  /** Appends `count` entries "line 1", "line 2", … straight to the log. */
  fill(room: string, count: number): Promise<Receipt[]>
}

let openLog = async (limits?: MemoryLogLimits): Promise<Log> => createMemoryLog(limits)

/** Says where every later stage of this file keeps its entries; in memory without it. */
export function stageOn(open: typeof openLog) {
  openLog = open
}

export async function setStage(limits?: MemoryLogLimits, options: AppOptions = {}): Promise<Stage> {
  const log = await openLog(limits)
  const server = await startServer({ ...options, log })
  const proxy = await startProxy(server.port)
  const readers: TestReader[] = []
  onTestFinished(async () => {
    for (const reader of readers) reader.close()
    await proxy.close()
    await server.close()
  })
  let filled = 0

  return {
    log,
    server,
    proxy,
    reader(name, target) {
      const reader = connectReader(name, target)
      readers.push(reader)
      return reader
    },
    async fill(room, count) {
      const receipts: Receipt[] = []
      for (let n = 0; n < count; n++) {
        const { receipt } = await log.append(room, { text: `line ${++filled}`, id: `f-${filled}` }, undefined)
        receipts.push(receipt)
      }
      return receipts
    },
  }
}

/** Everything a room holds, as the log has it. */
export async function kept(log: Log, room = 'lobby') {
  return (await log.after(room, '0', Number.MAX_SAFE_INTEGER)).entries
}

/** Publishes by hand over HTTP, on any of the three transports that take a POST. */
export async function post(
  url: string,
  draft: Draft | object,
): Promise<{ status: number; receipt: Receipt }> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(draft),
  })
  return { status: response.status, receipt: (await response.json()) as Receipt }
}
