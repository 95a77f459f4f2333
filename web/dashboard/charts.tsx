import { useSignalEffect } from '@preact/signals'
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  type ChartConfiguration,
  type ChartOptions,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
} from 'chart.js'
import { useEffect, useRef } from 'preact/hooks'
import { transportNames } from '../../server/contract/transports.ts'
import { now } from '../ui/clock.ts'
import { looks } from '../ui/lanes.ts'
import { patternOf, segmentNames } from '../ui/patterns.ts'
import { stamp } from '../ui/stamp.ts'
import { type Palette, palette } from '../ui/theme.ts'
import type { Experiment } from './experiment.ts'
import { bytesOf } from './tally.ts'

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LinearScale,
  LineController,
  LineElement,
  LogarithmicScale,
  PointElement,
  ScatterController,
)

/** The latency chart shows the last minute, or less if that many points do not fit. */
const MINUTE = 60

/** A chart that nobody sees is brought up to date only with every eighth beat. */
const OUT_OF_SIGHT = 8

/** A chart that is built anew for each theme and brought up to date with each beat of the figures. */
interface Plot {
  build(experiment: Experiment, colours: Palette): ChartConfiguration
  update(experiment: Experiment, chart: Chart): void
}

export function Charts({ experiment }: { experiment: Experiment }) {
  return (
    <div class="charts">
      <Figure
        title="Delivery over time"
        about="Each message of this page by when it arrived on each lane, and how long after it was due. Milliseconds, logarithmic; the last minute."
        plot={latency}
        experiment={experiment}
      />
      <Figure
        title="Requests"
        about="HTTP requests of each lane since Run or Reset, counted by the server."
        plot={requests}
        experiment={experiment}
      />
      <Figure
        title="Bytes per delivered entry"
        about="All bytes of a lane, both ways, over the entries it delivered. Hatched: what empty polls took of it."
        plot={bytesPerEntry}
        experiment={experiment}
      />
    </div>
  )
}

interface FigureProps {
  title: string
  about: string
  plot: Plot
  experiment: Experiment
}

function Figure({ title, about, plot, experiment }: FigureProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const chart = useRef<Chart>(undefined)
  const beat = useRef(0)
  const inSight = useRef(true)

  useSignalEffect(() => {
    if (!palette.value || !canvas.current) return
    chart.current?.destroy()
    chart.current = new Chart(canvas.current, plot.build(experiment, palette.value))
    show()
  })
  useSignalEffect(() => {
    experiment.rows.value
    beat.current += 1
    if (inSight.current || beat.current % OUT_OF_SIGHT === 0) show()
  })
  useEffect(() => {
    const sight = new IntersectionObserver(([entry]) => {
      inSight.current = entry?.isIntersecting ?? true
      if (inSight.current) show()
    })
    if (canvas.current) sight.observe(canvas.current)
    return () => {
      sight.disconnect()
      chart.current?.destroy()
      chart.current = undefined
    }
  }, [])

  function show(): void {
    if (!chart.current) return
    plot.update(experiment, chart.current)
    chart.current.update('none')
  }

  return (
    <figure class="chart card">
      <figcaption>
        <h3>{title}</h3>
        <p>{about}</p>
      </figcaption>
      <div class="plot">
        <canvas
          ref={canvas}
          role="img"
          aria-label={`${title}. ${about} The table below holds the figures.`}
        />
      </div>
    </figure>
  )
}

const latency: Plot = {
  build: (experiment, colours) => ({
    type: 'scatter',
    data: {
      datasets: experiment.lanes.map(({ name, points }) => ({
        label: looks[name].label,
        data: points as { x: number; y: number }[],
        pointStyle: stamp(name, colours.lanes[name], 3.2),
        borderColor: colours.lanes[name],
        backgroundColor: colours.lanes[name],
      })),
    },
    options: {
      ...common(colours, true),
      scales: {
        x: seconds(colours),
        y: {
          type: 'logarithmic',
          min: 0.1,
          ...axis(colours, 'ms'),
          ticks: {
            color: colours.muted,
            callback: (value) => (Math.log10(Number(value)) % 1 === 0 ? value : ''),
          },
        },
      },
    },
  }),
  update(experiment, chart) {
    const time = (now() - experiment.since.value) / 1000
    const oldest = experiment.lanes.map(({ points }) => (points.length < 600 ? 0 : (points[0]?.x ?? 0)))
    frame(chart, Math.max(0, time - MINUTE, ...oldest), Math.max(MINUTE / 4, time))
  },
}

