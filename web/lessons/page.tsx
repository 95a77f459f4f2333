import './lesson.css'
import { useEffect, useState } from 'preact/hooks'
import { findLesson, type Prose } from '../../scenarios/lessons/index.ts'
import type { PageProps } from '../pages.ts'
import { createFigure } from './figures/index.ts'
import { LessonView } from './lesson.tsx'
import { createStage, type Stage } from './stage.ts'

interface Loaded {
  stage: Stage
  Prose: Prose
}

/** `/learn/<slug>`: loads the prose and the figure of this lesson, and no other's. */
export function LessonPage({ id = '' }: PageProps) {
  const [loaded, setLoaded] = useState<Loaded | undefined>(undefined)
  const [problem, setProblem] = useState<string | undefined>(undefined)
  const found = findLesson(id)
  useEffect(() => {
    if (!found) return
    const { lesson, prose } = found
    document.title = `${lesson.title} · Wireside`
    Promise.all([prose(), createFigure(lesson.figure.name)]).then(
      ([{ default: Prose }, figure]) => setLoaded({ stage: createStage(lesson, figure), Prose }),
      () => setProblem('The server does not hand out this lesson. Is it still running?'),
    )
  }, [id])

  if (loaded) return <LessonView {...loaded} />
  return (
    <>
      <h1>{found?.lesson.title ?? 'There is no such lesson'}</h1>
      <p role={problem ? 'alert' : undefined}>
        {problem ?? (found ? 'Loading …' : <a href="/learn">All lessons</a>)}
      </p>
    </>
  )
}
