import { type ReadonlySignal, signal } from '@preact/signals'
import type { Person, Session } from '../../server/contract/people.ts'
import { ask, Trouble } from '../network/ask.ts'

/**
 * Who this browser is. The token is in a cookie that no page can read, and all tabs share it; what a page keeps is the
 * name, which says that there may be a cookie.
 */
export interface Identity {
  /** `undefined`: nobody yet, or nobody any more. */
  readonly me: ReadonlySignal<Person | undefined>
  /** The name to begin with again. */
  readonly lastName: ReadonlySignal<string>
  /** True when a session ran out, and nobody has begun another. */
  readonly expired: ReadonlySignal<boolean>
  /** Lets the session last longer. Resolves with whether there is one still; rejects with a `Trouble` if nobody answers. */
  renew(): Promise<boolean>
  start(name: string): Promise<void>
  rename(name: string): Promise<void>
  end(): Promise<void>
}

const KEY = 'wireside-person'
/** A session lasts a day, and a page renews it so often, in ms. No clock but the server's says when it ends. */
const OFTEN = 3_600_000

export function createIdentity(): Identity {
  const me = signal<Person | undefined>(undefined)
  const lastName = signal('')
  const expired = signal(false)
  const tabs = new BroadcastChannel('wireside-session')

  function be({ id, name }: Person): void {
    const before = me.peek()
    if (before?.id !== id || before.name !== name) me.value = { id, name }
    lastName.value = name
    expired.value = false
    keep(name)
  }

  async function renew(): Promise<boolean> {
    try {
      be(await ask<Session>('POST', '/session', {}))
      return true
    } catch (error) {
      if (!(error instanceof Trouble) || !['expired', 'unauthorized'].includes(error.code)) throw error
      expired.value = true
      me.value = undefined
      keep('')
      return false
    }
  }

  /** Somebody in another tab began, ended or renamed the session of both. */
  function lookAgain(): void {
    const name = kept()
    if (name === '') me.value = undefined
    else {
      lastName.value = name
      renew().catch(() => {})
    }
  }

  tabs.addEventListener('message', lookAgain)
  setInterval(() => me.peek() && renew().catch(() => {}), OFTEN)
  lookAgain()

  async function change(method: string, name: string): Promise<void> {
    be(await ask<Session>(method, '/session', { name }))
    tabs.postMessage('changed')
  }

  return {
    me,
    lastName,
    expired,
    renew,
    start: (name) => change('POST', name),
    rename: (name) => change('PATCH', name),
    async end() {
      await ask('DELETE', '/session')
      keep('')
      me.value = undefined
      tabs.postMessage('changed')
    },
  }
}

function keep(name: string): void {
  try {
    if (name === '') localStorage.removeItem(KEY)
    else localStorage.setItem(KEY, name)
  } catch {
    // Where nothing is kept, a page begins by asking for a name.
  }
}

function kept(): string {
  try {
    return localStorage.getItem(KEY) ?? ''
  } catch {
    return ''
  }
}
