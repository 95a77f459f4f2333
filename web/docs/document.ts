/** What the page reads of `/docs/asyncapi.json`: AsyncAPI 3.0, as the server makes it. */

export interface Schema {
  $ref?: string
  type?: string
  description?: string
  const?: unknown
  enum?: readonly unknown[]
  properties?: Record<string, Schema>
  required?: readonly string[]
  items?: Schema
  anyOf?: readonly Schema[]
  maxLength?: number
}

export interface Message {
  name: string
  title: string
  summary: string
  payload: Schema
  examples: readonly [{ payload: unknown }]
  tags: readonly { name: string; description: string }[]
  'x-wire': string
}

interface Ref {
  $ref: string
}

export interface Channel {
  address: string
  title: string
  summary: string
  description: string
  messages: Record<string, Ref>
  bindings: { ws: { query: Schema; headers: Schema } }
  'x-closes': readonly { code?: number; reason?: string; when: string; next: string }[]
  'x-refusals': readonly { status: number; codes: readonly string[]; when: string }[]
}

interface Operation {
  action: 'send' | 'receive'
  channel: Ref
  messages: readonly Ref[]
  reply?: { messages: readonly Ref[] }
}

export interface Document {
  channels: Record<string, Channel>
  operations: Record<string, Operation>
  components: { messages: Record<string, Message>; schemas: Record<string, Schema> }
}

/** One message of a socket, and who says it. */
export interface Said extends Message {
  /** Its name in the document, good for a link to it. */
  id: string
  from: 'client' | 'server'
  answers: readonly string[]
}

/** Channels that carry the same messages. */
export interface SocketGroup {
  id: string
  channels: readonly Channel[]
  messages: readonly Said[]
}

const lastOf = ({ $ref }: Ref) => $ref.split('/').at(-1) ?? ''

/** The channels by what they carry, the one first that has most ways to end. */
export function socketsOf({ channels, operations, components }: Document): SocketGroup[] {
  const groups = new Map<string, [string, Channel][]>()
  for (const [id, channel] of Object.entries(channels)) {
    const key = JSON.stringify(channel.messages)
    groups.set(key, [...(groups.get(key) ?? []), [id, channel]])
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group
    if (!first) return []
    const [id, channel] = first
    const own = Object.values(operations).filter((operation) => lastOf(operation.channel) === id)
    const idOf = (ref: Ref) => lastOf(channel.messages[lastOf(ref)] ?? ref)
    const isReceived = (key: string) =>
      own.some(({ action, messages, reply }) =>
        (action === 'receive' ? messages : (reply?.messages ?? [])).some((ref) => lastOf(ref) === key),
      )
    const messages = Object.entries(channel.messages).flatMap(([key, ref]): Said[] => {
      const message = components.messages[lastOf(ref)]
      if (!message) return []
      const operation = own.find(({ messages }) => messages.some((each) => lastOf(each) === key))
      return [
        {
          ...message,
          id: lastOf(ref),
          from: isReceived(key) ? 'client' : 'server',
          answers: (operation?.reply?.messages ?? []).map(idOf),
        },
      ]
    })
    return [{ id, channels: group.map(([, channel]) => channel), messages }]
  })
}

/** The example of a message as the text that crosses: `<n>` is an answer's number, here 7. */
export const onTheWire = ({ examples, 'x-wire': wire }: Message, { address }: Channel): string =>
  wire
    .replace('<namespace>', address)
    .replace('<n>', '7')
    .replace('<payload>', () => JSON.stringify(examples[0].payload))

/** One field of a payload; its path begins at the payload, and is empty for that itself. */
export interface Field {
  path: string
  isOptional: boolean
  type: string
  about: string
}

/** All fields of a schema, those within others included. */
export function fieldsOf(
  schema: Schema,
  document: Pick<Document, 'components'>,
  at = '',
  isOptional = false,
): Field[] {
  if (schema.$ref) {
    const shared = document.components.schemas[lastOf({ $ref: schema.$ref })]
    return shared ? fieldsOf(shared, document, at, isOptional) : []
  }
  const own = { path: at, isOptional, type: typeOf(schema), about: aboutOf(schema) }
  const within = [schema, ...(schema.anyOf ?? [])].flatMap((part) => [
    ...Object.entries(part.properties ?? {}).flatMap(([key, field]) =>
      fieldsOf(field, document, at === '' ? key : `${at}.${key}`, !part.required?.includes(key)),
    ),
    ...(part.items ? fieldsOf(part.items, document, `${at}[]`).filter(isWorthARow) : []),
  ])
  return at === '' && within.length > 0 ? within : [own, ...within]
}

const isWorthARow = ({ path, about }: Field) => !path.endsWith('[]') || about !== ''

function typeOf(schema: Schema): string {
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.anyOf) return [...new Set(schema.anyOf.map(typeOf))].join(' | ')
  if (schema.type === 'array') return `list${schema.items?.type ? ` of ${schema.items.type}` : ''}`
  return schema.type ?? 'any JSON'
}

function aboutOf({ description, anyOf }: Schema): string {
  return description ?? anyOf?.find((part) => part.description)?.description ?? ''
}
