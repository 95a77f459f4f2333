import { type ReadonlySignal, signal } from '@preact/signals'

/** Seconds matter little here: a tab that has not spoken for so long was closed or hidden. In ms. */
const SILENCE = 12_000
const BEAT = 5_000

type Word = { tab: string; visible: boolean }

/** Counts the visible Wireside tabs of this browser on this origin, this one included. */
export function countTabs(tab: string): ReadonlySignal<number> {
  const count = signal(1)
  const heard = new Map<string, number>()
  const channel = new BroadcastChannel('wireside')

  const speak = () => channel.postMessage({ tab, visible: !document.hidden } satisfies Word)
  const update = () => {
    for (const [other, at] of heard) if (performance.now() - at > SILENCE) heard.delete(other)
    count.value = heard.size + 1
  }

  channel.addEventListener('message', ({ data }: MessageEvent<Word>) => {
    // A newcomer hears of us at once instead of at the next beat.
    if (data.visible && !heard.has(data.tab)) setTimeout(speak)
    if (data.visible) heard.set(data.tab, performance.now())
    else heard.delete(data.tab)
    update()
  })
  document.addEventListener('visibilitychange', speak)
  addEventListener('pagehide', () => channel.postMessage({ tab, visible: false } satisfies Word))
  setInterval(() => {
    speak()
    update()
  }, BEAT)
  speak()
  return count
}
