import { useSignal } from '@preact/signals'

/** Three hints, one after the other: each is asked for by itself. */
export function Hints({ hints }: { hints: readonly string[] }) {
  const open = useSignal(0)
  return (
    <div class="hints" aria-live="polite">
      {hints.slice(0, open.value).map((hint, index) => (
        <p key={hint} class="hint-step">
          <b>Hint {index + 1}</b> {hint}
        </p>
      ))}
      {open.value < hints.length && (
        <button type="button" data-testid="hint" onClick={() => open.value++}>
          {open.value === 0 ? 'A hint' : 'Another hint'}{' '}
          <small>
            {open.value + 1} of {hints.length}
          </small>
        </button>
      )}
    </div>
  )
}
