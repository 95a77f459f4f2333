import type { Plan } from './protocol.ts'

/** Why this process cannot hold so many connections, and what to type; nothing when it can. */
export function tooManyFor(
  { scenario, transport, publishOver }: Plan,
  limit = openFiles(),
): string | undefined {
  const { readers, publishers, readersPublish } = scenario
  const overHttp = ['short-polling', 'long-polling', 'sse'].includes(publishOver)
  const ofReaders = readers * (readersPublish && (overHttp || publishOver !== transport) ? 2 : 1)
  // Room for what connects, Socket.IO's polling beside its WebSocket, and for the process's own files.
  const needed = ofReaders + 6 * publishers + 300
  if (needed <= limit) return undefined
  return (
    `${readers} readers need about ${needed} open files in this process and as many in the server's, and the limit is ` +
    `${limit}. Type "ulimit -n ${2 ** Math.ceil(Math.log2(needed))}" and start again, or ask for fewer readers.`
  )
}

/** How many files this process may have open; Node has raised the soft limit to the hard one already. */
function openFiles(): number {
  const report = process.report as typeof process.report & { excludeNetwork?: boolean }
  // Without this the report looks up the name of every peer.
  report.excludeNetwork = true
  const { userLimits } = report.getReport() as {
    userLimits?: { open_files?: { soft: number | 'unlimited' } }
  }
  const soft = userLimits?.open_files?.soft
  return typeof soft === 'number' ? soft : Number.POSITIVE_INFINITY
}
