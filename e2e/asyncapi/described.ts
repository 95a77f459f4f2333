import { Ajv, type ValidateFunction } from 'ajv'
import type { describeSockets } from '../../server/docs/asyncapi.ts'

/** A schema of the document, as far as it is walked here. */
export interface Schema {
  $ref?: string
  type?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  enum?: string[]
}

interface Message {
  payload: Schema
  examples: { payload: unknown }[]
  'x-wire': string
}

interface Operation {
  action: 'send' | 'receive'
  channel: { $ref: string }
  messages: { $ref: string }[]
  reply?: { messages: { $ref: string }[] }
}

/** The document as it came over HTTP. */
export type Document = Omit<ReturnType<typeof describeSockets>, 'channels' | 'operations' | 'components'> & {
  channels: Record<
    string,
    {
      address: string
      messages: Record<string, { $ref: string }>
      'x-closes': Close[]
      'x-refusals': { status: number; codes: string[] }[]
    }
  >
  operations: Record<string, Operation>
  components: { messages: Record<string, Message>; schemas: Record<string, Schema> }
}
interface Close {
  code?: number
  reason?: string
}

export type Side = 'client' | 'server'

/**
 * The document held against what crosses. What is said must be one of its messages, and of that side, with no field that
 * it does not know; and of its messages, fields, codes and ends those that have never crossed are told.
 */
export function createWitness(document: Document) {
  const { channels, operations, components } = document
  const ajv = new Ajv({ strict: false })
  const checks = new Map<string, ValidateFunction>()
  const closed = new Map<string, Schema>()
  for (const [name, { payload }] of Object.entries(components.messages)) {
    const schema = close(payload) as Schema
    closed.set(name, schema)
    checks.set(name, ajv.compile(schema))
  }
  const seen = new Set<string>()
  /** What an acknowledgement of this number may be, by connection and who gives it. */
  const asked = new WeakMap<object, Map<string, string[]>>()

  /** The schema with its references resolved, in which a field that it does not name is wrong. */
  function close(value: unknown, isCondition = false): unknown {
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map((part) => close(part, isCondition))
    const { $ref } = value as Schema
    if ($ref) return close(components.schemas[$ref.split('/').at(-1) ?? ''])
    const parts = Object.entries(value).map(([key, part]) => [
      key,
      close(part, isCondition || ['if', 'then', 'else'].includes(key)),
    ])
    const isOpen = isCondition || (value as Schema).type !== 'object'
    return { ...Object.fromEntries(parts), ...(!isOpen && { additionalProperties: false }) }
  }

  const nameOf = ({ $ref }: { $ref: string }) => {
    const [, , channel = '', , key = ''] = $ref.split('/')
    return channels[channel]?.messages[key]?.$ref.split('/').at(-1) ?? $ref
  }
  const of = (channel: string) =>
    Object.values(operations).filter((operation) => operation.channel.$ref === `#/channels/${channel}`)

  /** The messages that a side may say on a channel by itself, and with `answers` those it answers with. */
  function sayable(channel: string, side: Side, answers: boolean): string[] {
    const own = side === 'client' ? 'receive' : 'send'
    return [
      ...new Set(
        of(channel)
          .flatMap(({ action, messages, reply }) => [
            ...(action === own ? messages : []),
            ...(answers && action !== own ? (reply?.messages ?? []) : []),
          ])
          .map(nameOf),
      ),
    ]
  }

  function settle(channel: string, side: Side, text: string, payload: unknown, candidates: string[]): string {
    const found = candidates.filter((name) => checks.get(name)?.(payload))
    const [name] = found
    if (name === undefined || found.length > 1) {
      const why = candidates.map((name) => `${name}: ${ajv.errorsText(checks.get(name)?.errors)}`)
      throw new Error(
        `${channel}: the ${side} said ${text.slice(0, 400)}, which is ${found.length ? found : 'nothing'} of the document.\n${found.length ? '' : why.join('\n')}`,
      )
    }
    seen.add(name)
    const schema = closed.get(name)
    if (schema) for (const path of pathsOf(payload, schema)) seen.add(`${name} ${path}`)
    seen.add(`${name} like ${[...keysOf(payload)].sort()}`)
    return name
  }

  /** Takes a packet apart: which messages it may be, by their text on the wire, and what it holds. */
  function open(channel: string, connection: object, namespace: string, side: Side, text: string) {
    const isAnswer = text.startsWith('43')
    for (const name of sayable(channel, side, true)) {
      const wire = components.messages[name]?.['x-wire'] ?? ''
      const [, n, json] = wireOf(wire, namespace).exec(text) ?? []
      if (json === undefined) continue
      const answers = asked.get(connection)?.get(`${side} ${n}`) ?? []
      const alike = sayable(channel, side, true).filter(
        (each) => components.messages[each]?.['x-wire'] === wire,
      )
      // Of a client that shows nothing the packet ends with the comma.
      return {
        candidates: isAnswer ? answers : alike,
        payload: JSON.parse(json || '{}'),
        n: isAnswer ? undefined : n,
      }
    }
    throw new Error(`${channel}: the ${side} said ${text.slice(0, 400)}, which is nothing of the document.`)
  }

  function expectAnswer(channel: string, connection: object, from: Side, n: string, names: string[]) {
    const operation = of(channel).find(({ messages }) =>
      messages.some((each) => names.includes(nameOf(each))),
    )
    const numbers = asked.get(connection) ?? new Map<string, string[]>()
    asked.set(connection, numbers)
    numbers.set(
      `${from === 'client' ? 'server' : 'client'} ${n}`,
      (operation?.reply?.messages ?? []).map(nameOf),
    )
  }

  return {
    /** A text frame of a WebSocket. */
    frame(channel: string, side: Side, text: string) {
      settle(channel, side, text, JSON.parse(text), sayable(channel, side, true))
    },
    /** An Engine.IO message of a Socket.IO connection, with its type; pings and the like are none. */
    packet(channel: string, connection: object, namespace: string, side: Side, text: string) {
      const { candidates, payload, n } = open(channel, connection, namespace, side, text)
      settle(channel, side, text, payload, candidates)
      if (n !== undefined) expectAnswer(channel, connection, side, n, candidates)
    },
    /** The same with a payload that is not as it should be: only what answers it is looked at. */
    wrongPacket(channel: string, connection: object, namespace: string, side: Side, text: string) {
      const { candidates, n } = open(channel, connection, namespace, side, text)
      if (n !== undefined) expectAnswer(channel, connection, side, n, candidates)
    },
    /** How a connection ended. */
    end(channel: string, code: number | undefined, reason: string) {
      const known = channels[channel]?.['x-closes'].filter((each) => each.code === code) ?? []
      const found =
        known.find((each) => each.reason === reason) ??
        known.find((each) => code !== undefined && (each.reason === undefined || reason === ''))
      if (!found)
        throw new Error(`${channel} ended with ${code} "${reason}", which the document does not know.`)
      seen.add(`${channel} ends ${found.code ?? found.reason}`)
    },
    /** An answer to a handshake that was not let in. */
    refusal(channel: string, status: number, code: string | undefined) {
      const found = channels[channel]?.['x-refusals'].find((each) => each.status === status)
      if (!found || (code !== undefined && !found.codes.includes(code)))
        throw new Error(`${channel} answered ${status} ${code}, which the document does not know.`)
      seen.add(`${channel} refuses ${status} ${code}`)
    },
    /** What the document says and has not crossed. */
    unseen(): string[] {
      const messages = Object.keys(components.messages)
      const wanted = [
        ...messages,
        ...messages.flatMap((name) => fieldsOf(closed.get(name) ?? {}).map((path) => `${name} ${path}`)),
        ...messages.flatMap((name) =>
          (components.messages[name]?.examples ?? []).map(
            ({ payload }) => `${name} like ${[...keysOf(payload)].sort()}`,
          ),
        ),
        ...Object.entries(channels).flatMap(([channel, { 'x-closes': closes, 'x-refusals': refusals }]) => [
          ...closes.map(({ code, reason }) => `${channel} ends ${code ?? reason}`),
          ...refusals.flatMap(({ status, codes }) =>
            codes.map((code) => `${channel} refuses ${status} ${code}`),
          ),
        ]),
      ]
      return [...new Set(wanted)].filter((each) => !seen.has(each))
    },
  }
}

