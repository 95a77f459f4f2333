/**
 * A text as one unfragmented, unmasked WebSocket frame, the way a server sends it (RFC 6455 §5.2):
 *
 *     0x81  length            up to 125 bytes
 *     0x81  126  length × 2   up to 65,535
 *     0x81  127  length × 8   beyond
 *
 * ws makes a header for every reader; a frame that is made once can be written to all of them. On a connection without
 * extensions, as all of ours are, ws too writes each frame whole and at once, so the two never mix.
 */
export function textFrame(text: string): Buffer {
  const payload = Buffer.from(text)
  const { length } = payload
  if (length < 126) return Buffer.concat([Buffer.of(FIN | TEXT, length), payload])
  const header = Buffer.alloc(length < 65_536 ? 4 : 10)
  header[0] = FIN | TEXT
  if (length < 65_536) {
    header[1] = 126
    header.writeUInt16BE(length, 2)
  } else {
    header[1] = 127
    header.writeBigUInt64BE(BigInt(length), 2)
  }
  return Buffer.concat([header, payload])
}

const FIN = 0x80
const TEXT = 0x1
