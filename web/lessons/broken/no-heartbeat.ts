/**
 * A client that opens its socket and relies on it. It says nothing while there is nothing to say, and what stands on the way
 * takes an idle connection for a dead one: many proxies end it after 60 s.
 * Known from websockets/ws#2283.
 * The cure is to say something before that time is over (web/lessons/figures/heartbeat.ts).
 */
export function openAndRely(url: URL, onMessage: (data: string) => void): WebSocket {
  const socket = new WebSocket(url)
  socket.onmessage = ({ data }) => onMessage(String(data))
  return socket
}
