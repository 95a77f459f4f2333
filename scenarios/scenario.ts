import Type, { type Static } from 'typebox'
import { Conditions, type PresetName, presets } from '../server/contract/link.ts'
import { type TransportName, transportNames } from '../server/contract/transports.ts'

/**
 * A scenario is an experiment as data: a question somebody has, and the traffic that answers it. The dashboard, the
 * command line and the lessons run the same files. `description` completes the sentence "<field> must be …".
 */

export const Transport = Type.Unsafe<TransportName>({
  type: 'string',
  enum: transportNames,
  description: `one of ${transportNames.join(', ')}`,
})

/** What is said in the room, by all publishers together. */
export const Traffic = Type.Object(
  {
    rate: Type.Number({
      minimum: 0,
      maximum: 10_000,
      description: 'the number of messages a second, from 0 (nobody speaks) to 10,000',
    }),
    arrivals: Type.Union([Type.Literal('even'), Type.Literal('poisson'), Type.Literal('bursts')], {
      description:
        '"even" (one every 1/rate s), "poisson" (as strangers come: exponential gaps) or "bursts" (`burst` at once)',
    }),
    burst: Type.Optional(
      Type.Integer({
        minimum: 2,
        maximum: 10_000,
        description: 'the number of messages that fall due at the same instant, with arrivals "bursts"',
      }),
    ),
    payload: Type.Union([Type.Literal('conversation'), Type.Integer({ minimum: 1, maximum: 4_000 })], {
      description:
        '"conversation" (lines as people write them), or the length of every text, from 1 to 4,000 bytes',
    }),
  },
  { additionalProperties: false, description: 'an object that says what is published' },
)
export type Traffic = Static<typeof Traffic>

/** One field that takes several values, the rest staying as it is: each value is a case of its own. */
export const Sweep = Type.Object(
  {
    of: Type.Union(
      [
        Type.Literal('rate'),
        Type.Literal('payload'),
        Type.Literal('burst'),
        Type.Literal('readers'),
        Type.Literal('interval'),
        Type.Literal('cookieBytes'),
        Type.Literal('keepAlive'),
        Type.Literal('history'),
        Type.Literal('otherRooms'),
        Type.Literal('rtt'),
      ],
      { description: 'the name of the field that varies' },
    ),
    values: Type.Array(
      Type.Union([Type.Number(), Type.Boolean()], { description: 'a number, true or false' }),
      {
        minItems: 2,
        maxItems: 20,
        description: 'a list of 2 to 20 values for that field',
      },
    ),
  },
  { additionalProperties: false, description: 'an object with "of" and "values"' },
)
export type Sweep = Static<typeof Sweep>

/** The network between the load and the server, made by a link of ours. */
export const Network = Type.Union(
  [Type.Unsafe<PresetName>({ type: 'string', enum: presets.map(({ name }) => name) }), Conditions],
  {
    description:
      `the name of a network (${presets.map(({ name }) => name).join(', ')}), ` +
      'or an object like {"rtt":80} of its conditions',
  },
)
export type Network = Static<typeof Network>

/** What goes wrong, and when. The link does it to the readers’ connections; a restart ends everybody’s. */
export const ScheduledFault = Type.Object(
  {
    at: Type.Number({
      minimum: 0,
      maximum: 3_600,
      description: 'the number of seconds after figures begin to count',
    }),
    do: Type.Union(
      [
        Type.Literal('cut'),
        Type.Literal('refuse'),
        Type.Literal('stall'),
        Type.Literal('drop-response'),
        Type.Literal('pause-readers'),
        Type.Literal('restart'),
      ],
      {
        description:
          '"cut" (the readers’ connections end), "refuse" (new ones of theirs do), "stall" (nothing passes), ' +
          '"drop-response" (the next response to a reader is lost), "pause-readers" (some stop reading) or ' +
          '"restart" (the server ends and starts again)',
      },
    ),
    how: Type.Optional(
      Type.Union([Type.Literal('rst'), Type.Literal('fin'), Type.Literal('drain'), Type.Literal('kill')], {
        description: '"rst" or "fin" for a cut, "drain" or "kill" for a restart',
      }),
    ),
    seconds: Type.Optional(
      Type.Number({
        minimum: 0.05,
        maximum: 600,
        description: 'the number of seconds that it lasts, from 0.05 to 600',
      }),
    ),
    readers: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 20_000, description: 'the number of readers that pause' }),
    ),
  },
  { additionalProperties: false, description: 'an object with "at" and "do"' },
)
export type ScheduledFault = Static<typeof ScheduledFault>

