import { useSignal } from '@preact/signals'
import type { Chat } from './chat.ts'

/** A name is all that it takes. */
export function SignIn({ chat }: { chat: Chat }) {
  const { identity, place } = chat
  const name = useSignal(identity.lastName.value)
  return (
    <form
      class="sign-in card"
      onSubmit={(event) => {
        event.preventDefault()
        chat.act(() => identity.start(name.value.trim()))
      }}
    >
      <h1>Chat</h1>
      {identity.expired.value && (
        <p class="banner" role="alert">
          Your session has expired. Begin another to go on; private rooms take a new invitation, for you are
          somebody new to them.
        </p>
      )}
      {place.value.invite !== undefined && <p>You are invited to a room. Say who you are, and you are in.</p>}
      <label>
        Your name
        <input
          data-testid="name"
          required
          pattern=".*\S.*"
          maxLength={40}
          autocomplete="nickname"
          value={name.value}
          onInput={({ currentTarget }) => {
            name.value = currentTarget.value
          }}
        />
      </label>
      {chat.problem.value && (
        <p class="problem" role="alert">
          {chat.problem.value}
        </p>
      )}
      <button type="submit" class="primary" data-testid="sign-in">
        Begin
      </button>
      <p class="hint">
        No password: a session lasts a day from your last visit, in all tabs of this browser. What you say in
        a public room everybody can read.
      </p>
    </form>
  )
}
