import { inSeconds, type PresenceOutcome, type PresenceParameters, typingFor } from '../figures/presence.ts'
import { bugSwitch, type Finding } from '../lesson.ts'

const lonely: PresenceParameters = {
  transports: ['sse'],
  ending: 'half-open',
  typing: 2,
  watch: 8,
  interval: 1,
  wait: 3,
}

function judge(outcome: PresenceOutcome, holds: (typing: number | undefined) => boolean): Finding {
  const [cleo] = outcome.people
  if (!cleo) return { holds: false, because: 'nobody typed' }
  const typing = typingFor(outcome, cleo)
  const watched = outcome.watchedUntil - outcome.endedAt
  return {
    holds: cleo.seen.some(({ isTyping }) => isTyping) && holds(typing),
    because: `${cleo.name} ${typing === undefined ? `still typed when the watcher left, ${inSeconds(watched)} after her network had died` : `stood there as typing for ${inSeconds(typing)} after her network had died`}`,
  }
}

/** Of lesson 13. */
export const typingForEver = bugSwitch<'presence'>({
  pain: 'somebody is typing, and typing, and typing',
  threads: ['open-chat-labs/open-chat#947', 'wireapp/wire-webapp#14165'],
  about:
    'This server takes a signal for true until the message comes or the connection ends. Who loses the network in between does neither, nor does whoever thinks better of it and sends nothing. A message “I have stopped” does not help: it is as easily lost as the rest. The cure is to give what was said a time after which it is no longer true. Each new signal sets that time back.',
  figure: 'presence',
  broken: { ...lonely, broken: 'typing-for-ever' },
  cured: lonely,
  symptom: {
    sentence: 'She types to the end of the run, and would for as long as nobody closes her connection.',
    check: (outcome) => judge(outcome, (typing) => typing === undefined),
  },
  // 5 s from her last signal, which came with the first of her keys, and what a busy machine may add.
  cure: {
    sentence: 'A few seconds after her last signal she no longer typed, though nothing had come from her.',
    check: (outcome) => judge(outcome, (typing) => typing !== undefined && typing < 6_500),
  },
  code: {
    broken: {
      file: 'server/lessons/broken/typing-for-ever.ts',
      from: '// The bug is what is not here',
      lines: 3,
      note: 'From here on she types. Only a message or the end of her connection changes that.',
    },
    cured: {
      file: 'server/people/presence.ts',
      from: 'if (being?.typing) being.typing.refresh()',
      lines: 8,
      note: 'A signal sets the timer back. Where none comes, the timer ends it.',
    },
  },
})
