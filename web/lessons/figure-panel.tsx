import './figures/figures.css'
import { useEffect, useState } from 'preact/hooks'
import { withUnit } from '../../scenarios/stats/words.ts'
import { useStage } from './context.ts'
import { inWords as predictionInWords } from './prediction.tsx'

/** The live figure, in view all the time, with the prediction as a ghost, and in words for those who do not see it. */
export function FigurePanel() {
  const stage = useStage()
  const { lesson, figure, parameters, option, predicted, predictedChange, running, trouble, done } = stage
  const { View } = figure
  const { prediction, change } = lesson
  // It was predicted of the first run. Beside a changed one it would be read as a prediction of that.
  const isFirst = option.value === undefined
  const ghost =
    isFirst && prediction.kind === 'number' && predicted.value !== undefined
      ? { value: Number(predicted.value), unit: prediction.unit }
      : undefined
  return (
    <section class="card lesson-figure" id="step-run" tabIndex={-1} aria-labelledby="head-figure">
      <header>
        <h2 id="head-figure">Live figure</h2>
        <p class="hint">{running.value ? <Going /> : done.value.ran ? 'The latest run.' : 'Not run yet.'}</p>
      </header>
      {isFirst && prediction.kind === 'choice' && predicted.value !== undefined && (
        <p class="ghost-choice">You predicted: {predictionInWords(prediction, predicted.value)}</p>
      )}
      {!isFirst && predictedChange.value !== undefined && (
        <p class="ghost-choice">
          For this change you predicted: {predictionInWords(change.prediction, predictedChange.value)}
        </p>
      )}
      <View parameters={parameters} ghost={ghost} isIdle={!running.value} />
      {trouble.value && (
        <p class="problem" role="alert">
          There is no figure: {trouble.value}
        </p>
      )}
      <p class="unseen" role="status" data-testid="outcome" data-ran={done.value.ran && !running.value}>
        {inWords(stage)}
      </p>
    </section>
  )
}

/** How far the run is. */
function Going() {
  const { running } = useStage()
  const [, tick] = useState(0)
  useEffect(() => {
    const timer = setInterval(() => tick((count) => count + 1), 500)
    return () => clearInterval(timer)
  }, [])
  if (!running.value) return null
  const { since, seconds } = running.value
  return (
    <>
      Running: {Math.floor((Date.now() - since) / 1_000)} of about {Math.ceil(seconds)} s
    </>
  )
}

/** What somebody who does not see the figure hears. */
function inWords({ lesson, running, first, compared }: ReturnType<typeof useStage>): string {
  if (running.value) return 'The run has begun.'
  const outcome = compared.value?.after ?? first.value
  if (!outcome) return ''
  const said = Object.values(lesson.measures).flatMap((measure) => {
    const reading = measure.read(outcome)
    return reading ? `${measure.label} ${withUnit(reading.value, reading.unit)}` : []
  })
  return `The run is over. ${said.join('; ')}.`
}
