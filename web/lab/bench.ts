import { type ReadonlySignal, signal } from '@preact/signals'
import { randomName } from '../ui/random-name.ts'
import { type Client, type Crossed, createClient, type Reply } from './clients.ts'

export const names = ['A', 'B', 'C', 'D'] as const
export type Name = (typeof names)[number]

/** What came of a command. */
export interface Done {
  /** Absent when nobody answered. */
  reply: Reply | undefined
  /** How often each client heard what was said. */
  heard: Readonly<Record<string, number>>
}

/** Four clients that can be told to do something, and what crosses their connections while they do it. */
export interface Bench {
  clients: readonly Client[]
  /** Of the last command, in the order in which it crossed. */
  crossed: ReadonlySignal<readonly Crossed[]>
  isBusy: ReadonlySignal<boolean>
  /** Has a client emit `do`, and waits until everybody has what it makes the server say. */
  command(by: string, what: string, room: string): Promise<Done>
  /** Has a client enter the admin namespace. */
  enterAdmin(by: string, token: string): Promise<void>
  close(): void
}

interface BenchOptions {
  /** Who is in a namespace of another page. */
  elsewhere?: readonly string[]
  /** Who asks for which room as soon as it is connected. */
  joins?: Readonly<Record<string, string>>
}

/** Opens four connections, in a namespace that is this bench's alone, so that `io.emit` reaches these and no others. */
export function createBench({ elsewhere = [], joins = {} }: BenchOptions = {}): Bench {
  const crossed = signal<readonly Crossed[]>([])
  const isBusy = signal(false)
  /** What is kept of what crosses: all of a command until its answer, then only what others are told. */
  let keep: 'all' | 'told' | 'nothing' = 'nothing'
  const [here, there] = [labNamespace(), labNamespace()]
  const clients = names.map((name) =>
    createClient({
      name,
      namespace: elsewhere.includes(name) ? there : here,
      joins: joins[name],
      onCrossed(one) {
        const isKept = keep === 'all' || (keep === 'told' && /,\d*\["(said|asked)"/.test(one.text))
        if (isKept) crossed.value = [...crossed.peek(), one]
      },
    }),
  )
  const called = (name: string) => clients.find((client) => client.name === name)

  async function busy<Result>(work: () => Promise<Result>): Promise<Result> {
    isBusy.value = true
    crossed.value = []
    for (const client of clients) client.forget()
    keep = 'all'
    try {
      return await work()
    } finally {
      keep = 'nothing'
      isBusy.value = false
    }
  }

  return {
    clients,
    crossed,
    isBusy,
    command: (by, what, room) =>
      busy(async () => {
        const reply = await called(by)?.act({ what, room, text: 'hi' })
        keep = 'told'
        // Each connection keeps its order: when this is answered, whatever was said before has come.
        const settle = { what: 'leave', room: 'nowhere', text: '' }
        await Promise.all(clients.map((client) => client.act(settle)))
        const heard = clients.map(({ name, state }) => [name, state.peek().heard] as const)
        return { reply, heard: Object.fromEntries(heard) }
      }),
    enterAdmin: (by, token) => busy(async () => called(by)?.enterAdmin(token)),
    close() {
      for (const client of clients) client.close()
    },
  }
}

const labNamespace = () => `/lab/${`${randomName()}00000000`.slice(0, 8)}`
