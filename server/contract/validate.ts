import { Ajv, type ErrorObject } from 'ajv'
import type { TSchema } from 'typebox'
import { type ErrorCode, WireError } from './errors.ts'
import { Draft } from './wire.ts'

/**
 * One validator for all wires: Fastify compiles its route schemas with it, the sockets call it themselves. It converts
 * nothing ("123" is not 123) and removes nothing. Ajv counts string lengths in code points and matches patterns with /u.
 */
const ajv = new Ajv({ coerceTypes: false, removeAdditional: false, useDefaults: false, verbose: true })
ajv.addVocabulary(['x-error'])

type Check = (value: unknown) => WireError | undefined

/** Compiles a schema of the contract to a check that answers with the error to send, or nothing. */
export function compile(schema: TSchema): Check {
  const valid = ajv.compile(schema)
  return (value) => (valid(value) ? undefined : describe(valid.errors?.[0], schema))
}

/** Turns the validator's first finding into the sentence and the code written beside the schema that failed. */
function describe(finding: ErrorObject | undefined, root: TSchema): WireError {
  const missing: string | undefined = finding?.params.missingProperty
  const failed = finding?.parentSchema as Annotated | undefined
  const { description } = (missing ? failed?.properties?.[missing] : failed) ?? {}
  const code = failed?.['x-error'] ?? (root as Annotated)['x-error'] ?? 'bad-request'
  const field = [...(finding?.instancePath.split('/').slice(1) ?? []), ...(missing ? [missing] : [])].join(
    '.',
  )
  return new WireError(code, `${field ? `"${field}"` : 'This'} must be ${description ?? finding?.message}.`)
}

interface Annotated {
  'x-error'?: ErrorCode
  description?: string
  properties?: Record<string, Annotated>
}

/** Nothing on this wire is nested deeper than a handful of levels; thousands are an attack on recursive code. */
const MAX_DEPTH = 32

/** Refuses what no schema sees: nesting beyond reason and keys that poison prototypes, at any depth. */
export function checkStructure(value: unknown, code: ErrorCode): WireError | undefined {
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return new WireError(code, `This JSON is nested deeper than ${MAX_DEPTH} levels.`)
    const next: unknown[] = []
    for (const item of level) {
      if (typeof item !== 'object' || item === null) continue
      if (
        Object.hasOwn(item, '__proto__') ||
        (Object.hasOwn(item, 'constructor') && poisons(item.constructor))
      ) {
        return new WireError(code, 'The keys "__proto__" and "constructor.prototype" are not allowed.')
      }
      for (const child of Object.values(item))
        if (typeof child === 'object' && child !== null) next.push(child)
    }
    level = next
  }
  return undefined
}

const poisons = (value: unknown) =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, 'prototype')

const draftCheck = compile(Draft)

/** A draft from a socket whose message has passed `checkStructure`, checked as the HTTP routes check theirs. Throws `bad-draft`. */
export function readDraft(value: unknown): Draft {
  const error = draftCheck(value)
  if (error) throw error
  return value as Draft
}

/** Parses UTF-8 JSON that a stranger sent. Throws `code` when the bytes are not UTF-8, not JSON, or poisoned. */
export function readJson(bytes: Uint8Array, code: ErrorCode): unknown {
  let value: unknown
  try {
    value = JSON.parse(utf8.decode(bytes))
  } catch {
    throw new WireError(code, 'The body must be JSON in UTF-8, like {"text":"hi"}.')
  }
  const error = checkStructure(value, code)
  if (error) throw error
  return value
}

const utf8 = new TextDecoder('utf-8', { fatal: true })
