import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { readOptions } from './options.ts'

let printed = ''
beforeEach(() => {
  printed = ''
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((text) => {
      printed += text
      return true
    })
  }
  vi.spyOn(process, 'exit').mockImplementation((code) => {
    throw new Error(`exit ${code}`)
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  vi.unstubAllEnvs()
})

const read = (...flags: string[]) => readOptions(['node', 'main.js', ...flags])

test('without flags, it is loopback only, port 3000, entries in ./data', () => {
  expect(read()).toEqual({
    port: 3000,
    host: '127.0.0.1',
    allowHost: [],
    data: './data',
    reports: './reports',
    links: Array.from({ length: 16 }, (_, index) => 3001 + index),
    allowRestart: 'this-machine',
  })
})

test('every option is a flag', () => {
  const flags = [
    '--port',
    '0',
    '--host',
    '::1',
    '--allow-host',
    'a',
    '--allow-host',
    'b,c',
    '--data',
    'memory',
    '--keep-days',
    '0.5',
    '--reports',
    '/tmp/elsewhere',
    '--links',
    '4001-4003',
    '--allow-restart',
    'nobody',
  ]
  expect(read(...flags)).toEqual({
    port: 0,
    host: '::1',
    allowHost: ['a', 'b', 'c'],
    data: 'memory',
    keepDays: 0.5,
    reports: '/tmp/elsewhere',
    links: [4001, 4002, 4003],
    allowRestart: 'nobody',
  })
})

test('and a variable, which a flag overrides', () => {
  vi.stubEnv('WIRESIDE_PORT', '8080')
  vi.stubEnv('WIRESIDE_HOST', '0.0.0.0')
  vi.stubEnv('WIRESIDE_ALLOW_HOST', 'chat.example, chat.test')
  vi.stubEnv('WIRESIDE_DATA', 'memory')
  vi.stubEnv('WIRESIDE_REPORTS', './measured')
  vi.stubEnv('WIRESIDE_LINKS', 'none')
  vi.stubEnv('WIRESIDE_ALLOW_RESTART', 'anyone')
  const fromEnv = {
    port: 8080,
    host: '0.0.0.0',
    allowHost: ['chat.example', 'chat.test'],
    data: 'memory',
    reports: './measured',
    links: [],
    allowRestart: 'anyone',
  }
  expect(read()).toEqual(fromEnv)
  expect(read('--port', '9090')).toEqual({ ...fromEnv, port: 9090 })
})

describe('what is wrong ends the process with 1 and a sentence that says what would be right', () => {
  test.each([
    [['--port', 'http'], 'A port is a number from 0 to 65535.'],
    [['--port', '65536'], 'A port is a number from 0 to 65535.'],
    [['--port', '-1'], 'A port is a number from 0 to 65535.'],
    [['--port', '3000.5'], 'A port is a number from 0 to 65535.'],
    [['--port', '0x10'], 'A port is a number from 0 to 65535.'],
    [['--port', ''], 'A port is a number from 0 to 65535.'],
    [['--port'], "option '--port <port>' argument missing"],
    [['--prot', '3000'], 'Did you mean --port?'],
    [['--host', ''], 'Use 127.0.0.1, or 0.0.0.0 to let others in.'],
    [['--data', ''], 'Say a folder, like ./data, or memory.'],
    [['--keep-days', '0'], 'Days are a number above 0, like 30 or 0.5.'],
    [['--keep-days', '1e9'], 'Days are a number above 0, like 30 or 0.5.'],
    [['--reports', ''], 'A folder has a name, like ./reports.'],
    [['--links', '3016-3001'], 'Links listen on up to 256 ports, like 3001-3016, or on none.'],
    [['--links', '0-3'], 'Links listen on up to 256 ports'],
    [['--links', '65535-65536'], 'Links listen on up to 256 ports'],
    [['--links', '1-65535'], 'Links listen on up to 256 ports'],
    [['--links', ''], 'Links listen on up to 256 ports'],
    [['--allow-restart', 'me'], 'Allowed choices are this-machine, anyone, nobody.'],
    [['3000'], 'too many arguments'],
  ])('%j', (flags, sentence) => {
    expect(() => read(...flags)).toThrow('exit 1')
    expect(printed).toContain(sentence)
  })

  test('in a variable, which it names', () => {
    vi.stubEnv('WIRESIDE_PORT', 'http')
    expect(() => read()).toThrow('exit 1')
    expect(printed).toContain('WIRESIDE_PORT')
    expect(printed).toContain('A port is a number from 0 to 65535.')
  })

  // An empty host is every address to Node: one slip in a .env file would open the server to the network.
  test('an empty WIRESIDE_HOST too', () => {
    vi.stubEnv('WIRESIDE_HOST', '')
    expect(() => read()).toThrow('exit 1')
    expect(printed).toContain('WIRESIDE_HOST')
  })
})

test('--help names every flag with its variable', () => {
  expect(() => read('--help')).toThrow('exit 0')
  for (const name of [
    'port',
    'host',
    'allow-host',
    'data',
    'keep-days',
    'reports',
    'links',
    'allow-restart',
  ]) {
    expect(printed).toContain(`--${name}`)
    expect(printed).toContain(`WIRESIDE_${name.toUpperCase().replace('-', '_')}`)
  }
})
