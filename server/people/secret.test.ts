import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSecret, UnusableSecret } from './secret.ts'

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'secret-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('a folder keeps its secret, for its owner alone to read', () => {
  const data = join(folder(), 'new')
  const secret = openSecret(data, undefined)
  expect(secret).toMatch(/^[0-9a-f]{64}$/)
  expect(openSecret(data, undefined)).toBe(secret)
  expect(readdirSync(data)).toEqual(['secret'])
  expect(statSync(join(data, 'secret')).mode & 0o777).toBe(0o600)
  chmodSync(join(data, 'secret'), 0o644)
  openSecret(data, undefined)
  expect(statSync(join(data, 'secret')).mode & 0o777).toBe(0o600)
})

test('what was given wins, and is not written down', () => {
  const data = folder()
  expect(openSecret(data, 'sixteen or more!')).toBe('sixteen or more!')
  expect(readdirSync(data)).toEqual([])
})

test('in memory each is another', () => {
  expect(openSecret('memory', undefined)).not.toBe(openSecret('memory', ''))
})

test('what could be guessed, and what cannot be read, is refused with what to do', () => {
  const data = folder()
  expect(() => openSecret(data, 'short')).toThrow(/WIRESIDE_SECRET has 5 characters.*openssl rand/)
  writeFileSync(join(data, 'secret'), '\n')
  expect(() => openSecret(data, undefined)).toThrow(/is no secret\. Remove it/)
  writeFileSync(join(data, 'file'), '')
  expect(() => openSecret(join(data, 'file'), undefined)).toThrow(UnusableSecret)
})
