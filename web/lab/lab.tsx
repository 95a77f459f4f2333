import './lab.css'
import { useSignal } from '@preact/signals'
import { useEffect, useMemo } from 'preact/hooks'
import { createBench, type Done, names } from './bench.ts'
import { Box, Controls } from './box.tsx'
import { Packets } from './packets.tsx'
import { lineOf, wayOf, ways } from './ways.ts'

/** Four real clients of Socket.IO, and who of them hears what. */
export function Lab() {
  const bench = useMemo(() => createBench(), [])
  useEffect(() => bench.close, [])

  const speaker = useSignal<string>('A')
  const room = useSignal('red')
  const isPredicting = useSignal(false)
  const predicted = useSignal<ReadonlySet<string>>(new Set())
  const said = useSignal('')
  const verdict = useSignal('')
  const line = useSignal<{ what: string; text: string } | undefined>(undefined)
  const isBusy = bench.isBusy.value

  async function act(what: string, by = speaker.peek()) {
    if (bench.isBusy.peek()) return
    said.value = verdict.value = ''
    line.value = undefined
    const done = await bench.command(by, what, room.peek())
    said.value = inWords(by, what, room.peek(), done)
    line.value = { what, text: await lineOf(what) }
    if (wayOf(what) && done.reply && !done.reply.error && isPredicting.peek()) {
      verdict.value = judge(predicted.peek(), done)
    }
  }

  async function enterAdmin(by: string, token: string) {
    if (bench.isBusy.peek()) return
    said.value = verdict.value = ''
    line.value = undefined
    await bench.enterAdmin(by, token)
  }

  function predict(name: string, is: boolean) {
    const next = new Set(predicted.peek())
    if (is) next.add(name)
    else next.delete(name)
    predicted.value = next
  }

  return (
    <div class="lab">
      <div>
        <h1>Lab</h1>
        <p>
          Four clients of Socket.IO, each on a connection of its own. This page has a namespace to itself, so
          that here <code>io.emit</code> reaches these four and nobody else’s. Each button makes the server
          run one line. <a href="/learn/who-hears-it">The lesson</a> takes you through it.
        </p>
      </div>
      <section class="card commands" aria-label="Commands">
        <p class="row">
          <label>
            Who asks{' '}
            <select
              value={speaker.value}
              onChange={({ currentTarget }) => (speaker.value = currentTarget.value)}
            >
              {names.map((name) => (
                <option key={name}>{name}</option>
              ))}
            </select>
          </label>
          <label>
            Room{' '}
            <select value={room.value} onChange={({ currentTarget }) => (room.value = currentTarget.value)}>
              <option>red</option>
              <option>blue</option>
            </select>
          </label>
          <label class="check">
            <input
              type="checkbox"
              checked={isPredicting.value}
              onChange={({ currentTarget }) => (isPredicting.value = currentTarget.checked)}
            />
            Predict first: tick who will hear it
          </label>
        </p>
        <p class="row">
          {ways.map(({ what, label, about }) => (
            <button key={what} type="button" title={about} aria-disabled={isBusy} onClick={() => act(what)}>
              <code>{label}</code>
            </button>
          ))}
        </p>
        <div class="result">
          <p aria-live="polite">
            <span data-testid="said">{said.value || (isBusy ? '…' : 'Choose a way to emit.')}</span>{' '}
            <b data-testid="verdict">{verdict.value}</b>
          </p>
          {line.value && (
            <p>
              {wayOf(line.value.what)?.about} The line of <code>server/lab.ts</code> that ran:{' '}
              <code data-testid="line">{line.value.text}</code>
            </p>
          )}
        </div>
      </section>
      <div class="boxes">
        {bench.clients.map((client) => (
          <Box key={client.name} client={client}>
            <Controls
              client={client}
              room={room.value}
              isBusy={isBusy}
              act={(what) => act(what, client.name)}
              enterAdmin={(token) => enterAdmin(client.name, token)}
              prediction={
                isPredicting.value
                  ? { is: predicted.value.has(client.name), set: (is) => predict(client.name, is) }
                  : undefined
              }
            />
          </Box>
        ))}
      </div>
      {bench.crossed.value.length > 0 && <Packets crossed={bench.crossed.value} />}
    </div>
  )
}

function inWords(by: string, what: string, room: string, { reply, heard }: Done): string {
  if (!reply) return `${by} has no answer: it is not connected.`
  if (reply.error) return reply.error.message
  const way = wayOf(what)
  if (!way) return what === 'join' ? `${by} joined ${room}.` : `${by} left ${room}.`
  const hearers = names.filter((name) => heard[name])
  const start = `${by} asked for ${way.label}. Heard by ${hearers.join(', ') || 'nobody'}.`
  return what === 'io.timeout' ? `${start} ${answersInWords(reply.done)}` : start
}

function answersInWords(done: unknown): string {
  const { answers, late } = done as { answers: string[]; late: boolean }
  const told = answers.length === 0 ? 'no answer' : answers.map((answer) => `“${answer}”`).join(', ')
  return late
    ? `After 1 s the server gave up with an error; it had ${told}.`
    : `Everybody answered in time: ${told}.`
}

function judge(predicted: ReadonlySet<string>, { heard }: Done): string {
  const wrong = names.filter((name) => predicted.has(name) !== Boolean(heard[name]))
  if (wrong.length === 0) return 'Right: all four as predicted.'
  return `Not so: ${wrong.map((name) => `${name} ${heard[name] ? 'heard it' : 'did not'}`).join(', ')}.`
}
