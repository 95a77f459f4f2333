import { Duplex, type Writable } from 'node:stream'
import { expect, test } from 'vitest'
import * as ws from 'ws'
import { textFrame } from './frame.ts'

/** What ws makes and reads frames with: exported, but not described. */
const { Receiver, Sender } = ws as unknown as {
  Sender: new (socket: Duplex) => { send(data: Buffer, options: object): void }
  Receiver: new (options: object) => Writable
}

const lengths = [0, 1, 125, 126, 127, 65_535, 65_536, 70_000]

test.each(lengths)('a text of %i bytes is framed as ws frames it', (length) => {
  const text = 'x'.repeat(length)
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  const written: Buffer[] = []
  socket.write = (chunk: Buffer) => written.push(Buffer.from(chunk)) > 0
  new Sender(socket).send(Buffer.from(text), { fin: true, binary: false, mask: false, compress: false })
  expect(textFrame(text)).toEqual(Buffer.concat(written))
})

test.each(lengths)('ws reads a frame of %i bytes', (length) => {
  const text = 'ü'.repeat(length / 2) + 'x'.repeat(length % 2)
  const heard: string[] = []
  const receiver = new Receiver({ isServer: false })
  receiver.on('message', (data: Buffer, isBinary: boolean) => heard.push(`${isBinary} ${data}`))
  receiver.write(textFrame(text))
  expect(heard).toEqual([`false ${text}`])
})
