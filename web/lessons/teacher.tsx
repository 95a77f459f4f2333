import './forms.css'
import './list.css'
import { useEffect } from 'preact/hooks'
import { findLesson } from '../../scenarios/lessons/index.ts'
import type { PageProps } from '../pages.ts'

/** `/learn/<slug>/teacher`: what one wants to know before one gives the lesson. */
export function TeacherPage({ id = '' }: PageProps) {
  const found = findLesson(id)
  useEffect(() => {
    if (found) document.title = `${found.lesson.title}, for teachers · Wireside`
  }, [id])
  if (!found) return <h1>There is no such lesson</h1>
  const { lesson } = found
  const { teacher, prediction, change, quiz, facts } = lesson
  return (
    <article class="teacher">
      <p class="hint">
        <a href="/learn">Lessons</a> · <a href={`/learn/${lesson.slug}`}>{lesson.title}</a> · for teachers
      </p>
      <h1>
        {lesson.number} {lesson.title}
      </h1>
      <p class="question">{lesson.question}</p>
      <h2>Goal</h2>
      <p>After this lesson a learner can {lesson.goal}.</p>
      <h2>Time</h2>
      <ul>
        {teacher.time.map(({ part, minutes }) => (
          <li key={part}>
            {part}: {minutes} min
          </li>
        ))}
        <li>
          <b>together {lesson.minutes} min</b>
        </li>
      </ul>
      <h2>What is asked</h2>
      <p>{prediction.question}</p>
      <p>{change.prediction.question}</p>
      <h2>Common wrong predictions</h2>
      <dl class="words">
        {teacher.wrongPredictions.map(({ prediction, answer }) => (
          <div key={prediction}>
            <dt>{prediction}</dt>
            <dd>{answer}</dd>
          </div>
        ))}
      </dl>
      <h2>The figure to expect</h2>
      <p>{teacher.expect}</p>
      <h2>The question at the end</h2>
      <p>{quiz.question}</p>
      <ul>
        {quiz.options.map(({ text, right, because }) => (
          <li key={text}>
            {right ? <b>{text}</b> : text} <small>{because}</small>
          </li>
        ))}
      </ul>
      <h2>Where it is written</h2>
      <ul>
        {facts.map(({ statement, source, section }) => (
          <li key={statement}>
            {statement}{' '}
            <small>
              {source} {section}
            </small>
          </li>
        ))}
      </ul>
    </article>
  )
}
