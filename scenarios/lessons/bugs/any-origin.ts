import { askedWith, isLetIn, type TokensOutcome } from '../figures/tokens.ts'
import { bugSwitch, type Finding } from '../lesson.ts'

const origin = 'http://elsewhere.example'

/** What the page of Ada's own server got, and what the foreign one did. */
function judge(outcome: TokensOutcome, isForeignIn: boolean): Finding {
  const [own] = askedWith(outcome, 'good')
  const [none] = askedWith(outcome, 'none')
  const [foreign] = askedWith(outcome, 'foreign')
  if (!own || !none || !foreign) return { holds: false, because: 'not all were answered' }
  const greeted = foreign.answer.includes('"you":"Ada"')
  return {
    holds: isLetIn(own) && !isLetIn(none) && isLetIn(foreign) === isForeignIn && greeted === isForeignIn,
    because: `Ada’s cookie got ${own.status}, no cookie ${none.status}, and the page of ${outcome.origin} with her cookie ${foreign.status}: ${foreign.answer}`,
  }
}

/** Of lesson 12. */
export const anyOrigin = bugSwitch<'tokens'>({
  pain: 'a foreign page opens your WebSocket and is you',
  threads: ['cockpit-project/cockpit#496'],
  about:
    'This server asks for a cookie and not for the page. Its cookie has no SameSite either, so a browser may send it with what any page asks. A page of another site then opens a WebSocket, the handshake carries Ada’s cookie, and the socket is hers: this is cross-site WebSocket hijacking. The cure is to compare Origin with the server’s own before anything else. The server is reached through memory only, so that no real page can try it on you.',
  figure: 'tokens',
  broken: { origin, server: 'any-origin' },
  cured: { origin, server: 'own-origin' },
  symptom: {
    sentence: 'The foreign page is let in, and the server greets it as Ada.',
    check: (outcome) => judge(outcome, true),
  },
  cure: {
    sentence: 'The foreign page gets 403, and Ada’s own page is let in as before.',
    check: (outcome) => judge(outcome, false),
  },
  code: {
    broken: {
      file: 'server/lessons/broken/any-origin.ts',
      from: "export const anyOrigin = accountsFor('/lessons/broken/any-origin'",
      note: 'Whoever asks may enter.',
    },
    cured: {
      file: 'server/lessons/broken/any-origin.ts',
      from: "export const ownOrigin = accountsFor('/lessons/broken/own-origin'",
      lines: 3,
      note: 'A page has to be one of the server’s own.',
    },
  },
})
