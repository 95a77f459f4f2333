import Type, { type Static } from 'typebox'
import { tallyFields } from '../server/contract/meter.ts'
import { Scenario, Transport } from './scenario.ts'

/**
 * A report is what the runs of a scenario measured, and all that is needed to doubt it: the scenario as it was run, the
 * order, the seed, the machine, the command. Nothing in it is averaged over runs; summaries are made from it.
 */

const Count = (description: string) => Type.Integer({ minimum: 0, description })
const Ms = (description: string) => Type.Number({ description: `${description}, in ms` })

/** A distribution of times, in ms. `n` = 0 has no other figure. */
export const Distribution = Type.Object(
  {
    n: Count('How many times were recorded.'),
    min: Type.Optional(Ms('The least')),
    mean: Type.Optional(Ms('The arithmetic mean')),
    p50: Type.Optional(Ms('The median')),
    p90: Type.Optional(Ms('The 90th percentile')),
    p95: Type.Optional(Ms('The 95th percentile')),
    p99: Type.Optional(Ms('The 99th percentile; absent below n = 100')),
    p999: Type.Optional(Ms('The 99.9th percentile; absent below n = 1,000')),
    max: Type.Optional(Ms('The greatest')),
    curve: Type.Array(Type.Tuple([Type.Number(), Type.Number()]), {
      description:
        'Pairs of a quantile (0 to 1) and its value in ms, rising, dense near 1: what a percentile plot draws.',
    }),
  },
  { description: 'Times recorded in a histogram of three significant digits.' },
)
export type Distribution = Static<typeof Distribution>

export const Recovery = Type.Object(
  {
    cuts: Count('How often a reader was cut.'),
    n: Count(
      'How often a reader was back: what it got first on a new connection came while figures counted.',
    ),
    p50: Type.Optional(Ms('The median of the time to be back')),
    max: Type.Optional(Ms('The longest of them')),
  },
  {
    description:
      'How long readers took to be back: from the end of the fault that cut them, or from the cut where it came later or ' +
      'was nobody’s fault, to the first thing each got on a new connection. The load comes back as the product’s clients do.',
  },
)
export type Recovery = Static<typeof Recovery>

export const TallyDifference = Type.Object(
  Object.fromEntries(tallyFields.map((field) => [field, Type.Integer()])) as Record<
    (typeof tallyFields)[number],
    ReturnType<typeof Type.Integer>
  >,
  { description: 'What the server’s meter counted while figures counted; `open` is the number at the end.' },
)

/** One transport, one case, once. */
export const Run = Type.Object({
  transport: Transport,
  case: Type.String({ description: 'Which case of the sweep, like "rate=10"; "" without a sweep.' }),
  repetition: Type.Integer({ minimum: 1 }),
  order: Type.Integer({ minimum: 0, description: 'Its place in the order in which runs were made.' }),
  seed: Type.Integer({ description: 'Of the traffic: the same for every transport of one repetition.' }),
  invalid: Type.Optional(
    Type.String({
      description: 'Why its figures must not be used. Absent when nothing speaks against them.',
    }),
  ),
  seconds: Type.Number({
    description: 'How long figures counted, until the last delivery was in or given up.',
  }),
  readers: Count('Readers connected.'),
  scheduled: Count('Messages that fell due while figures counted.'),
  published: Count('Those of them for which a receipt came.'),
  refused: Count('Those of them that the server refused, or whose connection was cut.'),
  expected: Count('Deliveries owed: published messages times readers.'),
  delivered: Count('Deliveries that came, each counted once.'),
  lost: Count('Deliveries that had not come when the run was given up, or that a gap announced as lost.'),
  duplicated: Count('Entries that a reader was given again.'),
  reordered: Count('Entries that came after one with a higher seq.'),
  late: Count(
    'Deliveries that came after the last message’s due time plus the drain: delivered, but after the window.',
  ),
  reconnects: Count('Connections of readers that were cut and made again.'),
  recovery: Type.Optional(Recovery),
  latency: Distribution,
  rawLatency: Distribution,
  sinceServer: Distribution,
  lateness: Distribution,
  readersTally: TallyDifference,
  publishersTally: TallyDifference,
  server: Type.Optional(
    Type.Object(
      {
        cpuSeconds: Type.Number({ description: 'User and system time that the server’s process used.' }),
        rssBefore: Type.Integer({ description: 'Bytes resident before any reader connected.' }),
        rssConnected: Type.Integer({
          description: 'Bytes resident with all readers connected, before traffic.',
        }),
        rssAfter: Type.Integer({ description: 'Bytes resident at the end.' }),
        inUseConnected: Type.Optional(
          Type.Integer({
            description: 'Bytes that objects and buffers took with all readers connected, before traffic.',
          }),
        ),
        eventLoopDelayP99: Ms('How late the server’s event loop was, 99th percentile'),
        eventLoopDelayMax: Ms('How late the server’s event loop was at worst'),
      },
      { description: 'Of the server’s process. Absent when the server is somebody else’s.' },
    ),
  ),
  link: Type.Optional(
    Type.Object(
      {
        cpuSeconds: Type.Number({ description: 'User and system time that the link’s process used.' }),
        eventLoopDelayP99: Ms('How late the link’s event loop was, 99th percentile'),
        eventLoopDelayMax: Ms('How late the link’s event loop was at worst'),
      },
      { description: 'Of the process that made the network. Absent where nothing stood in between.' },
    ),
  ),
  generator: Type.Object(
    {
      cpuSeconds: Type.Optional(
        Type.Number({
          description: 'User and system time that the load’s process used. A page cannot know its own.',
        }),
      ),
      eventLoopDelayP99: Ms('How late the generator’s event loop was, 99th percentile'),
      eventLoopDelayMax: Ms('How late the generator’s event loop was at worst'),
    },
    { description: 'Of the process that makes the load: its own lateness would be read as the server’s.' },
  ),
})
export type Run = Static<typeof Run>

