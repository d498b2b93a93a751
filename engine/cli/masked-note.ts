import { MASK } from '../core/personal/mask.ts'
import type { Output } from './output.ts'

/** Says how to see what is masked in what was shown, where something is. */
export function noteMasked(shown: unknown, output: Output): void {
  if (!output.json && JSON.stringify(shown).includes(MASK))
    output.note('Personal values are masked; --open shows them.')
}
