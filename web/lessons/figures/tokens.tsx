import './tokens.css'
import { type ReadonlySignal, signal } from '@preact/signals'
import { useState } from 'preact/hooks'
import {
  type Asked,
  isLetIn,
  type Showing,
  showings,
  type Token,
  type TokensOutcome,
} from '../../../scenarios/lessons/figures/tokens.ts'
import type { TransportName } from '../../../server/contract/transports.ts'
import type { CreateFigure, FigureProps } from './figure.ts'
import { runTokens } from './tokens-run.ts'

/** Who was let in: a row for what was shown, a column for each transport; and the request behind each answer. */
export const createTokens: CreateFigure<'tokens'> = () => {
  const shown = signal<TokensOutcome | undefined>(undefined)
  return {
    async run(parameters, ended) {
      shown.value = undefined
      return runTokens(parameters, ended, (next) => {
        shown.value = next
      })
    },
    View: (props) => <TokensView {...props} shown={shown} />,
    seconds: ({ server }) => (server === 'this' ? 4 : 1),
  }
}

const columns: Record<TransportName, { title: string; place: string }> = {
  'short-polling': { title: 'Short polling', place: 'header field' },
  'long-polling': { title: 'Long polling', place: 'header field' },
  sse: { title: 'SSE', place: 'cookie' },
  websocket: { title: 'Web\u00adSocket', place: 'cookie' },
  'socket-io': { title: 'Socket\u200b.IO', place: 'first packet' },
}

const rowTitles: Record<Showing, string> = {
  good: 'Ada’s token',
  none: 'no token',
  changed: 'name changed',
  unsigned: 'alg: none',
  expired: 'expired',
  foreign: 'Ada’s, foreign page',
}

type TokensViewProps = FigureProps<'tokens'> & { shown: ReadonlySignal<TokensOutcome | undefined> }

function TokensView({ parameters, shown }: TokensViewProps) {
  const outcome = shown.value
  const [chosen, choose] = useState<string | undefined>(undefined)
  const asked = outcome?.asked ?? []
  const isWhole = parameters.value.server === 'this'
  const transports = Object.keys(columns) as TransportName[]
  const inTable = isWhole ? transports : (['websocket'] as const)
  const rows = showings.filter((showing) => isWhole || showing !== 'expired')
  const selected = asked.find((each) => idOf(each) === chosen) ?? asked.at(-1)
  return (
    <div class="tokens">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section class="scroller" tabIndex={0} aria-label="Who is let in">
        <table>
          <caption>
            {isWhole
              ? 'Who may read Ada’s private room: ✓ is let in, ✗ is refused. Choose an answer to see its request.'
              : 'Who gets Ada’s WebSocket: ✓ is let in, ✗ is refused. Choose an answer to see its request.'}
          </caption>
          <thead>
            <tr>
              <td />
              {inTable.map((transport) => (
                <th key={transport} scope="col">
                  {columns[transport].title}
                </th>
              ))}
            </tr>
            <tr class="places">
              <th scope="row">token goes in the</th>
              {inTable.map((transport) => (
                <td key={transport}>{columns[transport].place}</td>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((showing) => (
              <tr key={showing}>
                <th scope="row">{rowTitles[showing]}</th>
                {inTable.map((transport) => {
                  const answer = asked.find(
                    (each) => each.showing === showing && each.transport === transport,
                  )
                  return (
                    <td key={transport}>
                      {answer && (
                        <button
                          type="button"
                          data-in={isLetIn(answer)}
                          aria-pressed={answer === selected}
                          aria-label={inWords(answer)}
                          onClick={() => choose(idOf(answer))}
                        >
                          {isLetIn(answer) ? '✓' : '✗'} {short(answer)}
                        </button>
                      )}
                    </td>
                  )
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      {isWhole && (
        <p class="hint">
          The numbers are statuses of HTTP. Socket.IO answers in packets: 43 acknowledges the join, 44 is a
          connect error.
        </p>
      )}
      {selected && <Request asked={selected} />}
    </div>
  )
}

const idOf = ({ transport, showing }: Asked) => `${transport} ${showing}`

const inWords = (asked: Asked) =>
  `${columns[asked.transport].title.replace('\u00ad', '').replace('\u200b', '')}, ${rowTitles[asked.showing]}: ${isLetIn(asked) ? 'let in' : 'refused'}, ${asked.code ?? short(asked)}`

/** HTTP says a status; Socket.IO, once it is open, says it in packets: 40 connected, 44 connect error, 43 acknowledged. */
const short = ({ transport, status, answer }: Asked) =>
  transport === 'socket-io' && status === 200 ? answer.slice(0, 2) : String(status)

/** The request as it was sent, its token cut short, and what the token says. */
function Request({ asked }: { asked: Asked }) {
  const { token, request, transport, showing, code, status, answer } = asked
  const [before = '', after = ''] = token ? request.split(token.text) : [request]
  return (
    <section aria-label="The request">
      <p>
        <b>{inWords(asked)}.</b>{' '}
        {transport === 'socket-io' && status === 200 && 'Below is the packet that connects. '}
        The last answer: <code>{code === undefined ? excerpt(answer) : sentenceIn(answer)}</code>
      </p>
      <pre data-testid="token-request">
        {before.replaceAll('\r', '')}
        {token &&
          request !== before &&
          token.text.split('.').map((part, at) => (
            <>
              {at > 0 && '.'}
              <mark data-part={parts[at]} title={parts[at]}>
                {part.slice(0, 8)}
                {part.length > 8 && '…'}
              </mark>
            </>
          ))}
        {after.replaceAll('\r', '')}
      </pre>
      {token && request !== before && <Parts token={token} />}
      {token && request === before && (
        <p class="hint">It was refused before the packet that would have carried the token.</p>
      )}
      {!token && <p class="hint">No token, {showing === 'none' ? 'so this is a guest' : 'none'}.</p>}
    </section>
  )
}

const parts = ['header', 'claims', 'signature']

const Parts = ({ token }: { token: Token }) => (
  <dl>
    <dt>header</dt>
    <dd>
      <code>{token.header}</code>
    </dd>
    <dt>claims</dt>
    <dd>
      <code>{token.claims}</code>
    </dd>
    <dt>signature</dt>
    <dd>{token.signature === 0 ? 'none' : `${token.signature} bytes, not shown in full`}</dd>
  </dl>
)

/** The beginning of an answer. Packets of Engine.IO in one are parted by a control character. */
function excerpt(answer: string): string {
  const text = answer.split('\u001e')[0]?.trim() ?? ''
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

const sentenceIn = (answer: string): string =>
  /"message":"([^"{]+)","code"|"code":"[^"]+","message":"([^"]+)"/.exec(answer)?.slice(1).find(Boolean) ??
  /"code":"([^"]+)"/.exec(answer)?.[1] ??
  answer.slice(0, 120)
