/**
 * SHA-1 (RFC 3174), for the one use that WebSocket has for it: a proof that the server read the handshake. The browser's
 * own (`crypto.subtle`) is missing on http:// LAN addresses, where classes meet. Not for anything that must be secret.
 */
export function sha1(message: Uint8Array): Uint8Array {
  const blocks = new Uint8Array((((message.length + 8) >> 6) << 6) + 64)
  blocks.set(message)
  blocks[message.length] = 0x80
  const view = new DataView(blocks.buffer)
  view.setUint32(blocks.length - 8, Math.floor(message.length / 2 ** 29))
  view.setUint32(blocks.length - 4, message.length << 3)

  const hash = Uint32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0)
  const words = new Uint32Array(80)
  const word = (t: number) => words[t] ?? 0
  for (let block = 0; block < blocks.length; block += 64) {
    for (let t = 0; t < 16; t++) words[t] = view.getUint32(block + t * 4)
    for (let t = 16; t < 80; t++)
      words[t] = rotate(word(t - 3) ^ word(t - 8) ^ word(t - 14) ^ word(t - 16), 1)
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = hash
    for (let t = 0; t < 80; t++) {
      const next = (rotate(a, 5) + mix(t, b, c, d) + e + word(t)) >>> 0
      e = d
      d = c
      c = rotate(b, 30)
      b = a
      a = next
    }
    for (const [at, value] of [a, b, c, d, e].entries()) hash[at] = (hash[at] ?? 0) + value
  }
  const digest = new Uint8Array(20)
  for (const [at, value] of hash.entries()) new DataView(digest.buffer).setUint32(at * 4, value)
  return digest
}

const rotate = (word: number, by: number) => ((word << by) | (word >>> (32 - by))) >>> 0

/** The function and the constant of each round (RFC 3174 §5). */
function mix(t: number, b: number, c: number, d: number): number {
  if (t < 20) return ((b & c) | (~b & d)) + 0x5a827999
  if (t < 40) return (b ^ c ^ d) + 0x6ed9eba1
  if (t < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc
  return (b ^ c ^ d) + 0xca62c1d6
}
