/** A sentence in which what stands between backticks is code, as in Markdown. */
export function Prose({ text }: { text: string }) {
  return <>{text.split('`').map((part, n) => (n % 2 === 1 ? <code key={n}>{part}</code> : part))}</>
}
