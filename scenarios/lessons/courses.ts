/** What a class can do in so much time: lessons by number, in the order in which to take them. */
export interface Course {
  title: string
  hours: number
  /** For whom, and how to use the time: two sentences. */
  about: string
  lessons: readonly number[]
}

export const courses: readonly Course[] = [
  {
    title: 'One hour',
    hours: 1,
    about:
      'From asking to being told: what a poll costs, how a wait saves most of it, and what a WebSocket changes. Project the lessons and let the class predict by a show of hands before each run.',
    lessons: [3, 4, 5, 6, 14],
  },
  {
    title: 'Two hours',
    hours: 2,
    about:
      'The wires one after the other, each taken by hand once, then what goes wrong with them. Pairs at one screen; ten minutes at the end for the table that everybody fills in from their own runs.',
    lessons: [1, 3, 4, 5, 6, 7, 9, 14, 15, 16],
  },
  {
    title: 'Four hours',
    hours: 4,
    about:
      'All of it, in two halves: how each transport works, and then how it fails and how one measures that. The last lesson turns the learners’ own figures into a choice that they can defend.',
    lessons: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 20, 21],
  },
]
