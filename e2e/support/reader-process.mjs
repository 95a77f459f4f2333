// Readers in a process of their own, to be stopped and killed as a laptop is closed. Plain JavaScript over the compiled
// clients, because it runs without being compiled.
//
//   node reader-process.mjs '{"url":"http://127.0.0.1:3000","heartbeat":1}'
//
// Prints a line of JSON for everything that its five readers are told: {"lane":…,"entry":…,"cursor":…} and the like.
import { WebSocket } from 'ws'
import { transports } from '../../dist/web/transports/index.js'

const target = JSON.parse(process.argv[2] ?? '{}')
const say = (message) => process.stdout.write(`${JSON.stringify(message)}\n`)

for (const [lane, connect] of Object.entries(transports)) {
  const connection = connect(
    { room: 'lobby', interval: 0.1, wait: 2, client: lane, WebSocket, ...target },
    {
      onEntry: ({ id, seq }) => say({ lane, what: 'entry', id, seq, cursor: connection.cursor }),
      onGap: (cursor) => say({ lane, what: 'gap', cursor }),
      onStatus: (status) => say({ lane, what: 'status', ...status }),
    },
  )
}
