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
  type Scale,
  ScatterController,
  Tooltip,
} from 'chart.js'
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import { type Palette, palette } from './theme.ts'

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
  Tooltip,
)

interface PlotProps {
  title: ComponentChildren
  /** What is drawn, for whoever reads before they look. */
  about: ComponentChildren
  /** What somebody hears who does not see it; the figures themselves are in the table behind. */
  label: string
  /** Built anew for each theme. */
  build(colours: Palette): ChartConfiguration
  /** Whatever `build` closes over: the chart is built anew when one of them is another. */
  of: readonly unknown[]
  /** In rem. */
  height?: number
  /** The same figures as a table, and what else belongs to the chart. */
  children?: ComponentChildren
}

/** A chart that stands still: for figures that are in, not for those that still come. */
export function Plot({ title, about, label, build, of, height = 18, children }: PlotProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const colours = palette.value
  const [size, setSize] = useState(fontSize)
  useEffect(() => {
    if (!colours || !canvas.current) return
    Chart.defaults.font.family = getComputedStyle(document.body).fontFamily
    const chart = new Chart(canvas.current, build(colours))
    return () => chart.destroy()
  }, [colours, size, ...of])
  useEffect(() => {
    if (box.current) box.current.style.height = `${height}rem`
  }, [height])
  // A projector's larger text makes the box larger too, and is drawn anew.
  useEffect(() => {
    const observer = new ResizeObserver(() => setSize(fontSize()))
    if (box.current) observer.observe(box.current)
    return () => observer.disconnect()
  }, [])
  return (
    <figure class="chart">
      <figcaption>
        <h3>{title}</h3>
        <p>{about}</p>
      </figcaption>
      <div class="plot" ref={box}>
        <canvas ref={canvas} role="img" aria-label={label} />
      </div>
      {children}
    </figure>
  )
}

/** What these charts share: no motion, no parsing, and figures on hover. */
export const still = (colours: Palette, marks: boolean) =>
  ({
    animation: false,
    parsing: false,
    normalized: true,
    maintainAspectRatio: false,
    interaction: { mode: 'nearest', intersect: true },
    font: { size: fontSize() },
    plugins: {
      legend: {
        position: 'bottom',
        labels: {
          color: colours.text,
          font: { size: fontSize() },
          usePointStyle: marks,
          boxWidth: marks ? fontSize() : 22,
          boxHeight: fontSize() - 2,
          padding: 12,
        },
      },
      tooltip: {
        backgroundColor: colours.text,
        titleColor: colours.card,
        bodyColor: colours.card,
        titleFont: { size: fontSize() },
        bodyFont: { size: fontSize() },
        displayColors: false,
      },
    },
  }) satisfies ChartOptions

/** Of text in charts, in px: it grows with the page's own, as on a projector. */
export const fontSize = (): number =>
  Math.round(Number.parseFloat(getComputedStyle(document.documentElement).fontSize) * 0.75)

/** A length in a chart, in px, that grows with its text. */
export const scaled = (px: number): number => (px * fontSize()) / 11

export const axis = (colours: Palette, title = '') => ({
  grid: { color: colours.line },
  border: { color: colours.muted },
  ticks: { color: colours.muted, maxRotation: 0, includeBounds: false, font: { size: fontSize() } },
  title: { display: title !== '', text: title, color: colours.muted, font: { size: fontSize() } },
})

/** A logarithmic axis with a line at each power of ten, and at 2 and 5 where there is room for their figures. */
export const logarithmic = (colours: Palette, title: string, values: readonly number[]) => {
  const positive = values.filter((value) => value > 0)
  const low = Math.min(...positive)
  const high = Math.max(...positive)
  const between = high / low < 300 ? [1, 2, 5] : [1]
  const base = axis(colours, title)
  return {
    ...base,
    type: 'logarithmic' as const,
    min: floorTo(low, between),
    max: high === low ? high * 2 : ceilTo(high, between),
    afterBuildTicks(scale: Scale) {
      const decades = Math.log10(scale.max / scale.min)
      const room = (scale.isHorizontal() ? scale.width / 4 : scale.height / 2) / fontSize()
      // The narrowest step is from 1 to 2, and from 5 to 10.
      const lines = room * Math.log10(2) >= decades ? [1, 2, 5] : [1]
      const powers = Array.from(
        { length: Math.ceil(decades) + 2 },
        (_, n) => Math.floor(Math.log10(scale.min)) + n,
      )
      scale.ticks = powers
        .flatMap((power) => lines.map((line) => ({ value: Number(`${line}e${power}`) })))
        .filter(({ value }) => value >= scale.min && value <= scale.max)
    },
    ticks: {
      ...base.ticks,
      autoSkip: false,
      callback: (value: string | number) => short(Number(value)),
    },
  }
}

const steps = (value: number, between: readonly number[]) =>
  [-1, 0, 1].flatMap((power) => between.map((step) => step * 10 ** (Math.floor(Math.log10(value)) + power)))
const floorTo = (value: number, between: readonly number[]) =>
  Math.max(...steps(value, between).filter((step) => step <= value * 1.0001))
const ceilTo = (value: number, between: readonly number[]) =>
  Math.min(...steps(value, between).filter((step) => step >= value * 0.9999))

const short = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 4 })
