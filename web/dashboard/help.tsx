import type { RefObject } from 'preact'
import { shortcuts } from './keyboard.ts'

export function Help({ dialog }: { dialog: RefObject<HTMLDialogElement | null> }) {
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title">
      <h2 id="help-title">Five lanes, one feed</h2>
      <p>
        Every message goes into one feed, and this page reads that feed five times at once. What differs is
        the wire: how long an entry takes, how many requests and how many bytes.
      </p>
      <h3>Reading a timeline</h3>
      <dl>
        <dt>Mark</dt>
        <dd>
          An entry arrived. Its tail begins when the message was due to be sent, so a long tail is a long
          wait.
        </dd>
        <dt>Arrow down, arrow up</dt>
        <dd>
          A request left this page; its answer came. Pale ones brought nothing, grey ones published a message.
        </dd>
        <dt>Bar along the server’s rail</dt>
        <dd>
          The request has no answer yet: the server holds it, or the browser had no connection to send it.
        </dd>
        <dt>Cross</dt>
        <dd>A request that came to nothing.</dd>
        <dt>Broken line over all the height</dt>
        <dd>The network was cut here, or stalled, or swallowed a response.</dd>
        <dt>Filled band</dt>
        <dd>An open connection on which the server speaks by itself.</dd>
      </dl>
      <p>
        Everything drawn was seen to happen, at the instant this page saw it. When the server was reached the
        page cannot see. On a link, a click on an arrow opens its bytes; so does its button in the table of
        events. Labels with a dotted line answer “what is this?”.
      </p>
      <h3>Keyboard</h3>
      <dl>
        {shortcuts.map(({ key, does }) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <form method="dialog">
        <button type="submit" class="primary">
          Close
        </button>
      </form>
    </dialog>
  )
}
