import type { Traffic } from '../../scenario.ts'

/** The next text to publish; `random` (0 to 1) makes it repeatable. */
export function createTexts({ payload }: Traffic, random: () => number): () => string {
  if (payload === 'conversation') return () => lines[Math.floor(random() * lines.length)] as string
  const text = prose(payload)
  return () => text
}

/** Exactly `bytes` bytes of plain ASCII, so that what is one character is one byte on the wire, too. */
export function prose(bytes: number): string {
  const all = lines.filter((line) => /^[ -~]+$/.test(line)).join(' ')
  return all.repeat(Math.ceil(bytes / all.length)).slice(0, bytes)
}

/** Lines as people write them in a chat: mostly short, a few long, some not in English, some with an emoji. */
const lines = [
  'hi',
  'Good morning!',
  'morning 🙂',
  'Is the lab still open this afternoon?',
  'yes, until six',
  'ok',
  'Which room was it again? I only ever find the one with the broken projector.',
  'B 214, second floor, next to the stairs',
  'thanks!',
  'Has anybody got the notes from Tuesday? I had to leave after the part on handshakes.',
  'I have them, somewhere under all the other tabs. One moment.',
  'here: chapter 3, pages 41 to 58, and the exercise at the end',
  'you are the best',
  'Does the second exercise work for you? Mine answers 404 and I do not see why.',
  'same here',
  'You need the slash at the end of the path. Without it the router looks for another route.',
  'oh no',
  'that was it, thank you 🎉',
  'Two hours for one slash. I shall write that on a card and hang it over my desk.',
  'we have all been there',
  'Quick question: does the server keep the connection open, or does each message open a new one?',
  'depends on the transport, that is the whole point of tomorrow',
  'ah',
  'Could you bring the long cable? The short one does not reach from the window to the socket.',
  'sure',
  'Ich komme zehn Minuten später, der Bus steht.',
  'kein Problem',
  'On commence sans toi alors, mais on te garde une place.',
  'はい、わかりました',
  'lunch?',
  'In twenty minutes. I want to see this test pass first, it has been red since yesterday evening.',
  'green?',
  'green!',
  'The trick was to wait for the condition instead of for half a second. It fails no more, however slow the machine is.',
  'nice',
  'I have put everything we said this morning into one list, so that nobody has to scroll. First the order of the talks, then who brings what, then the open questions. If something is missing, just add it at the end.',
  'looks good to me',
  'one thing: the third talk needs sound',
  'noted',
  'see you there',
]
