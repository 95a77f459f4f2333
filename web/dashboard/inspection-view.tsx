import { signal } from '@preact/signals'
import type { ComponentType } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import type { InspectorProps } from '../inspector/inspector.tsx'
import { RECORDED } from '../network/conditions.ts'
import { looks } from '../ui/lanes.ts'
import type { Experiment } from './experiment.ts'
import { inspection } from './inspection.ts'

/** Loaded when it is first needed: most who come here never look at bytes. */
const inspector = signal<ComponentType<InspectorProps> | undefined>(undefined)

/** The bytes behind an arrow. */
export function InspectionView({ experiment }: { experiment: Experiment }) {
  const section = useRef<HTMLElement>(null)
  const shown = inspection.value
  const Inspector = inspector.value
  useEffect(() => {
    if (shown?.state !== 'open' || Inspector) return
    import('../inspector/inspector.tsx').then((loaded) => {
      inspector.value = loaded.Inspector
    })
  }, [shown, Inspector])
  useEffect(() => {
    if (!shown) return
    // Two frames later it is laid out, and its list has scrolled to the message it begins at.
    requestAnimationFrame(() =>
      requestAnimationFrame(() => {
        section.current?.scrollIntoView({ block: 'start' })
        section.current?.focus({ preventScroll: true })
      }),
    )
  }, [shown, Inspector])
  if (!shown) return null
  const { lane } = shown
  const { label } = looks[lane.name]
  const close = () => {
    inspection.value = undefined
    document.querySelector<HTMLElement>(`[data-lane="${lane.name}"]`)?.focus()
  }
  return (
    <section
      ref={section}
      class="inspection card"
      aria-label={`Bytes of ${label}`}
      data-testid="inspection"
      tabIndex={-1}
    >
      {shown.state === 'open' && Inspector ? (
        <>
          {!shown.isNear && (
            <p class="problem">
              The link keeps nothing from near that arrow: it crossed before the link was there, or has been
              forgotten since. What is nearest is shown.
            </p>
          )}
          <Inspector capture={shown.capture} focus={shown.focus} onClose={close} />
        </>
      ) : (
        <div class="ask">
          {shown.state === 'unrecorded' && (
            <>
              <p>
                {experiment.route.way.value.port === undefined
                  ? `${label} talks to the server directly, so nobody keeps its bytes. On a clear link a proxy does, and adds nothing.`
                  : 'From here on its bytes are kept. Choose a newer arrow.'}
              </p>
              {experiment.route.way.value.port === undefined && (
                <button
                  type="button"
                  class="primary"
                  onClick={() => experiment.change({ network: RECORDED })}
                >
                  Record
                </button>
              )}
            </>
          )}
          {shown.state === 'trouble' && <p class="problem">{shown.why}</p>}
          {(shown.state === 'reading' || shown.state === 'open') && <p>Reading what was kept …</p>}
          <button type="button" onClick={close}>
            Close
          </button>
        </div>
      )}
    </section>
  )
}
