import { useSignal } from '@preact/signals'
import { useId } from 'preact/hooks'
import type { Prediction } from '../../scenarios/lessons/lesson.ts'
import { withUnit } from '../../scenarios/stats/words.ts'
import type { Answer } from './stage.ts'

interface PredictionFormProps<Seen> {
  /** Tells it from the others on the page. */
  name: string
  prediction: Prediction<Seen>
  answer: Answer | undefined
  /** It was run: a prediction is not changed afterwards. */
  isLocked: boolean
  onPredict(answer: Answer): void
}

/** Asks for a prediction. Without one there is no run: who predicts first learns more. */
export function PredictionForm<Seen>({
  name,
  prediction,
  answer,
  isLocked,
  onPredict,
}: PredictionFormProps<Seen>) {
  const id = useId()
  const draft = useSignal<Answer | undefined>(answer)
  const submit = (event: Event) => {
    event.preventDefault()
    if (draft.value !== undefined) onPredict(draft.value)
  }
  const isOpen = answer === undefined
  return (
    <form class="prediction" data-testid={name} onSubmit={submit}>
      <fieldset disabled={isLocked}>
        <legend>{prediction.question}</legend>
        {prediction.kind === 'choice' ? (
          prediction.options.map((option) => (
            <label key={option.id} class="choice">
              <input
                type="radio"
                name={`${id}-choice`}
                checked={draft.value === option.id}
                onChange={() => {
                  draft.value = option.id
                }}
              />
              <span>{option.label}</span>
            </label>
          ))
        ) : (
          <NumberField
            prediction={prediction}
            value={draft.value}
            onValue={(value) => (draft.value = value)}
          />
        )}
        {!isLocked && (
          <p class="row">
            <button type="submit" class={isOpen ? 'primary' : undefined} disabled={draft.value === undefined}>
              {isOpen ? 'This is my prediction' : 'Change my prediction'}
            </button>
          </p>
        )}
      </fieldset>
      <p class="hint" role="status">
        {answer !== undefined && `You predicted ${inWords(prediction, answer)}.`}
      </p>
    </form>
  )
}

interface NumberFieldProps {
  prediction: { min: number; max: number; step: number; unit: string }
  value: Answer | undefined
  onValue(value: number | undefined): void
}

/** By slider or by typing; the slider says nothing until it is moved. */
function NumberField({ prediction: { min, max, step, unit }, value, onValue }: NumberFieldProps) {
  const take = ({ currentTarget }: { currentTarget: HTMLInputElement }) => {
    const number = currentTarget.valueAsNumber
    onValue(Number.isFinite(number) && number >= min && number <= max ? number : undefined)
  }
  return (
    <p class="number-field">
      <input
        type="range"
        aria-label="Prediction, by slider"
        min={min}
        max={max}
        step={step}
        value={value ?? (min + max) / 2}
        data-untouched={value === undefined}
        onInput={take}
      />
      <input
        type="number"
        aria-label={`Prediction${unit && ` in ${unit}`}`}
        min={min}
        max={max}
        step={step}
        value={value ?? ''}
        onInput={take}
      />
      {unit}
      <small>
        {min} to {max.toLocaleString('en')}
      </small>
    </p>
  )
}

/** "500 ms", or the label of an option. */
export function inWords<Seen>(prediction: Prediction<Seen>, answer: Answer): string {
  if (prediction.kind === 'choice')
    return `“${prediction.options.find(({ id }) => id === answer)?.label ?? answer}”`
  return withUnit(Number(answer), prediction.unit)
}

/** How a prediction compares with what came: in a sentence, and drawn on one axis. */
export function Compared<Seen>({
  prediction,
  answer,
  seen,
}: {
  prediction: Prediction<Seen>
  answer: Answer | undefined
  seen: Seen
}) {
  const came = prediction.answer(seen)
  if (answer === undefined || came === undefined) return null
  const close = prediction.kind === 'number' && isClose(Number(answer), Number(came), prediction.close)
  const isRight = prediction.kind === 'number' ? close : answer === came
  return (
    <div class="compared" data-testid="compared" data-right={isRight}>
      <p>
        You predicted <b>{inWords(prediction, answer)}</b>; the run says <b>{inWords(prediction, came)}</b>.{' '}
        {verdictOf(prediction, Number(answer), Number(came), isRight)}
      </p>
      {prediction.kind === 'number' && (
        <Axis min={prediction.min} max={prediction.max} ghost={Number(answer)} value={Number(came)} />
      )}
    </div>
  )
}

function verdictOf<Seen>({ kind }: Prediction<Seen>, answer: number, came: number, isRight: boolean): string {
  if (isRight) return kind === 'number' ? 'That is close.' : 'You were right.'
  if (kind === 'choice') return 'What did you not think of?'
  return `${answer > came ? 'Too much' : 'Too little'}: what did you not think of?`
}

export const isClose = (answer: number, came: number, share: number): boolean =>
  Math.abs(answer - came) <= share * Math.abs(came)

/** The prediction as a ghost, and what was measured, on the axis that was predicted on. */
function Axis({ min, max, ghost, value }: { min: number; max: number; ghost: number; value: number }) {
  const most = Math.max(max, value)
  const x = (at: number) => 8 + ((at - min) / (most - min)) * 384
  return (
    <svg class="axis-of-two" viewBox="0 0 400 24" aria-hidden="true">
      <path class="rail" d="M8 12H392" />
      <circle class="ghost" cx={x(ghost)} cy="12" r="7" />
      <circle class="value" cx={x(value)} cy="12" r="4" />
    </svg>
  )
}
