import { type Channel, type Document, fieldsOf, type Schema } from './document.ts'
import { Prose } from './prose.tsx'

/** The tables of the page: what a payload holds, why a handshake is refused, how a connection ends. */

export function Fields({
  caption,
  schema,
  document,
}: {
  caption: string
  schema: Schema
  document: Document
}) {
  return (
    <table class="fields">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">field</th>
          <th scope="col">type</th>
          <th scope="col">what it is</th>
        </tr>
      </thead>
      <tbody>
        {fieldsOf(schema, document).map(({ path, isOptional, type, about }) => (
          <tr key={path}>
            <th scope="row">
              <code>{path || 'the whole'}</code>
              {isOptional && <span title="may be left out">?</span>}
            </th>
            <td>
              <code>{type}</code>
            </td>
            <td>
              <Prose text={about} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

export function Refusals({ channel }: { channel: Channel }) {
  return (
    <table class="fields">
      <caption class="unseen">Refusals of the handshake, {channel.title}</caption>
      <thead>
        <tr>
          <th scope="col">status</th>
          <th scope="col">code</th>
          <th scope="col">when</th>
        </tr>
      </thead>
      <tbody>
        {channel['x-refusals'].map(({ status, codes, when }) => (
          <tr key={status}>
            <th scope="row">{status}</th>
            <td>
              <code>{codes.join(' | ')}</code>
            </td>
            <td>
              <Prose text={when} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** The ends of the first channel are those of all, or more. */
export function Closes({ channels: [channel] }: { channels: readonly Channel[] }) {
  if (!channel) return null
  return (
    <table class="fields closes">
      <caption class="unseen">Ends, {channel.title}</caption>
      <thead>
        <tr>
          <th scope="col">{channel['x-closes'][0]?.code ? 'code' : 'reason'}</th>
          <th scope="col">when</th>
          <th scope="col">what to do</th>
        </tr>
      </thead>
      <tbody>
        {channel['x-closes'].map(({ code, reason, when, next }) => (
          <tr key={code ?? reason}>
            <th scope="row">{code ?? <code>{reason}</code>}</th>
            <td>
              <Prose text={when} />
              {code !== undefined && reason !== undefined && (
                <>
                  {' '}
                  Says <q>{reason}</q>.
                </>
              )}
            </td>
            <td>
              <Prose text={next} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
