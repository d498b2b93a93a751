import type { Example } from '../../../engine/core/model/diagnostics/entry.ts'

/** The shipped files with one side of an example written in its place. */
export function withExample(
  shipped: Readonly<Record<string, string>>,
  { file, at, beside, ...sides }: Example,
  side: 'right' | 'wrong',
): Record<string, string> {
  const files = { ...shipped, ...(beside === undefined ? {} : { [beside.file]: beside.text }) }
  const text = sides[side]
  if (text === null) {
    delete files[file]
    return files
  }
  const whole = files[file]
  if (whole === undefined) return { ...files, [file]: text }
  const stands = at ?? sides.right
  if (stands === '' || whole.split(stands).length !== 2)
    throw new Error(`${file} does not hold just once: ${stands}`)
  return { ...files, [file]: whole.replace(stands, () => text) }
}
