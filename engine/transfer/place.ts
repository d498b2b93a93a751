/** The place of a part of the plan, or of the nearest part around it that was written. */
export function placeOf(
  places: Readonly<Record<string, { line: number; column: number }>>,
  at: string | null,
) {
  for (
    let path = at;
    path !== null && path !== '';
    path = path.includes('.') ? path.slice(0, path.lastIndexOf('.')) : null
  ) {
    const place = places[path]
    if (place !== undefined) return place
  }
  return null
}