/** Placeholders become what they stand for. */
function wireOf(wire: string, namespace: string): RegExp {
  const escaped = wire.replace(/[[\]{}()*+?.\\^$|/]/g, '\\$&')
  const source = escaped
    .replace('<namespace>', namespace)
    .replace('<n>', '(\\d+)')
    .replace('<payload>', '(.*)')
  // The number always stands in the first group.
  return new RegExp(`^${wire.includes('<n>') ? source : source.replace('(.*)', '()?(.*)')}$`, 's')
}

/** Every field that a schema names, and every value of those that are one of a few, as a path. */
function fieldsOf(schema: Schema, at = ''): string[] {
  const own = schema.enum?.map((value) => `${at}=${value}`) ?? []
  const within = Object.entries(schema.properties ?? {}).flatMap(([key, part]) => [
    `${at}.${key}`,
    ...fieldsOf(part, `${at}.${key}`),
  ])
  const parts = [
    ...(schema.anyOf ?? []).flatMap((part) => fieldsOf(part, at)),
    ...(schema.items ? fieldsOf(schema.items, `${at}[]`) : []),
  ]
  return [...own, ...within, ...parts]
}

/** Those of them that a value has. */
function pathsOf(value: unknown, schema: Schema, at = ''): string[] {
  const own = schema.enum?.includes(value as string) ? [`${at}=${value}`] : []
  const options = (schema.anyOf ?? []).flatMap((part) => pathsOf(value, part, at))
  if (typeof value !== 'object' || value === null) return [...own, ...options]
  if (Array.isArray(value)) {
    const { items } = schema
    return [...options, ...(items ? value.flatMap((each) => pathsOf(each, items, `${at}[]`)) : [])]
  }
  const within = Object.entries(schema.properties ?? {}).flatMap(([key, part]) => {
    const child = (value as Record<string, unknown>)[key]
    return child === undefined ? [] : [`${at}.${key}`, ...pathsOf(child, part, `${at}.${key}`)]
  })
  return [...own, ...options, ...within]
}

/** The shape of a value: all its keys, as paths. */
function keysOf(value: unknown, at = ''): Set<string> {
  if (typeof value !== 'object' || value === null) return new Set([at])
  if (Array.isArray(value)) return new Set(value.flatMap((each) => [...keysOf(each, `${at}[]`)]))
  return new Set(Object.entries(value).flatMap(([key, part]) => [...keysOf(part, `${at}.${key}`)]))
}
