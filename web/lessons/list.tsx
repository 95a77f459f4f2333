import './list.css'
import { useSignal } from '@preact/signals'
import { courses } from '../../scenarios/lessons/courses.ts'
import { isReady, type Listing, lessons, numberOf } from '../../scenarios/lessons/index.ts'
import { download } from '../ui/files.ts'
import { addProgress, doneOf, progress, progressIn, resetProgress } from './progress.ts'

/** `/learn`: every lesson in its order, how far one has come, and what to do in an hour, in two, in four. */
export function LessonList() {
  const hasProgress = Object.keys(progress.value).length > 0
  return (
    <div class="lesson-list">
      <div>
        <h1>Learn</h1>
        <p>
          Predict, run the real thing, and see why. Every figure is measured on your own connections to this
          server while you look; the text is held against it. To try Socket.IO without a lesson there is{' '}
          <a href="/lab">the lab</a>; to read the feed without JavaScript there is{' '}
          <a href="/learn/other-languages">the same feed from other languages</a>.
        </p>
      </div>
      <ol class="lessons">
        {lessons.map((listing) => (
          <Row key={numberOf(listing)} listing={listing} />
        ))}
      </ol>
      <p class="row">
        <button
          type="button"
          disabled={!hasProgress}
          onClick={() =>
            download(
              'wireside-progress.json',
              'application/json',
              `${JSON.stringify(progress.value, null, 2)}\n`,
            )
          }
        >
          Export my progress
        </button>
        <button type="button" disabled={!hasProgress} onClick={resetProgress}>
          Forget my progress
        </button>
        <small>It is kept in this browser and nowhere else.</small>
      </p>
      <ImportProgress />
      <section aria-labelledby="courses">
        <h2 id="courses">Courses</h2>
        <div class="courses">
          {courses.map(({ title, about, lessons: numbers }) => (
            <article key={title} class="card">
              <h3>{title}</h3>
              <p>{about}</p>
              <ol>
                {numbers.map((number) => (
                  <CourseLesson key={number} number={number} />
                ))}
              </ol>
            </article>
          ))}
        </div>
      </section>
    </div>
  )
}

/** Takes a file that was exported in another browser, and says what came of it. */
function ImportProgress() {
  const told = useSignal<{ text: string; isProblem: boolean } | undefined>(undefined)
  async function take(file: File): Promise<void> {
    try {
      const theirs = progressIn(await textOf(file), slugs)
      addProgress(theirs)
      const count = Object.keys(theirs).length
      told.value = {
        text: `Progress in ${count} ${count === 1 ? 'lesson' : 'lessons'} was added to yours.`,
        isProblem: false,
      }
    } catch (error) {
      told.value = { text: error instanceof Error ? error.message : String(error), isProblem: true }
    }
  }
  return (
    <div class="import-progress">
      <label>
        Import progress from a file{' '}
        <input
          type="file"
          accept=".json,application/json"
          onChange={async ({ currentTarget: input }) => {
            const [file] = input.files ?? []
            if (file) await take(file)
            // The same file may be chosen again once it is mended.
            input.value = ''
          }}
        />
      </label>
      {told.value && (
        <p class={told.value.isProblem ? 'problem' : 'hint'} role={told.value.isProblem ? 'alert' : 'status'}>
          {told.value.text}
        </p>
      )}
    </div>
  )
}

const slugs = lessons.filter(isReady).map(({ lesson }) => lesson.slug)

/** Progress in all lessons takes a few kB; whatever is much larger was chosen by mistake. */
const LARGEST = 100_000

async function textOf(file: File): Promise<string> {
  if (file.size > LARGEST) throw new Error('This file is too large to be progress in lessons.')
  return file.text()
}

function Row({ listing }: { listing: Listing }) {
  if (!isReady(listing)) {
    const { number, title, needs } = listing
    return (
      <li data-later="true">
        <span class="number">{number}</span>
        <span class="title">{title}</span>
        <span class="question">{needs}</span>
      </li>
    )
  }
  const { number, slug, title, question, minutes } = listing.lesson
  const { done, of } = doneOf(progress.value[slug])
  return (
    <li>
      <span class="number">{number}</span>
      <a class="title" href={`/learn/${slug}`}>
        {title}
      </a>
      <span class="question">{question}</span>
      <span class="minutes">{minutes} min</span>
      <span class="progress">
        <progress value={done} max={of} aria-label={`Progress in ${title}`} />
        <small>{done === of ? 'done' : done === 0 ? 'not begun' : `${done} of ${of}`}</small>
      </span>
    </li>
  )
}

function CourseLesson({ number }: { number: number }) {
  const listing = lessons.find((each) => numberOf(each) === number)
  if (!listing) return null
  return (
    <li value={number} data-later={!isReady(listing)}>
      {isReady(listing) ? (
        <>
          <a href={`/learn/${listing.lesson.slug}`}>{listing.lesson.title}</a>{' '}
          <small>{listing.lesson.minutes} min</small>
        </>
      ) : (
        listing.title
      )}
    </li>
  )
}
