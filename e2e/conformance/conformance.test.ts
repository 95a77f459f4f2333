import { describe } from 'vitest'
import { transportNames } from '../../server/contract/transports.ts'
import { conforms } from './conforms.ts'

describe.each(transportNames)('%s', conforms)
