import { expect, test } from 'vitest'
import { quietRoom } from '../catalogue/quiet-room.ts'
import { environmentOf, whereabouts } from './environment.ts'

test.each(['http://127.0.0.1:3000', 'http://localhost:3000', 'http://[::1]:3000'])(
  '%s is this machine',
  async (url) => {
    expect(await whereabouts(new URL(url))).toEqual({ sameHost: true, loopback: true })
  },
)

test('an address of nobody here is another machine', async () => {
  // 192.0.2.0/24 is kept for documentation (RFC 5737).
  expect(await whereabouts(new URL('http://192.0.2.1'))).toEqual({ sameHost: false, loopback: false })
})

test('the notes say what a reader could not see', () => {
  const of = (against?: URL) =>
    environmentOf({
      scenario: { ...quietRoom, headers: 'minimal', keepAlive: false },
      against,
      where: { sameHost: !against, loopback: !against },
      cores: 'shared',
      notes: ['One run failed.'],
    })
  const own = of()
  expect(own.server).toBe('own process')
  expect(own.notes.join(' ')).toMatch(
    /no distance.*meter was on.*raw sockets.*flatters polling.*Connection: close/,
  )
  expect(own.notes.at(-1)).toBe('One run failed.')
  const theirs = of(new URL('http://192.0.2.1:8080/x'))
  expect(theirs.server).toBe('http://192.0.2.1:8080')
  expect(theirs.notes.join(' ')).toMatch(/a clock each.*CPU time and its memory are not known/)
})

test('a network that is made is named, with what of it is modelled and who does its work', () => {
  const { network, notes, cores } = environmentOf({
    scenario: {
      ...quietRoom,
      conditions: '200-ms-away',
      faults: [
        { at: 1, do: 'pause-readers', seconds: 1 },
        { at: 3, do: 'restart' },
      ],
    },
    against: undefined,
    where: { sameHost: true, loopback: true },
    cores: 'pinned: server on core 1, load on core 0',
    notes: [],
  })
  expect(network).toBe('200 ms away: round trip + 200 ms')
  expect(cores).toBe('pinned: server on core 1, load on core 0, link with the load')
  expect(notes.join(' ')).toMatch(
    /process of its own \(200 ms away.*CPU time is not the server’s.*are modelled.*at 1 s: one reader stops.*not in the latencies.*log on disk/,
  )
  expect(notes.join(' ')).not.toContain('no distance')
})
