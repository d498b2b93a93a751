/** Values as other folders see them: what they are, how they come in and how they go out. */
export { compileDecoder, decode } from './decode.ts'
export { encodeValue } from './encode.ts'
export { Reference, type Value, type ValueObject } from './kinds.ts'
