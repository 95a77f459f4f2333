import { compile } from '@mdx-js/mdx'
import type { Plugin } from 'vite'

/**
 * Prose with components in it, compiled for Preact. A few lines on @mdx-js/mdx: its plugin for Rollup wants Rollup itself
 * beside it, a second bundler that Vite has not used since it has Rolldown.
 */
export const mdx = (): Plugin => ({
  name: 'mdx',
  // Before Preact's own plugin, which then finds plain JavaScript.
  enforce: 'pre',
  async transform(source, id) {
    if (!id.endsWith('.mdx')) return undefined
    const compiled = await compile({ value: source, path: id }, { jsxImportSource: 'preact' })
    return { code: String(compiled), map: null }
  },
})
