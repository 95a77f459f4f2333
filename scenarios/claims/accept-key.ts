import { scenario } from '../define.ts'
import type { Claim } from './claim.ts'
import { flagSeen, measured, medianOf, notLooked, observed, say, textSeen } from './evidence.ts'

export const acceptKey: Claim = {
  id: 'accept-key',
  sentence: 'The key dGhlIHNhbXBsZSBub25jZQ== gives the accept s3pPLMBiTxaQ9kYGzzhZRbK+xOo=',
  said: 'RFC 6455 §1.3; course notes',
  scenario: scenario({
    name: 'claim-accept-key',
    title: 'The handshake’s key',
    question: 'Does the server answer the handshake of RFC 6455 as it is printed there?',
    about:
      'A WebSocket handshake is typed on a TCP socket with the key that the RFC prints, and the answer is ' +
      'read. Beside it a few readers connect with keys of their own and have messages sent to them.',
    transports: ['websocket'],
    readers: 4,
    traffic: { rate: 5, arrivals: 'even', payload: 'conversation' },
    warmUp: 0,
    seconds: 2,
    repeat: 1,
    notInBrowser:
      'A page can neither choose the key of its handshake nor read the answer: the browser does both.',
  }),
  experiment: 'accept-key',
  rule(report) {
    const accept = textSeen(report, 'accept')
    const agrees = flagSeen(report, 'computed-agrees')
    if (accept === undefined || agrees === undefined) return notLooked('a handshake typed on a TCP socket')
    const readers = medianOf(report, 'websocket', '', (run) => (run.delivered > 0 ? run.readers : undefined))
    const sentences = [
      `The server answered ${accept === '' ? 'without an accept' : accept}.`,
      agrees
        ? 'To a random key it gave the answer computed from it.'
        : 'To a random key it did not give the answer computed from it.',
      ...(readers === undefined
        ? []
        : [`${say(readers)} readers with keys of their own were let in and served.`]),
    ]
    return observed(
      accept === 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' && agrees ? 'holds' : 'does not hold',
      sentences.join(' '),
      readers === undefined ? [] : [measured('Readers let in with keys of their own', readers, '')],
    )
  },
  nuance:
    'The answer is the SHA-1 of key and a fixed identifier, in base64 (RFC 6455 §4.2.2). It proves that ' +
    'the server has understood that this is a WebSocket handshake, so that no cached or forged HTTP ' +
    'answer passes for one. It proves nothing about who either side is, and hides nothing: anybody can ' +
    'compute it.',
}
