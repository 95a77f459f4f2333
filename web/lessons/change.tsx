import { useId } from 'preact/hooks'
import { useStage } from './context.ts'
import { Compared, PredictionForm } from './prediction.tsx'

/** Something to change in the figure, predicted first again, and what came of it beside the first run. */
export function ChangeIt() {
  const { lesson, option, choose, predictedChange, predictChange, compared, running } = useStage()
  const { change } = lesson
  const name = useId()
  const chosen = change.options.find(({ label }) => label === compared.value?.option)
  const finding = compared.value && chosen?.check(compared.value)
  return (
    <div class="change">
      <p>{change.task}</p>
      <PredictionForm
        name="change-prediction"
        prediction={change.prediction}
        answer={predictedChange.value}
        isLocked={compared.value !== undefined}
        onPredict={predictChange}
      />
      <fieldset disabled={predictedChange.value === undefined || running.value !== undefined}>
        <legend>{change.label}</legend>
        {change.options.map(({ label }) => (
          <label key={label} class="choice">
            <input type="radio" name={name} checked={option.value === label} onChange={() => choose(label)} />
            <span>{label}</span>
          </label>
        ))}
        <label class="choice">
          <input
            type="radio"
            name={name}
            checked={option.value === undefined}
            onChange={() => choose(undefined)}
          />
          <span>as before</span>
        </label>
      </fieldset>
      {predictedChange.value === undefined && <p class="hint">Predict first; then choose, and press Run.</p>}
      {compared.value && finding && (
        <div
          class="after"
          data-testid="changed"
          data-option={compared.value.option}
          data-holds={finding.holds}
        >
          <Compared prediction={change.prediction} answer={predictedChange.value} seen={compared.value} />
          <p>
            {finding.holds ? (
              chosen?.sentence
            ) : (
              <strong class="otherwise">Your run does not show what it mostly shows.</strong>
            )}{' '}
            <span class="because">Here {finding.because}.</span>
          </p>
        </div>
      )}
    </div>
  )
}
