import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, onTestFinished } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import { openSqliteLog } from '../../server/feed/sqlite-log.ts'
import { gaps } from './gaps.ts'
import { order } from './order.ts'
import { resume } from './resume.ts'
import { stageOn } from './stage.ts'

/** The part of the conformance suite that leans on the log, with the log in a file. */
stageOn((limits) => {
  const folder = mkdtempSync(join(tmpdir(), 'wireside-conformance-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  return openSqliteLog(folder, limits)
})

describe.each(transportNames)('%s, entries on disk', (name) => {
  order(name)
  resume(name)
  gaps(name)
})
