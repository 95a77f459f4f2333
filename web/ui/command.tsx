import { useSignal } from '@preact/signals'
import { copy } from './files.ts'

/** A line to type in a terminal, and a button that copies it. */
export function Command({ line }: { line: string }) {
  const said = useSignal<string | undefined>(undefined)
  const act = async () => {
    said.value = (await copy(line)) ? 'Copied' : 'Select it and copy'
    setTimeout(() => {
      said.value = undefined
    }, 2_000)
  }
  return (
    <span class="command">
      <code>{line}</code>
      <button type="button" onClick={act} aria-label={`Copy ${line}`}>
        <span aria-live="polite">{said.value ?? 'Copy'}</span>
      </button>
    </span>
  )
}
