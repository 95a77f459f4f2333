import './inspector.css'
import { useEffect, useState } from 'preact/hooks'
import type { Capture, Conditions, LinkList } from '../../server/contract/link.ts'
import { Inspector } from './inspector.tsx'
import { readCapture } from './rows.ts'

/** Captures: those of the server's links, and those that were saved as files. */
export function InspectorPage() {
  const [links, setLinks] = useState<LinkList['links']>([])
  const [capture, setCapture] = useState<Capture | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const [isReading, setReading] = useState(false)
  useEffect(() => {
    listLinks().then(setLinks, () => setLinks([]))
  }, [])

  function take(text: string) {
    const read = readCapture(text)
    setProblem(typeof read === 'string' ? read : undefined)
    if (typeof read !== 'string') setCapture(read)
  }

  async function record(port: number) {
    setReading(true)
    try {
      const response = await fetch(`/links/${port}/capture`, { cache: 'no-store' })
      if (response.ok) take(await response.text())
      else setProblem(`The server has no capture of port ${port}: it answered ${response.status}.`)
    } catch (error) {
      setProblem(`The capture cannot be read: ${error instanceof Error ? error.message : String(error)}.`)
    } finally {
      setReading(false)
    }
  }

  return (
    <div class="inspector-page">
      <div class="inspector-head">
        <h1>Inspector</h1>
        <p>
          The bytes that really crossed a link, taken apart: what each is for, and where that is written. The
          shading is the meter’s: entries and drafts, HTTP heads, messages about the feed, and the framing
          around them.
        </p>
        <p class="inspector-tools">
          {links.map(({ port, conditions, open }) => (
            <button key={port} type="button" disabled={isReading} onClick={() => record(port)}>
              Port {port}: {conditionsText(conditions)}, {open} open
            </button>
          ))}
          <label class="file">
            Open a saved capture{' '}
            <input
              type="file"
              accept=".json,application/json"
              onChange={async ({ currentTarget }) => {
                const [file] = currentTarget.files ?? []
                if (file) take(await file.text())
              }}
            />
          </label>
        </p>
        {links.length === 0 && !capture && (
          <p class="hint">
            No link is recording now: lanes that talk to the server directly leave nothing to inspect. Bend
            the network on the dashboard, and their bytes are kept.
          </p>
        )}
        {problem && (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      {capture && <Inspector capture={capture} />}
    </div>
  )
}

async function listLinks(): Promise<LinkList['links']> {
  const response = await fetch('/links', { cache: 'no-store' })
  if (!response.ok) return []
  const { links }: LinkList = await response.json()
  return links
}

function conditionsText(conditions: Conditions): string {
  const words = Object.entries(conditions).map(([name, value]) =>
    typeof value === 'object' ? name : `${name} ${String(value)}`,
  )
  return words.join(', ') || 'clear'
}