const requests: Plot = {
  build: (experiment, colours) => ({
    type: 'line',
    data: {
      datasets: experiment.lanes.map(({ name }) => ({
        label: looks[name].label,
        data: experiment.samples[name] as { x: number; y: number }[],
        borderColor: colours.lanes[name],
        backgroundColor: colours.lanes[name],
        borderWidth: 2,
        borderDash: [...looks[name].dash],
        pointRadius: 0,
        pointStyle: stamp(name, colours.lanes[name], 4),
      })),
    },
    options: {
      ...common(colours, true),
      scales: {
        x: seconds(colours),
        y: { type: 'linear', min: 0, suggestedMax: 10, ...axis(colours, 'requests') },
      },
    },
  }),
  update(experiment, chart) {
    const time = (now() - experiment.since.value) / 1000
    const oldest = Math.min(...transportNames.map((name) => experiment.samples[name][0]?.x ?? 0))
    frame(chart, Math.floor(oldest), Math.max(MINUTE / 4, time))
  },
}

const bytesPerEntry: Plot = {
  build: (_, colours) => ({
    type: 'bar',
    data: {
      labels: transportNames.map((name) => looks[name].label),
      datasets: [
        ...segmentNames.map((name) => ({
          label: name,
          data: [],
          stack: 'parts',
          barPercentage: 1,
          backgroundColor: patternOf(name, colours),
          borderColor: colours.segmentInk,
          borderWidth: 1,
        })),
        {
          label: 'in empty polls',
          data: [],
          stack: 'empty',
          barPercentage: 0.6,
          backgroundColor: patternOf('empty', colours),
          borderColor: colours.text,
          borderWidth: 1,
        },
      ],
    },
    options: {
      ...common(colours, false),
      indexAxis: 'y',
      scales: {
        x: { type: 'linear', stacked: true, min: 0, ...axis(colours, 'bytes') },
        y: { type: 'category', stacked: true, ...axis(colours), grid: { display: false } },
      },
    },
  }),
  update(experiment, chart) {
    const parts = [...segmentNames, 'empty'] as const
    chart.data.datasets.forEach((dataset, part) => {
      dataset.data = experiment.rows.value.map(({ tally }, y) => {
        const bytes = bytesOf(tally)[parts[part] ?? 'total']
        return { x: tally.entriesOut > 0 ? bytes / tally.entriesOut : 0, y }
      })
    })
  },
}

/** What all charts share: no motion, no parsing, no work that nobody sees. */
const common = (colours: Palette, marks: boolean) =>
  ({
    animation: false,
    parsing: false,
    normalized: true,
    maintainAspectRatio: false,
    events: [],
    plugins: {
      legend: {
        position: 'bottom',
        labels: {
          color: colours.text,
          usePointStyle: marks,
          boxWidth: marks ? 8 : 22,
          boxHeight: 8,
          padding: 10,
        },
      },
    },
  }) satisfies ChartOptions

const axis = (colours: Palette, title = '') => ({
  grid: { color: colours.line },
  border: { color: colours.muted },
  ticks: { color: colours.muted, maxRotation: 0, includeBounds: false },
  title: { display: title !== '', text: title, color: colours.muted },
})

const seconds = (colours: Palette) => ({ type: 'linear' as const, min: 0, ...axis(colours, 'seconds') })

function frame(chart: Chart, min: number, max: number): void {
  const { scales } = chart.options
  if (scales?.x) Object.assign(scales.x, { min, max })
}
