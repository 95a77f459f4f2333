import { NameForm } from '../ui/name-form.tsx'
import type { Chat } from './chat.ts'

export function SignIn({ chat }: { chat: Chat }) {
  const { identity, place } = chat
  return (
    <NameForm
      title="Chat"
      name={identity.lastName.value}
      problem={chat.problem.value}
      onName={(name) => chat.act(() => identity.start(name))}
      hint="No password: a session lasts a day from your last visit, in all tabs of this browser. What you say in a public room everybody can read."
    >
      {identity.expired.value && (
        <p class="banner" role="alert">
          Your session has expired. Begin another to go on; private rooms take a new invitation, for you are
          somebody new to them.
        </p>
      )}
      {place.value.invite !== undefined && <p>You are invited to a room. Say who you are, and you are in.</p>}
    </NameForm>
  )
}
