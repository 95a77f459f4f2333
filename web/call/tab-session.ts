import { type ReadonlySignal, signal } from '@preact/signals'
import type { Session } from '../../server/contract/people.ts'
import { ask, Trouble } from '../network/ask.ts'

/** Who this tab is: its token is its own, so that two tabs of one browser are two people. The cookie is left as it is. */
export interface Me {
  id: string
  name: string
  token: string
}

export interface TabSession {
  readonly me: ReadonlySignal<Me | undefined>
  start(name: string): Promise<void>
  /** The server knows the token no more. */
  forget(): void
}

const KEY = 'wireside-call'

export function createTabSession(): TabSession {
  const me = signal<Me | undefined>(undefined)

  function be({ id, name, token }: Session): void {
    me.value = token === undefined ? undefined : { id, name, token }
    keep(me.peek())
  }

  function forget(): void {
    me.value = undefined
    keep(undefined)
  }

  // A tab that is loaded anew is who it was.
  const kept = read()
  if (kept) {
    ask<Session>('POST', '/session', {}, { token: kept.token }).then(be, (error) => {
      if (error instanceof Trouble && error.code !== 'network') keep(undefined)
    })
  }

  return {
    me,
    start: async (name) => be(await ask<Session>('POST', '/session', { name }, { token: undefined })),
    forget,
  }
}

function keep(me: Me | undefined): void {
  try {
    if (me) sessionStorage.setItem(KEY, JSON.stringify(me))
    else sessionStorage.removeItem(KEY)
  } catch {
    // Then it lasts as long as the page.
  }
}

function read(): Me | undefined {
  try {
    const kept: Partial<Me> | null = JSON.parse(sessionStorage.getItem(KEY) ?? 'null')
    return typeof kept?.token === 'string' ? (kept as Me) : undefined
  } catch {
    return undefined
  }
}
