import { describe, expect, it } from 'vitest'
import { explainStarvation } from './starvation.ts'

const starving = { time: 10_000, since: 6_000, serverAnswers: true, tabs: 3 }

describe('starvation', () => {
  it('is explained when a request waits for more than 3 s although the server is there', () => {
    expect(explainStarvation(starving)).toMatch(/six HTTP\/1\.1 connections.*3 such tabs are visible/)
  })

  it('is no matter while requests are answered, or wait only shortly', () => {
    expect(explainStarvation({ ...starving, since: undefined })).toBeUndefined()
    expect(explainStarvation({ ...starving, since: 7_500 })).toBeUndefined()
  })

  it('is not blamed for a server that is gone', () => {
    expect(explainStarvation({ ...starving, serverAnswers: false, tabs: 1 })).toBeUndefined()
  })

  it('does not blame other tabs when there are none', () => {
    expect(explainStarvation({ ...starving, tabs: 1 })).toMatch(/Something else/)
  })
})
