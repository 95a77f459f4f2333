import './other-languages.css'
import { folder, type Snippet, snippets } from '../../scenarios/lessons/snippets/index.ts'
import { Command } from '../ui/command.tsx'
import { Pane } from './code/code-view.tsx'

const byHand = snippets.filter(({ file }) => file === 'socket_io.sh')
const whole = snippets.filter((snippet) => !byHand.includes(snippet))

/** `/learn/other-languages`: programs that read the feed without a line of JavaScript, each a file that is tested as it stands. */
export function OtherLanguages() {
  return (
    <div class="other-languages">
      <div>
        <p class="hint">
          <a href="/learn">Lessons</a> · appendix
        </p>
        <h1>The same feed from other languages</h1>
      </div>
      <section aria-labelledby="same">
        <h2 id="same">What they share</h2>
        <p>
          Each program below uses what its language or shell comes with and nothing else. They differ in words
          and do the same four things:
        </p>
        <ul>
          <li>
            They keep a <b>cursor</b>, and hand it back when they reconnect: as <code>after</code>, or as{' '}
            <code>Last-Event-ID</code>. What was said meanwhile then comes first.
          </li>
          <li>They move it only past what has wholly arrived. A half of an event counts for nothing.</li>
          <li>
            They take <b>silence</b> for a cut. A connection can die without a word. On one that is held open
            the server says something every 15 s, so after 40 s nobody is there; a poll is given 10 s.
          </li>
          <li>
            They give a draft an <b>id</b> before they send it, so that it can be sent again when no receipt
            came.
          </li>
        </ul>
        <p>
          Whatever goes wrong, the readers say what on stderr and try again after a second, also where the
          server would refuse them again. A program for many users would wait longer each time, at random.
        </p>
      </section>
      <section aria-labelledby="programs">
        <h2 id="programs">The programs</h2>
        {whole.map((snippet) => (
          <Program key={snippet.file} snippet={snippet} />
        ))}
      </section>
      <section aria-labelledby="socket-io">
        <h2 id="socket-io">And Socket.IO?</h2>
        <p>
          It is a protocol of its own, in two layers. Engine.IO opens a session over HTTP, answers pings, and
          moves the session to a WebSocket when it can; Socket.IO puts namespaces, events and numbered answers
          on top. A packet is text that begins with a digit of each, so it can be spoken by hand.{' '}
          <a href="/learn/inside-socket-io">Lesson 9</a> shows all of it.
        </p>
        {byHand.map((snippet) => (
          <Program key={snippet.file} snippet={snippet} />
        ))}
        <p>
          To stay connected one would still have to answer each <code>2</code> with a <code>3</code>, keep a
          poll open while sending on another request, probe and upgrade without losing a packet, put binary
          parts together, and reconnect. That is a library, and there is no use in writing it again. The
          README of socket.io 4.8 names these. Those for Java, C++ and Swift stand in the project’s own
          organization, as the one for JavaScript does; the others are kept by other people:
        </p>
        <ul>
          {clients.map(([language, name]) => (
            <li key={language}>
              {language}: {name}
            </li>
          ))}
        </ul>
        <p>
          Before you choose one, see that it speaks revision 5 of Socket.IO’s protocol and 4 of Engine.IO’s:
          the <code>EIO=4</code> above. A client of an older revision cannot connect here. None of them keeps
          the cursor for you. It goes into <code>join</code>, as in{' '}
          <code>{'socket.emit("join", {"room": "lobby", "after": cursor})'}</code>, each time it has
          connected.
        </p>
      </section>
    </div>
  )
}

const clients = [
  ['Java', 'socket.io-client-java'],
  ['C++', 'socket.io-client-cpp'],
  ['Swift', 'socket.io-client-swift'],
  ['Dart', 'socket.io-client-dart'],
  ['Python', 'python-socketio'],
  ['.NET', 'socket.io-client-csharp'],
  ['Rust', 'rust-socketio'],
  ['PHP', 'elephant.io'],
] as const

/** One file: what it is, how it is run against this very server, and its text. */
function Program({ snippet: { file, title, about, command, scheme, draft } }: { snippet: Snippet }) {
  const server = scheme === 'ws' ? location.origin.replace(/^http/, 'ws') : location.origin
  const words = [...command, `${folder}/${file}`, server, 'lobby', ...(draft?.('hi').map(quoted) ?? [])]
  return (
    <article>
      <h3>{title}</h3>
      <p>{about}</p>
      <Command line={words.join(' ')} />
      <Pane end="The file" file={`${folder}/${file}`} />
    </article>
  )
}

/** As one word of a shell's. */
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`
