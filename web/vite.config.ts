import { preact } from '@preact/preset-vite'
import { defineConfig } from 'vite'
import { mdx } from './mdx.ts'

export default defineConfig({
  root: import.meta.dirname,
  plugins: [mdx(), preact()],
  build: {
    outDir: '../dist/pages',
    emptyOutDir: true,
    // The pages' CSP allows no data: URLs.
    assetsInlineLimit: 0,
    // With one, Vite adds an inline polyfill for browsers that this page does not support anyway.
    modulePreload: { polyfill: false },
  },
})
