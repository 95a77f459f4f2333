import type { Traffic } from '../../scenarios/scenario.ts'
import { conversation } from '../dashboard/conversation.ts'

/** ASCII, so that its length in characters is its length in bytes. */
const filling = 'A message is as long as its author had to say, and this one was asked to be just so long. '

/** The n-th thing said, for a payload: a line of the conversation, or a text of so many bytes. */
export function lineOf(payload: Traffic['payload'], index: number): { name: string; text: string } {
  const line = conversation[index % conversation.length] as (typeof conversation)[number]
  if (payload === 'conversation') return line
  const text = filling.repeat(Math.ceil(payload / filling.length)).slice(0, payload)
  return { name: line.name, text }
}
