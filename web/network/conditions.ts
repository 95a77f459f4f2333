import type { Conditions } from '../../server/contract/link.ts'
import { type Preset, presets } from '../../server/contract/presets.ts'

/**
 * A network as a link of the page names it: a preset's name, `recorded` (a link that adds nothing but keeps the bytes),
 * or what was set by hand, like `rtt-80_jitter-10_refuse`. `clear` is no link at all: the lanes talk to the server.
 */
export type Network = string

export const CLEAR = 'clear'
export const RECORDED = 'recorded'

/** One condition in words of the address. A number is within the bounds that the contract states. */
interface Word {
  name: string
  write(conditions: Conditions): readonly number[] | undefined
  read(numbers: readonly number[]): Conditions | undefined
}

const within = (value: number | undefined, least: number, most: number): value is number =>
  value !== undefined && value >= least && value <= most

const number = (
  key: 'rtt' | 'jitter' | 'bandwidth' | 'idleCut',
  name: string,
  least: number,
  most: number,
): Word => ({
  name,
  write: ({ [key]: value }) => (value === undefined ? undefined : [value]),
  read: ([value, ...more]) =>
    within(value, least, most) && more.length === 0 ? { [key]: value } : undefined,
})

const words: readonly Word[] = [
  number('rtt', 'rtt', 0, 10_000),
  number('jitter', 'jitter', 0, 10_000),
  number('bandwidth', 'bandwidth', 100, 1e9),
  {
    name: 'buffer',
    write: ({ buffer }) => buffer && [buffer.bytes, buffer.ms],
    read: ([bytes, ms, ...more]) =>
      within(bytes, 1, 1_048_576) && Number.isInteger(bytes) && within(ms, 1, 600_000) && more.length === 0
        ? { buffer: { bytes, ms } }
        : undefined,
  },
  {
    name: 'refuse',
    write: ({ refuseUpgrade }) => (refuseUpgrade ? [] : undefined),
    read: (numbers) => (numbers.length === 0 ? { refuseUpgrade: true } : undefined),
  },
  number('idleCut', 'idle', 0.05, 86_400),
]

export const presetOf = (network: Network): Preset | undefined => presets.find(({ name }) => name === network)

/** The conditions of a network; `undefined` for what names none. Both `clear` and `recorded` add nothing. */
export function conditionsOf(network: Network): Conditions | undefined {
  const preset = presetOf(network)
  if (preset) return preset.conditions
  if (network === RECORDED) return {}
  if (network === '') return undefined
  let conditions: Conditions = {}
  for (const text of network.split('_')) {
    const [name, ...numbers] = text.split('-')
    const isPlain = numbers.every((each) => /^\d+(\.\d+)?$/.test(each))
    const read = isPlain ? words.find((word) => word.name === name)?.read(numbers.map(Number)) : undefined
    if (!read) return undefined
    conditions = { ...conditions, ...read }
  }
  return conditions
}

/** The name of conditions that want a link, the same for the same conditions: a preset's where one has them. */
export function networkOf(conditions: Conditions): Network {
  const text = writeConditions(conditions)
  if (text === '') return RECORDED
  return presets.find((preset) => writeConditions(preset.conditions) === text)?.name ?? text
}

/** In the order of `words`; what adds nothing is left out. */
function writeConditions(conditions: Conditions): string {
  return words
    .flatMap(({ name, write }) => {
      const numbers = write(conditions)
      const isNothing = numbers?.length === 1 && numbers[0] === 0
      return numbers && !isNothing ? [name, ...numbers].join('-') : []
    })
    .join('_')
}

/** The network that is meant by a text of the address, under the one name it has; `undefined` for none. */
export function readNetwork(text: string): Network | undefined {
  const conditions = conditionsOf(text)
  if (!conditions) return undefined
  return text === CLEAR ? CLEAR : networkOf(conditions)
}

/** What people call it. */
export function titleOf(network: Network): string {
  if (network === RECORDED) return 'Clear, recorded'
  return presetOf(network)?.title ?? 'Set by hand'
}

/** What conditions do, in a few words each. */
export function describeConditions({
  rtt = 0,
  jitter = 0,
  bandwidth,
  buffer,
  refuseUpgrade,
  idleCut,
}: Conditions): string {
  const says = [
    rtt > 0 && `round trip + ${rtt} ms`,
    jitter > 0 && `up to ${jitter} ms jitter each way`,
    bandwidth !== undefined && `${formatBandwidth(bandwidth)} each way`,
    buffer && `HTTP answers held until ${buffer.bytes.toLocaleString('en')} bytes or ${buffer.ms / 1000} s`,
    refuseUpgrade && 'upgrades refused',
    idleCut !== undefined && `cut after ${idleCut} s without a byte`,
  ].filter((each) => typeof each === 'string')
  return says.join(', ') || 'nothing added'
}

/** Bytes a second as providers name them, in bits. */
export function formatBandwidth(bytes: number): string {
  const bits = bytes * 8
  if (bits >= 1e6) return `${Number((bits / 1e6).toFixed(1))} Mbit/s`
  return bits >= 1e3 ? `${Number((bits / 1e3).toFixed(1))} kbit/s` : `${bits} bit/s`
}