export const Environment = Type.Object({
  where: Type.Union([Type.Literal('command line'), Type.Literal('browser')]),
  /** Whether lanes ran one at a time on the same work, or all at once as a demonstration. */
  together: Type.Boolean({
    description: 'True when all lanes ran at once: a demonstration, not a benchmark.',
  }),
  server: Type.String({ description: '"own process", or the URL it was measured against.' }),
  sameHost: Type.Boolean({
    description: 'Whether server and load shared a machine, and so a clock and its cores.',
  }),
  loopback: Type.Boolean({ description: 'Whether the traffic never left the machine.' }),
  tls: Type.Boolean(),
  network: Type.Optional(
    Type.String({
      description:
        'What a link of ours made of the network between load and server, in words. Absent: nothing stood in between.',
    }),
  ),
  cores: Type.String({ description: '"shared" or "pinned", and how.' }),
  cpu: Type.String(),
  cpuCount: Type.Integer(),
  memoryBytes: Type.Integer(),
  os: Type.String(),
  runtime: Type.String({ description: 'Node’s version, or the browser’s.' }),
  wireside: Type.String({ description: 'The version of this software.' }),
  notes: Type.Array(Type.String(), { description: 'What else a careful reader would want to know.' }),
})
export type Environment = Static<typeof Environment>

/** What a look at the wire by hand found: for questions that no amount of traffic answers. */
export const Observation = Type.Object({
  id: Type.String({ description: 'By which a claim’s rule finds it, like "accept-key".' }),
  what: Type.String({ description: 'What was done and looked at, as a sentence.' }),
  value: Type.Union([Type.Number(), Type.Boolean(), Type.String()], { description: 'What was seen.' }),
  unit: Type.Optional(Type.String({ description: 'Of a number.' })),
})
export type Observation = Static<typeof Observation>

export const Report = Type.Object(
  {
    version: Type.Literal(1, { description: 'Of this format.' }),
    id: Type.String({ pattern: '^[a-z0-9][a-z0-9-]{0,127}$', description: 'Scenario, start and seed.' }),
    scenario: Scenario,
    publishOver: Type.Union([Transport, Type.Literal('same')], {
      description: 'Over what was published: "same" is the transport under test.',
    }),
    command: Type.String({ description: 'What to type to run it again.' }),
    seed: Type.Integer({ minimum: 0 }),
    startedAt: Type.String({ description: 'ISO 8601.' }),
    interrupted: Type.Boolean({ description: 'True when it was ended before all its runs were made.' }),
    environment: Environment,
    runs: Type.Array(Run),
    unreached: Type.Optional(
      Type.Array(
        Type.Object({
          transport: Transport,
          case: Type.String(),
          why: Type.String({ description: 'What became of the last try, as a sentence.' }),
        }),
        { description: 'Transports that made no connection at all on a network that refuses upgrades.' },
      ),
    ),
    observations: Type.Optional(
      Type.Array(Observation, {
        description: 'What an experiment beside the runs saw, where a claim needs one.',
      }),
    ),
  },
  { $id: 'https://wireside.invalid/report-1.json', title: 'Wireside report, version 1' },
)
export type Report = Static<typeof Report>
