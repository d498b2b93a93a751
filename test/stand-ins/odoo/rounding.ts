/** Half away from zero, with a tolerance for what binary floats cannot say: 19.995 gives 20.0 for two digits. */
export function round(value: number, digits: number): number {
  const factor = 10 ** digits
  const scaled = Math.abs(value) * factor
  const rounded = Math.floor(scaled + 0.5 + scaled * 2 ** -50)
  const result = (Math.sign(value) * rounded) / factor
  return result === 0 ? 0 : result
}
