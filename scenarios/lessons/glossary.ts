/** The words of the project and of the field, each in a sentence or two for a second-year student. */
export const glossary = {
  'accept-key': {
    term: 'accept key',
    text: 'What a server answers to a WebSocket key: the SHA-1 of the key and a fixed text, in base64. It proves that the server read this handshake.',
    source: 'RFC 6455 §4.2.2',
  },
  ack: {
    term: 'acknowledgement',
    text: 'A message that says that another one has arrived. TCP acknowledges bytes to the kernel; only an acknowledgement of the application says that the program has them.',
  },
  backoff: {
    term: 'backoff',
    text: 'Waiting longer before each new attempt, with some chance in it, so that a server that comes back is not met by everybody at once.',
  },
  backpressure: {
    term: 'backpressure',
    text: 'How a slow reader makes a sender slow down. Where nobody heeds it, what was not read yet piles up in memory.',
  },
  bandwidth: {
    term: 'bandwidth',
    text: 'How many bytes a second a way can carry. It says nothing about how long one byte is under way.',
  },
  base64: {
    term: 'base64',
    text: 'Bytes written as letters, digits, + and /: four characters for each three bytes, filled up with =.',
    source: 'RFC 4648 §4',
  },
  broadcast: {
    term: 'broadcast',
    text: 'Sending one message to all who are there, or to all but the sender.',
  },
  buffer: {
    term: 'buffer',
    text: 'Memory in which bytes wait: for a slow reader, for more of their kind, or for the way to be free.',
  },
  candidate: {
    term: 'candidate',
    text: 'An address and port at which a browser may be reached, with the protocol. Each browser sends its own, and the two try them in pairs.',
    source: 'RFC 8445 §5.1.1',
  },
  client: {
    term: 'client',
    text: 'The end that asks for the connection. Here also the name under which a lane is counted by the meter.',
  },
  conditions: {
    term: 'conditions',
    text: 'What a link does to what crosses it: round trip, jitter, bandwidth, buffering, refused upgrades, cuts.',
  },
  'coordinated-omission': {
    term: 'coordinated omission',
    text: 'Measuring only what the slow system let through: a load that waits for answers sends less just when answers are slow, and the worst is never seen.',
  },
  cookie: {
    term: 'cookie',
    text: 'A name and a value that a server gave the browser, which sends it back with each request to that server.',
    source: 'RFC 6265 §5.4',
  },
  cursor: {
    term: 'cursor',
    text: 'Where a reader stands in a room, as epoch and seq, like k3f9.42. Handed back, it brings exactly what was missed.',
  },
  csrf: {
    term: 'cross-site request',
    text: 'A request that a page of another site makes, with the cookies of whoever looks at it. Done to a WebSocket it is called cross-site WebSocket hijacking.',
  },
  'data-channel': {
    term: 'data channel',
    text: 'A two-way channel for messages between two browsers, over one WebRTC connection. It needs no server once it is open.',
    source: 'RFC 8831 §6.4',
  },
  datagram: {
    term: 'datagram',
    text: 'A message of its own on the network, which may be lost or overtaken. TCP makes a stream of bytes out of them.',
  },
  delay: {
    term: 'delay',
    text: 'From the instant a message was due to be sent until the reader has it.',
  },
  emit: {
    term: 'emit',
    text: 'Of Socket.IO: to send an event, which is a name and whatever goes with it.',
  },
  entry: {
    term: 'entry',
    text: 'One thing in the feed of a room: it has a seq, an author and a text.',
  },
  epoch: {
    term: 'epoch',
    text: 'The first part of a cursor. It changes when a log starts anew, so that an old cursor cannot be taken for a new one.',
  },
  'event-loop': {
    term: 'event loop',
    text: 'The one queue in which a page or a Node process does its work, piece by piece. A long piece makes all others late.',
  },
  'exactly-once': {
    term: 'exactly once',
    text: 'Every entry reaches the reader’s code, and none twice. The network cannot promise it; cursors and ids make it so.',
  },
  fallback: {
    term: 'fallback',
    text: 'The other way that is taken where the better one does not work.',
  },
  'fan-out': {
    term: 'fan-out',
    text: 'One message in, many deliveries out: to each reader of the room.',
  },
  fragment: {
    term: 'fragment',
    text: 'A part of a WebSocket message that was sent in several frames.',
    source: 'RFC 6455 §5.4',
  },
  frame: {
    term: 'frame',
    text: 'The unit that WebSocket sends: a header of 2 to 14 bytes that says what it is and how long, then the payload.',
    source: 'RFC 6455 §5.2',
  },
  'full-duplex': {
    term: 'full duplex',
    text: 'Both ends may speak at any time, also at once.',
  },
  gap: {
    term: 'gap',
    text: 'What a reader is told when entries after its cursor are no longer kept. Nothing is skipped in silence.',
  },
  'half-open': {
    term: 'half-open connection',
    text: 'One end is gone and the other does not know: nothing arrives any more, and nothing says so.',
    source: 'RFC 9293 §3.5.1',
  },
  handshake: {
    term: 'handshake',
    text: 'The messages by which two ends agree before they talk: three segments for TCP, a request and a 101 for WebSocket.',
  },
  head: {
    term: 'head',
    text: 'The first line and the fields of an HTTP message, up to the empty line. What follows is the body.',
    source: 'RFC 9112 §2.1',
  },
  'head-of-line': {
    term: 'head-of-line blocking',
    text: 'What is ready has to wait because something before it in the same queue is not.',
  },
  heartbeat: {
    term: 'heartbeat',
    text: 'A small message sent only to show that the connection still works, and to keep those on the way from ending it.',
  },
  ice: {
    term: 'ICE',
    text: 'Interactive Connectivity Establishment: how two ends try pairs of candidates until messages get through both ways.',
    source: 'RFC 8445 §2',
  },
  idempotent: {
    term: 'idempotent',
    text: 'Doing it twice has the effect of doing it once. GET is meant to be; publishing is, if the draft has an id.',
    source: 'RFC 9110 §9.2.2',
  },
  jitter: {
    term: 'jitter',
    text: 'How much the time on the way differs from one packet to the next.',
  },
  'keep-alive': {
    term: 'keep-alive',
    text: 'A connection that stays open after the answer, for the next request. In HTTP/1.1 it is the rule.',
    source: 'RFC 9112 §9.3',
  },
  jwt: {
    term: 'token',
    text: 'Here a JSON Web Token: a header, claims such as a name and an end, and a signature over both. Anybody can read it; only who has the key can make one.',
    source: 'RFC 7519',
  },
  lane: {
    term: 'lane',
    text: 'One transport in use by one client: a row of the dashboard and of these figures.',
  },
  latency: {
    term: 'latency',
    text: 'How long something takes to arrive. A distribution, not a number: see percentile.',
  },
  link: {
    term: 'link',
    text: 'The network between a client and this server when we bend or record it: a TCP proxy on a port of its own.',
  },
  log: {
    term: 'log',
    text: 'The ordered entries of a room, as the server keeps them.',
  },
  'long-polling': {
    term: 'long polling',
    text: 'Asking, and being answered only when there is something to say or the wait is over; then asking again.',
    source: 'RFC 6202 §2',
  },
  mask: {
    term: 'mask',
    text: 'Four random bytes with which a client scrambles each frame, so that no page can put chosen bytes on the wire.',
    source: 'RFC 6455 §5.3 and §10.3',
  },
  meter: {
    term: 'meter',
    text: 'Counts connections, requests and bytes at the server’s sockets, heads and framing included.',
  },
  modelled: {
    term: 'modelled',
    text: 'Made or computed by us instead of observed. Figures that contain it say so.',
  },
  namespace: {
    term: 'namespace',
    text: 'Of Socket.IO: one of several conversations on one connection, with its own events. The feed’s is /chat.',
  },
  offer: {
    term: 'offer and answer',
    text: 'What two browsers tell each other before they connect, as text in SDP: which protocols they speak, and a fingerprint of the key they will use.',
    source: 'RFC 9429 §3.1',
  },
  origin: {
    term: 'origin',
    text: 'Scheme, host and port of the page that asks. The browser writes it into the request; the server decides.',
    source: 'RFC 6454',
  },
  overhead: {
    term: 'overhead',
    text: 'All bytes beyond the message itself.',
  },
  packet: {
    term: 'packet',
    text: 'Of Engine.IO: a digit that says what it is for, and what it carries. Not to be taken for the packets of the network.',
  },
  payload: {
    term: 'payload',
    text: 'The bytes that one wanted to send: the JSON of an entry or a draft.',
  },
  percentile: {
    term: 'percentile',
    text: 'The value that so many per cent of all observations do not exceed. The 50th is the median.',
  },
  ping: {
    term: 'ping and pong',
    text: 'Control frames of WebSocket: whoever gets a ping must answer with a pong. A page can neither send nor see them.',
    source: 'RFC 6455 §5.5.2',
  },
  pool: {
    term: 'connection pool',
    text: 'The connections that a browser has open to one origin. A request is given a free one or waits for it.',
  },
  preflight: {
    term: 'preflight',
    text: 'A question the browser asks before some requests to another origin: may this page?',
    source: 'WHATWG Fetch §3.2',
  },
  presence: {
    term: 'presence',
    text: 'Who is in a room and who is typing, as it is now. A state and no message: the next one replaces it, and none is kept.',
  },
  probe: {
    term: 'probe',
    text: 'A trial of a new carrier before anything is entrusted to it: 2probe, answered by 3probe.',
  },
  proxy: {
    term: 'proxy',
    text: 'A program between client and server that reads what one says and says it to the other, in its own time.',
  },
  push: {
    term: 'push',
    text: 'The server speaks when it has something to say, without being asked each time.',
  },
  room: {
    term: 'room',
    text: 'A named feed. Whoever reads it gets every entry published in it.',
  },
  'round-trip': {
    term: 'round trip',
    text: 'There and back: the least time between a question and its answer. Often written RTT.',
  },
  seq: {
    term: 'seq',
    text: 'The number of an entry in its room. It rises by exactly 1, so a hole is a loss.',
  },
  'short-polling': {
    term: 'short polling',
    text: 'Asking again and again at an interval, and being answered at once, news or not.',
  },
  signalling: {
    term: 'signalling',
    text: 'How two ends tell each other, over something that already works, how to connect directly.',
  },
  site: {
    term: 'site',
    text: 'Scheme and registrable domain, or the whole host where there is none, as for an address. Its port does not count; an origin’s does.',
    source: 'WHATWG HTML §7.1.1',
  },
  socket: {
    term: 'socket',
    text: 'A program’s end of a connection.',
  },
  'socket-id': {
    term: 'socket.id',
    text: 'Of Socket.IO: the random name of one client’s connection to one namespace. Who connects again gets another.',
  },
  sse: {
    term: 'server-sent events',
    text: 'One HTTP response that never ends, in lines of text that a browser cuts into events.',
    source: 'WHATWG HTML §9.2',
  },
  stateless: {
    term: 'stateless',
    text: 'Each request can be understood by itself; the server need not remember the one before.',
    source: 'RFC 9110 §3.3',
  },
  'status-code': {
    term: 'status code',
    text: 'Three digits by which an answer says how it went: 1xx goes on, 2xx done, 3xx elsewhere, 4xx your fault, 5xx mine.',
    source: 'RFC 9110 §15',
  },
  tcp: {
    term: 'TCP',
    text: 'Turns packets that may be lost or overtaken into a stream of bytes in order, between two programs.',
    source: 'RFC 9293',
  },
  throughput: {
    term: 'throughput',
    text: 'How much gets through in a second: messages or bytes.',
  },
  'time-to-live': {
    term: 'time to live',
    text: 'For how long something is taken for true after it was said. Who does not say it again in time has stopped saying it.',
  },
  transport: {
    term: 'transport',
    text: 'One way to carry the feed: short polling, long polling, SSE, WebSocket, Socket.IO.',
  },
  upgrade: {
    term: 'upgrade',
    text: 'A request to speak another protocol on this connection from here on. The server agrees with 101 or ignores it.',
    source: 'RFC 9110 §7.8',
  },
  watchdog: {
    term: 'watchdog',
    text: 'What counts how long nothing was heard, and acts when that is too long. Every sign of life sets it back.',
  },
  websocket: {
    term: 'WebSocket',
    text: 'A connection that begins as an HTTP request and goes on as frames both ways.',
    source: 'RFC 6455',
  },
} as const satisfies Record<string, { term: string; text: string; source?: string }>

export type TermId = keyof typeof glossary
