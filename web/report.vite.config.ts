import { preact } from '@preact/preset-vite'
import { defineConfig, type Plugin } from 'vite'

/**
 * The template of a report that is one file: scripts and styles stand inside, and the page's own policy lets it fetch
 * nothing. The command line writes the data into its `<script type="application/json" id="report">`.
 */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [preact(), inline()],
  publicDir: false,
  build: {
    outDir: '../dist',
    // The server's build lives there too.
    emptyOutDir: false,
    cssCodeSplit: false,
    modulePreload: false,
    rolldownOptions: { input: 'report.html', output: { codeSplitting: false } },
  },
})

/** Puts every chunk and stylesheet where the page names it, and leaves nothing else to write. */
function inline(): Plugin {
  return {
    name: 'wireside-inline',
    enforce: 'post',
    generateBundle(_, bundle) {
      const page = Object.values(bundle).find(({ fileName }) => fileName.endsWith('.html'))
      if (page?.type !== 'asset') throw new Error('The build made no page to write the scripts into.')
      let html = String(page.source)
      for (const [name, part] of Object.entries(bundle)) {
        if (part === page) continue
        const [tag, element] =
          part.type === 'chunk'
            ? [new RegExp(`<script[^>]*src="/${name}"[^>]*></script>`), script(part.code)]
            : [new RegExp(`<link[^>]*href="/${name}"[^>]*>`), style(String(part.source))]
        if (!tag.test(html)) throw new Error(`The page does not name ${name}, so it cannot stand inside.`)
        // A function, because `$` means something in a replacement.
        html = html.replace(tag, () => element)
        delete bundle[name]
      }
      page.source = html
    },
  }
}

/** HTML ends a script at the first `</script`, wherever it stands; in strings `<\/` says the same. */
const script = (code: string) => `<script type="module">${code.replaceAll('</script', '<\\/script')}</script>`

const style = (css: string) => `<style>${css}</style>`
