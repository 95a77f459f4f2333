import fc from 'fast-check'
import { expect, test } from 'vitest'
import { assemble } from './socket.ts'

test('brings what was not taken again with what follows, however the bytes were cut', () => {
  const lines = ['', 'a', 'longer than the rest', 'b'.repeat(10_000), 'end']
  const whole = Buffer.from(lines.map((line) => `${line}\n`).join(''))
  fc.assert(
    fc.property(fc.array(fc.nat(whole.length), { maxLength: 8 }), (places) => {
      const read: string[] = []
      // Like the sockets' own: one buffer for all, whose former contents are gone.
      const shared = Buffer.alloc(whole.length + 5)
      const bring = assemble((bytes, start, end) => {
        let at = start
        for (let stop = bytes.indexOf('\n', at); stop >= 0 && stop < end; stop = bytes.indexOf('\n', at)) {
          read.push(bytes.toString('latin1', at, stop))
          at = stop + 1
        }
        return at
      })
      const cuts = [0, ...places.sort((a, b) => a - b), whole.length]
      cuts.slice(1).forEach((end, i) => {
        const start = cuts[i] as number
        shared.fill('?')
        whole.copy(shared, 5, start, end)
        bring(shared, 5, 5 + end - start)
      })
      expect(read).toEqual(lines)
    }),
  )
})
