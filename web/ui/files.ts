/** Hands the reader a file. */
export function download(name: string, type: string, content: string | Uint8Array<ArrayBuffer>): void {
  const url = URL.createObjectURL(new Blob([content], { type }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  URL.revokeObjectURL(url)
}

/** Copies text. A LAN address over http is no secure context and has no `clipboard`: there the old way still works. */
export async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    )
  }
  const field = document.body.appendChild(document.createElement('textarea'))
  field.value = text
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  return copied
}
