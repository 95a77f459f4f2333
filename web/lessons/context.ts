import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { Stage } from './stage.ts'

const StageContext = createContext<Stage | undefined>(undefined)

export const StageProvider = StageContext.Provider

/** The stage of the lesson that this component is a part of. */
export function useStage(): Stage {
  const stage = useContext(StageContext)
  if (!stage) throw new Error('This component belongs into a lesson: render it within a StageProvider.')
  return stage
}
