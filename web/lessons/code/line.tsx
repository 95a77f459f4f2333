/** A line of code; what is a comment is dimmed. Told line by line, which is enough for files whose comments stand alone. */
export function Line({ text }: { text: string }) {
  const isComment = /^\s*(\/\/|\/?\*|#[ !]|""")/.test(text)
  return (
    <code class="code-line" data-comment={isComment}>
      {text || ' '}
    </code>
  )
}
