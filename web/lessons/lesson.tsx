import { useEffect, useState } from 'preact/hooks'
import { glossary } from '../../scenarios/lessons/glossary.ts'
import type { Prose } from '../../scenarios/lessons/index.ts'
import type { Lesson } from '../../scenarios/lessons/lesson.ts'
import { BugSwitch } from './bug.tsx'
import { CodeView } from './code/code-view.tsx'
import { StageProvider } from './context.ts'
import { FigurePanel } from './figure-panel.tsx'
import { Neighbours } from './neighbours.tsx'
import { note } from './progress.ts'
import { proseComponents } from './prose.tsx'
import { Quiz } from './quiz.tsx'
import type { Stage } from './stage.ts'
import { Strip } from './strip.tsx'

interface LessonViewProps {
  stage: Stage
  Prose: Prose
}

/** A lesson: the text left, the live figure right, in view all the time, and the five steps below. */
export function LessonView({ stage, Prose }: LessonViewProps) {
  const { lesson } = stage
  useEffect(() => stage.stop, [stage])
  return (
    <StageProvider value={stage}>
      <article class="lesson" data-lesson={lesson.slug}>
        <div class="lesson-columns">
          <div class="lesson-text">
            <Title lesson={lesson} />
            <Prose components={proseComponents} />
            <Quiz quiz={lesson.quiz} onRight={() => note(lesson.slug, { answered: true })} />
            <Facts lesson={lesson} />
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: It may be higher than the window, and is scrolled by keyboard too. */}
          <section class="lesson-side" tabIndex={0} aria-label="The live figure">
            <FigurePanel />
          </section>
        </div>
        <div class="lesson-below">
          {lesson.bug && <BugSwitch bug={lesson.bug} />}
          <Code lesson={lesson} />
          <Neighbours to={lesson.number} />
        </div>
      </article>
      <Strip />
    </StageProvider>
  )
}

function Title({ lesson: { number, title, question, minutes, goal, slug } }: { lesson: Lesson }) {
  return (
    <header class="lesson-head">
      <p class="hint">
        <a href="/learn">Lessons</a> · {number} · {minutes} minutes ·{' '}
        <a href={`/learn/${slug}/teacher`}>for teachers</a> ·{' '}
        <button type="button" class="plain" onClick={() => print()}>
          print
        </button>
      </p>
      <h1>{title}</h1>
      <p class="question">{question}</p>
      <p>After this lesson you can {goal}.</p>
    </header>
  )
}

/** The code of both ends, loaded when somebody wants to see it. */
function Code({ lesson }: { lesson: Lesson }) {
  const [isOpen, open] = useState(false)
  return (
    <section id="code" aria-labelledby="head-code">
      <h2 id="head-code">See the code</h2>
      <p>The files this server and this page run, at the lines that matter.</p>
      {isOpen ? (
        <CodeView reference={lesson.code} />
      ) : (
        <button type="button" data-testid="see-code" onClick={() => open(true)}>
          See the code
        </button>
      )}
    </section>
  )
}

function Facts({ lesson: { facts, terms } }: { lesson: Lesson }) {
  return (
    <section aria-labelledby="head-facts">
      <h2 id="head-facts">Where it is written</h2>
      <ul class="facts">
        {facts.map(({ statement, source, section }) => (
          <li key={statement}>
            {statement}{' '}
            <small>
              {source} {section}
            </small>
          </li>
        ))}
      </ul>
      <h2>Words</h2>
      <dl class="words">
        {terms.map((id) => (
          <div key={id}>
            <dt>{glossary[id].term}</dt>
            <dd>{glossary[id].text}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
