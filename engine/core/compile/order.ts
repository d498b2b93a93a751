/** Mappings in `link` order: what is linked to comes first. A cycle is given back instead, as the names along it. */
export function linkOrder(
  links: Readonly<Record<string, readonly string[]>>,
): { readonly order: readonly string[] } | { readonly cycle: readonly string[] } {
  const order: string[] = []
  const done = new Set<string>()
  const trail: string[] = []
  const visit = (mapping: string): readonly string[] | null => {
    if (done.has(mapping)) return null
    const start = trail.indexOf(mapping)
    if (start >= 0) return [...trail.slice(start), mapping]
    trail.push(mapping)
    for (const linked of [...(links[mapping] ?? [])].sort()) {
      if (links[linked] === undefined) continue
      const cycle = visit(linked)
      if (cycle !== null) return cycle
    }
    trail.pop()
    done.add(mapping)
    order.push(mapping)
    return null
  }
  for (const mapping of Object.keys(links).sort()) {
    const cycle = visit(mapping)
    if (cycle !== null) return { cycle }
  }
  return { order }
}
