import type { Lesson } from './lesson.ts'

/** FACTS.md: every statement of a standard in the lessons, with the section it is read from. A test keeps it. */
export function factsTable(lessons: readonly Lesson[]): string {
  const rows = lessons.flatMap(({ number, facts }) =>
    facts.map(({ statement, source, section }) => ({ source, section, statement, number })),
  )
  const place = new Intl.Collator('en', { numeric: true })
  rows.sort(
    (one, other) => place.compare(one.source, other.source) || place.compare(one.section, other.section),
  )
  return `# Facts

What the lessons state of standards, in our words, and where each is written. Made from the lessons' data:
\`npx vitest run --config e2e/vitest.config.ts scenarios/lessons -u\`

| source | section | statement | lesson |
|---|---|---|---|
${rows.map(({ source, section, statement, number }) => `| ${source} | ${section} | ${statement} | ${number} |`).join('\n')}
`
}