export const Scenario = Type.Object(
  {
    name: Type.String({
      pattern: '^[a-z0-9][a-z0-9-]{0,63}$',
      description: 'a name like "quiet-room", also its file’s',
    }),
    title: Type.String({ minLength: 1, maxLength: 60, description: 'a title of at most 60 characters' }),
    question: Type.String({ pattern: '\\?$', minLength: 8, description: 'a question that ends with "?"' }),
    about: Type.String({
      minLength: 1,
      description: 'a paragraph on why one would ask, what is done, and what to look at in the answer',
    }),
    transports: Type.Array(Transport, {
      minItems: 1,
      uniqueItems: true,
      description: 'a list of transports, each once',
    }),
    readers: Type.Integer({
      minimum: 0,
      maximum: 20_000,
      description: 'the number of readers of the room, each with a connection of its own, from 0 to 20,000',
    }),
    publishers: Type.Integer({
      minimum: 0,
      maximum: 1_000,
      description:
        'the number of publishers on connections of their own, taking turns; 0 when the readers publish',
    }),
    /** True when the readers take turns at publishing, over their own connections, and `publishers` is 0. */
    readersPublish: Type.Boolean({ description: 'true or false: whether the readers themselves publish' }),
    traffic: Traffic,
    interval: Type.Number({
      minimum: 0,
      maximum: 60,
      description: 'the number of seconds between two short polls of a reader, from 0 to 60',
    }),
    wait: Type.Number({
      minimum: 0,
      maximum: 60,
      description: 'the number of seconds for which a long poll may be held, from 0 to 60',
    }),
    headers: Type.Union([Type.Literal('chrome'), Type.Literal('minimal')], {
      description: '"chrome" (what a browser sends with each request) or "minimal" (what HTTP demands)',
    }),
    cookieBytes: Type.Integer({
      minimum: 0,
      maximum: 4_096,
      description: 'the length of the Cookie header’s value on every request, from 0 (none) to 4,096 bytes',
    }),
    keepAlive: Type.Boolean({
      description: 'true (connections are used again) or false (each request says Connection: close)',
    }),
    history: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 10_000,
        description: 'the number of entries the room holds before anybody reads, from 0 to 10,000',
      }),
    ),
    otherRooms: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 900,
        description: 'the number of other rooms that the server holds, ten entries in each, from 0 to 900',
      }),
    ),
    warmUp: Type.Number({
      minimum: 0,
      maximum: 600,
      description: 'the number of seconds before figures count',
    }),
    seconds: Type.Number({ minimum: 0.5, maximum: 3_600, description: 'the number of seconds that count' }),
    repeat: Type.Integer({
      minimum: 1,
      maximum: 100,
      description: 'the number of times each case is run, from 1 to 100',
    }),
    sweep: Type.Optional(Sweep),
    /** Absent: the load talks to the server directly, unless a fault needs a link. */
    conditions: Type.Optional(Network),
    faults: Type.Optional(
      Type.Array(ScheduledFault, {
        minItems: 1,
        maxItems: 20,
        description: 'a list of 1 to 20 faults in the order of time',
      }),
    ),
    /** Why a browser page cannot run it, for those it cannot; said where the scenario is offered. */
    notInBrowser: Type.Optional(Type.String({ minLength: 1, description: 'the reason, as a sentence' })),
  },
  { additionalProperties: false, description: 'an object with the fields of a scenario' },
)
export type Scenario = Static<typeof Scenario>

export { defaults } from './define.ts'
