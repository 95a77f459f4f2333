import { engineMessage } from '../inspector/engine-io.ts'
import type { Crossed } from './clients.ts'

/** What crossed, as it was written in the frames, and what each part of it is for. */
export function Packets({ crossed }: { crossed: readonly Crossed[] }) {
  return (
    <section class="card packets" aria-label="What crossed">
      <h2>What crossed</h2>
      <ol>
        {crossed.map(({ client, from, text }, index) => (
          <li key={index}>
            <details>
              <summary>
                {from === 'client' ? `${client} → server` : `${client} ← server`} <code>{text}</code>
              </summary>
              <Parts from={from} text={text} />
            </details>
          </li>
        ))}
      </ol>
    </section>
  )
}

function Parts({ from, text }: Pick<Crossed, 'from' | 'text'>) {
  const bytes = new TextEncoder().encode(text)
  const { title, parts } = engineMessage(bytes, from)
  return (
    <>
      <p>
        {title}, {bytes.length} bytes
      </p>
      <dl>
        {parts.map(({ start, end, name, value, about }) => (
          <div key={start}>
            <dt>
              {name}, {end - start} {end - start === 1 ? 'byte' : 'bytes'}
            </dt>
            <dd>
              <code>{value}</code> {about}
            </dd>
          </div>
        ))}
      </dl>
    </>
  )
}
