import { isReady, lessons } from '../../scenarios/lessons/index.ts'

/** To the lesson before and the one after; those that are not there yet are passed over. */
export function Neighbours({ to: number }: { to: number }) {
  const ready = lessons.filter(isReady).map(({ lesson }) => lesson)
  const before = ready.findLast((lesson) => lesson.number < number)
  const next = ready.find((lesson) => lesson.number > number)
  return (
    <nav class="row lesson-neighbours" aria-label="Lessons">
      {before ? (
        <a href={`/learn/${before.slug}`} rel="prev">
          ← {before.number} {before.title}
        </a>
      ) : (
        <span />
      )}
      {next && (
        <a href={`/learn/${next.slug}`} rel="next">
          {next.number} {next.title} →
        </a>
      )}
    </nav>
  )
}
