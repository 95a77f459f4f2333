/** A program of /learn/other-languages: a file beside this one, shown and run as it stands. */
export interface Snippet {
  file: string
  title: string
  /** What is worth knowing of it, in a sentence or two. */
  about: string
  /** What must be on the path for it to run. */
  tools: readonly string[]
  /** How it is run: the tool and what comes before the file. */
  command: readonly [tool: string, ...args: string[]]
  /** Of the server's address; `http` unless said. */
  scheme?: 'http' | 'ws'
  /** Whether it shows what is said in the room. */
  follows?: true
  /** The arguments with which it publishes a text, where it does. */
  draft?(text: string): readonly string[]
}

/** Where they are, from the root of the project. */
export const folder = 'scenarios/lessons/snippets'

/** In the order of the page. */
export const snippets: readonly Snippet[] = [
  {
    file: 'sse.sh',
    title: 'curl: follow over SSE',
    about:
      'An event stream is lines of text, so a shell can read it. It moves its cursor at the empty line that ends an event: a stream that is cut in the middle of one has not delivered it.',
    tools: ['bash', 'curl'],
    command: ['bash'],
    follows: true,
  },
  {
    file: 'publish.sh',
    title: 'curl: publish',
    about:
      'When an answer is lost nobody knows whether the draft arrived. Because it has an id, curl may send it again: the second time it gets the first receipt.',
    tools: ['sh', 'curl'],
    command: ['sh'],
    draft: (text) => [JSON.stringify({ id: 'c1', text })],
  },
  {
    file: 'short_polling.py',
    title: 'Python: follow by short polling',
    about:
      'The simplest reader there is. urllib opens a connection for each request; http.client would keep one, at the price of noticing when it has been closed.',
    tools: ['python3'],
    command: ['python3'],
    follows: true,
  },
  {
    file: 'sse.py',
    title: 'Python: follow over SSE',
    about:
      'A response that never ends is still a file of lines. The timeout is that of each read, which makes it the watchdog too.',
    tools: ['python3'],
    command: ['python3'],
    follows: true,
  },
  {
    file: 'publish.py',
    title: 'Python: publish',
    about:
      'It tries again where another try may change the answer: no answer at all, 429 and 503. Everything else is a mistake in the draft, and the sentence in the answer says which.',
    tools: ['python3'],
    command: ['python3'],
    draft: (text) => [text],
  },
  {
    file: 'FollowSse.java',
    title: 'Java: follow over SSE',
    about:
      'java.net.http.HttpClient hands out a response line by line as it comes. Its timeout ends with the head of the response, so the silence of the body is watched here.',
    tools: ['java'],
    command: ['java'],
    follows: true,
  },
  {
    file: 'FollowWebSocket.java',
    title: 'Java: follow and publish over WebSocket',
    about:
      'The same client opens WebSockets. A message may reach it in parts, and after each it must be asked for the next: that is its backpressure.',
    tools: ['java'],
    command: ['java'],
    scheme: 'ws',
    follows: true,
    draft: (text) => [JSON.stringify({ id: 'j1', text })],
  },
  {
    file: 'socket_io.sh',
    title: 'curl: Socket.IO, packet by packet',
    about:
      'It enters the namespace, joins a room, shows what it was told and leaves. It answers no ping, comes back after no cut and never upgrades: it is here to be read, not to be used.',
    tools: ['bash', 'curl'],
    command: ['bash'],
  },
]
