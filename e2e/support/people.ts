import type { Room, Session } from '../../server/contract/people.ts'

/** Somebody with a session, who asks over HTTP. */
export interface TestPerson extends Session {
  token: string
  /** The cookie, as a browser would send it. */
  cookie: string
  ask(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>
  /** The same, for what must succeed and answers with a room. */
  room(method: string, path: string, body?: object): Promise<Room>
}

export async function startSession(url: string, name: string): Promise<TestPerson> {
  const response = await fetch(`${url}/session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  if (response.status !== 201) throw new Error(`No session: ${response.status} ${await response.text()}`)
  const session = (await response.json()) as Session & { token: string }
  const [cookie = ''] = response.headers.getSetCookie()

  async function ask(method: string, path: string, body?: object) {
    const response = await fetch(url + path, {
      method,
      headers: {
        Authorization: `Bearer ${session.token}`,
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  return {
    ...session,
    cookie: cookie.split(';')[0] ?? '',
    ask,
    async room(...asked) {
      const { status, body } = await ask(...asked)
      if (status >= 300) throw new Error(`${asked.slice(0, 2).join(' ')}: ${status} ${JSON.stringify(body)}`)
      return body as Room
    },
  }
}

/** A private room of an owner and members who came by its invitation. */
export async function openRoom(owner: TestPerson, ...members: TestPerson[]): Promise<Room> {
  const { room } = await owner.room('POST', '/rooms', { name: 'Homework' })
  const { invite } = await owner.room('POST', `/rooms/${room}/invite`)
  for (const member of members) await member.room('POST', '/rooms/join', { invite })
  return owner.room('GET', `/rooms/${room}`)
}
