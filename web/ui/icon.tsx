/** Drawn here, because a font may show these signs as coloured pictures. On a 16 × 16 grid. */
const paths = {
  run: 'M4 2.5v11l9-5.5z',
  pause: 'M4 2.5h3v11H4zM9 2.5h3v11H9z',
  reset: 'M8 2a6 6 0 1 0 5.9 5h-2A4 4 0 1 1 8 4v2.6L12 3.3 8 0z',
  theme: 'M8 1a7 7 0 1 0 0 14A7 7 0 0 0 8 1zm0 2a5 5 0 0 1 0 10z',
  projector: 'M1 2h14v9H9v2h3v1.6H4V13h3v-2H1zm1.7 1.7v5.6h10.6V3.7z',
  download: 'M7 1h2v6.5h3L8 12 4 7.5h3zM2 13h12v2H2z',
  link: 'M6.5 9.5a3 3 0 0 1 0-4.2l2.6-2.6a3 3 0 1 1 4.2 4.2l-1.2 1.2-1.1-1.1 1.2-1.2a1.5 1.5 0 0 0-2.1-2.1L7.6 6.4a1.5 1.5 0 0 0 0 2.1zM9.5 6.5a3 3 0 0 1 0 4.2l-2.6 2.6a3 3 0 1 1-4.2-4.2l1.2-1.2L5 9l-1.2 1.2a1.5 1.5 0 0 0 2.1 2.1l2.5-2.5a1.5 1.5 0 0 0 0-2.1z',
  help: 'M5 5.4a3.1 3.1 0 1 1 4.7 2.9c-.7.4-.9.7-.9 1.7H7.1c0-1.7.5-2.4 1.5-3A1.4 1.4 0 1 0 6.7 5.4zM7 12h2v2H7z',
} as const

/** A sign beside or instead of words; whoever uses it alone gives its button a name. */
export function Icon({ of }: { of: keyof typeof paths }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true">
      <path d={paths[of]} fill-rule="evenodd" />
    </svg>
  )
}
