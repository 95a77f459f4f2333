import { useSignal } from '@preact/signals'
import type { ComponentChildren } from 'preact'

interface NameFormProps {
  title: string
  /** The name to begin with. */
  name?: string
  problem: string | undefined
  onName(name: string): void
  /** Why one is asked, above the field. */
  children?: ComponentChildren
  /** What follows from it, below. */
  hint: ComponentChildren
}

/** A name is all that it takes. */
export function NameForm({ title, name: before = '', problem, onName, children, hint }: NameFormProps) {
  const name = useSignal(before)
  return (
    <form
      class="sign-in card"
      onSubmit={(event) => {
        event.preventDefault()
        onName(name.value.trim())
      }}
    >
      <h1>{title}</h1>
      {children}
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
      {problem && (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <button type="submit" class="primary" data-testid="sign-in">
        Begin
      </button>
      <p class="hint">{hint}</p>
    </form>
  )
}
