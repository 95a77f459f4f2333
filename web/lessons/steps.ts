/** The five steps of a lesson, in their order. */
export const steps = ['predict', 'run', 'observe', 'explain', 'change'] as const

export type Step = (typeof steps)[number]

export const stepNames: Readonly<Record<Step, string>> = {
  predict: 'Predict',
  run: 'Run',
  observe: 'Observe',
  explain: 'Explain',
  change: 'Change it',
}

/** What has been done on this page. */
export interface Done {
  predicted: boolean
  ran: boolean
  explained: boolean
  /** The second prediction was made. */
  predictedChange: boolean
  changed: boolean
}

/** Where one stands: the first step that is not done; nothing when all are. */
export function currentStep({ predicted, ran, explained, predictedChange, changed }: Done): Step | undefined {
  if (!predicted) return 'predict'
  if (!ran) return 'run'
  if (!explained) return 'observe'
  if (!predictedChange) return 'explain'
  return changed ? undefined : 'change'
}

/** Whether a step can be gone to: nobody reads the explanation of a run that was not made. */
export const isOpen = (step: Step, done: Done): boolean =>
  ({
    predict: true,
    run: done.predicted,
    observe: done.ran,
    explain: done.ran,
    change: done.explained,
  })[step]
