import type { FunctionEntry } from './functions.ts'

/** `round(x, digits[, mode])`, as the documentation writes it. */
export function signature(name: string, entry: FunctionEntry): string {
  const parts = entry.parameters.map((parameter, index) => {
    const text = `${index === 0 ? '' : ', '}${parameter.name}${parameter.rest === true ? ', …' : ''}`
    return parameter.optional === true ? `[${text}]` : text
  })
  return `${name}(${parts.join('')})`
}
