import { type ReadonlySignal, signal } from '@preact/signals'
import type { Draft, Entry } from '../../server/contract/wire.ts'
import { PublishError } from '../transports/connection.ts'
import type { Attempt } from './sender.ts'

/** What a person wrote and is not in the feed, as far as this page knows. `One`: the draft, and by which way it goes. */
export interface UnsentDraft<One extends { draft: Draft } = Attempt> {
  attempt: One
  /** Why the last try failed: a sentence. */
  reason: string
  /** It is being tried again. */
  sending: boolean
}

export interface Drafts<One extends { draft: Draft } = Attempt> {
  readonly unsent: ReadonlySignal<readonly UnsentDraft<One>[]>
  /**
   * Publishes what a person wrote; what fails is kept, for its author to send again. Resolves with a sentence where the
   * server would never take it as it is.
   */
  write(text: string, name: string): Promise<string | undefined>
  /** The same attempt: should an earlier one have got through, nothing appears twice. */
  sendAgain(draft: UnsentDraft<One>): Promise<void>
  discard(draft: UnsentDraft<One>): void
  /** An entry came. It may be one whose receipt was lost. */
  arrive(entry: Entry): void
}

/** Reasons that pass. With any other the draft itself is wrong. */
const passing = ['network', 'too-many', 'overloaded', 'log-unavailable', 'unavailable', 'internal', 'timeout']

/** More is not kept, the oldest going first. */
const MOST = 20

/** How drafts are made and sent. */
interface Way<One> {
  attempt(text: string, name: string): One
  /** Rejects with a `PublishError`. */
  publish(attempt: One): Promise<void>
}

export function createDrafts<One extends { draft: Draft }>({ attempt, publish }: Way<One>): Drafts<One> {
  const unsent = signal<readonly UnsentDraft<One>[]>([])
  /** Ids under way, and whether the entry has come meanwhile. */
  const underWay = new Map<string | undefined, boolean>()

  const others = (id: string | undefined) => unsent.peek().filter(({ attempt: { draft } }) => draft.id !== id)

  /** The reason why it is not in the feed; nothing when it is. */
  async function send(one: One): Promise<PublishError | Error | undefined> {
    const { id } = one.draft
    underWay.set(id, false)
    try {
      await publish(one)
      return undefined
    } catch (error) {
      if (underWay.get(id)) return undefined
      return error instanceof Error ? error : new Error(String(error))
    } finally {
      underWay.delete(id)
    }
  }

  function keep(one: One, error: Error): void {
    const draft = { attempt: one, reason: reasonOf(error), sending: false }
    unsent.value = [...others(one.draft.id), draft].slice(-MOST)
  }

  return {
    unsent,

    async write(text, name) {
      const one = attempt(text, name)
      const error = await send(one)
      if (!error) return undefined
      if (error instanceof PublishError && !passing.includes(error.code)) return reasonOf(error)
      keep(one, error)
      return undefined
    },

    async sendAgain({ attempt: one, sending }) {
      if (sending) return
      const { id } = one.draft
      const isHere = () => unsent.peek().some(({ attempt: { draft } }) => draft.id === id)
      unsent.value = unsent
        .peek()
        .map((each) => (each.attempt.draft.id === id ? { ...each, sending: true } : each))
      const error = await send(one)
      // Its author may have given it up meanwhile.
      if (!isHere()) return
      if (error) keep(one, error)
      else unsent.value = others(id)
    },

    discard({ attempt: { draft } }) {
      unsent.value = others(draft.id)
    },

    arrive({ id }) {
      if (underWay.has(id)) underWay.set(id, true)
      else if (unsent.peek().some(({ attempt: { draft } }) => draft.id === id)) unsent.value = others(id)
    },
  }
}

/** A sentence for a person. Whatever else went wrong is not theirs to read. */
export function reasonOf(error: unknown): string {
  return error instanceof PublishError ? error.message : 'The message could not be sent.'
}
