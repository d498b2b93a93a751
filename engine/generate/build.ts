import { resolve } from 'node:path'
import { buildInto } from './package.ts'

await buildInto(resolve(import.meta.dirname, '..', '..', 'dist'))
process.stdout.write('built dist\n')
