import { hexOf } from '../../inspector/hex.ts'
import { sha1 } from '../../inspector/sha1.ts'
import { acceptIn } from './raw-run.ts'

const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11'

/** How a server gets from the key to its proof (RFC 6455 §4.2.2), step by step, for the key that stands in the request. */
export function AcceptKey({ request }: { request: string }) {
  const found = acceptIn(request)
  if (!found) return null
  const { key, accept } = found
  const text = key + GUID
  const hash = sha1(new TextEncoder().encode(text))
  return (
    <details class="accept-key">
      <summary>How the accept key is computed from this key</summary>
      <ol>
        <li>
          The key, as it was sent: it is not decoded first. <code class="bytes">{key}</code>
        </li>
        <li>
          Behind it a text that is the same for all the world. <code class="bytes">{text}</code>
        </li>
        <li>
          The SHA-1 of these {text.length} bytes, 20 bytes. <code class="bytes">{hexOf(hash)}</code>
        </li>
        <li>
          Those in base64: what the server must answer.{' '}
          <code class="bytes" data-testid="accept">
            {accept}
          </code>
        </li>
      </ol>
      <p class="hint">
        {isSixteenBytes(key)
          ? 'This key is 16 bytes in base64, as it must be.'
          : 'This key is not 16 bytes in base64: a server must refuse it (RFC 6455 §4.2.1).'}
      </p>
    </details>
  )
}

/** 16 bytes are 22 characters of base64 and two signs of filling. */
const isSixteenBytes = (key: string) => /^[A-Za-z0-9+/]{22}==$/.test(key)
