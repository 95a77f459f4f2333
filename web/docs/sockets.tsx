import './sockets.css'
import { useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import { type Channel, type Document, onTheWire, type Said, type SocketGroup, socketsOf } from './document.ts'
import { Prose } from './prose.tsx'
import { Closes, Fields, Refusals } from './tables.tsx'

/** `/docs/sockets`: the AsyncAPI document of this server, to read. It knows nothing of the messages but what that says. */
export function Sockets() {
  const document = useSignal<Document | undefined>(undefined)
  const problem = useSignal('')
  useEffect(() => {
    fetch('/docs/asyncapi.json')
      .then((response) => response.json())
      .then((found) => {
        document.value = found
      })
      .catch((error) => {
        problem.value = `The description could not be read: ${error.message}. Is the server there?`
      })
  }, [])
  // What a link names was not there when the page was.
  useEffect(() => {
    if (document.value && location.hash)
      window.document.getElementById(location.hash.slice(1))?.scrollIntoView()
  }, [document.value])
  const groups = document.value ? socketsOf(document.value) : []
  return (
    <div class="sockets">
      <header>
        <h1>The two sockets, message by message</h1>
        <p>
          What crosses a WebSocket and Socket.IO here: who says it, when, with which fields, and one example
          as it stands on the wire. It is read off <a href="/docs/asyncapi.yaml">asyncapi.yaml</a> (AsyncAPI
          3.0), which the server makes of the schemas that it checks with. What goes over HTTP is at{' '}
          <a href="/docs">/docs</a>.
        </p>
        <p class="hint">
          <code>?</code> after a field: it may be left out. Fields that are not named here are ignored. In the
          examples of Socket.IO <code>7</code> is the number by which an acknowledgement is told.
        </p>
      </header>
      {problem.value && <p class="problem">{problem.value}</p>}
      <nav aria-label="On this page" class="card contents">
        {groups.map((group) => (
          <Contents key={group.id} group={group} />
        ))}
      </nav>
      {document.value &&
        groups.map((group) => <Group key={group.id} group={group} document={document.value as Document} />)}
    </div>
  )
}

const sides = [
  { from: 'client', arrow: '→', title: 'A client says' },
  { from: 'server', arrow: '←', title: 'The server says' },
] as const

const titleOf = ({ channels: [first] }: SocketGroup) => first?.title ?? ''

function Contents({ group }: { group: SocketGroup }) {
  return (
    <div>
      <a href={`#${group.id}`}>
        <b>{titleOf(group)}</b>
      </a>
      {sides.map(({ from, arrow, title }) => (
        <p key={from}>
          <span aria-hidden="true">{arrow}</span> <span class="unseen">{title}: </span>
          {group.messages
            .filter((message) => message.from === from)
            .map(({ id, name }) => (
              <a key={id} href={`#${id}`}>
                {name}
              </a>
            ))}
        </p>
      ))}
    </div>
  )
}

function Group({ group, document }: { group: SocketGroup; document: Document }) {
  const { id, channels, messages } = group
  const [first] = channels
  if (!first) return null
  const { query, headers } = first.bindings.ws
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{first.title}</h2>
      <p>
        <Prose text={first.description} />
      </p>
      <dl class="addresses">
        {channels.map(({ address, summary }) => (
          <div key={address}>
            <dt>
              <code>{address}</code>
            </dt>
            <dd>
              <Prose text={summary} />
            </dd>
          </div>
        ))}
      </dl>
      <details>
        <summary>The handshake: what it may carry, and why it is refused</summary>
        <h3>In the query</h3>
        <Fields caption={`Query of the handshake, ${first.title}`} schema={query} document={document} />
        <h3>In the headers</h3>
        <Fields caption={`Headers of the handshake, ${first.title}`} schema={headers} document={document} />
        <h3>Refused with</h3>
        <Refusals channel={first} />
      </details>
      {sides.map(({ from, arrow, title }) => (
        <div key={from} class="says" data-from={from}>
          <h3 class="side">
            {title} <span aria-hidden="true">{arrow}</span>
          </h3>
          <div class="messages">
            {messages
              .filter((message) => message.from === from)
              .map((message) => (
                <MessageCard key={message.id} message={message} channel={first} document={document} />
              ))}
          </div>
        </div>
      ))}
      <h3 class="side">How the server ends it</h3>
      <Closes channels={channels} />
    </section>
  )
}

function MessageCard({
  message,
  channel,
  document,
}: {
  message: Said
  channel: Channel
  document: Document
}) {
  const { id, name, title, summary, from, answers, tags, payload } = message
  return (
    <article class="card message" id={id} aria-labelledby={`${id}-title`}>
      <h4 id={`${id}-title`}>
        <code>{name}</code> {title}
      </h4>
      <p>
        <Prose text={summary} />
      </p>
      {(answers.length > 0 || tags.length > 0) && (
        <p class="hint facts">
          {answers.length > 0 && (
            <span>
              Answered with{' '}
              {answers.map((answer, n) => (
                <>
                  {n > 0 && ' or '}
                  <a href={`#${answer}`}>{document.components.messages[answer]?.name}</a>
                </>
              ))}
            </span>
          )}
          {tags.map((tag) => (
            <span key={tag.name} class="promise" title={tag.description}>
              {tag.name}
            </span>
          ))}
        </p>
      )}
      <p class="wire">
        <span class="unseen">{from === 'client' ? 'Sent: ' : 'Received: '}</span>
        <code>{onTheWire(message, channel)}</code>
      </p>
      <Fields caption={`Fields of ${name}`} schema={payload} document={document} />
    </article>
  )
}
