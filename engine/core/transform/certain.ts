import type { DeliveredHashes, FieldHashes } from './compare.ts'

/**
 * What stands at the target for certain when a write may or may not have happened there: `previous` is what stood before it
 * (null: nothing known), `sent` what it would have left. Fields in which both agree keep their hash; the others are left out,
 * and so are sent again. Every line that may be there is named, so that one which left the source since is known as gone.
 */
export function certainAfter(
  previous: DeliveredHashes | null,
  sent: DeliveredHashes | null,
): DeliveredHashes {
  return {
    fields: agreeing(previous?.fields, sent?.fields),
    lines: agreeingParts(previous?.lines, sent?.lines),
    records: agreeingParts(previous?.records, sent?.records),
    adjusted: previous?.adjusted ?? {},
    adoptedLines: { ...previous?.adoptedLines, ...sent?.adoptedLines },
  }
}

function agreeingParts(
  previous: { readonly [part: string]: FieldHashes } | undefined,
  sent: { readonly [part: string]: FieldHashes } | undefined,
): { readonly [part: string]: FieldHashes } {
  const names = new Set([...Object.keys(previous ?? {}), ...Object.keys(sent ?? {})])
  return Object.fromEntries([...names].map((name) => [name, agreeing(previous?.[name], sent?.[name])]))
}

function agreeing(previous: FieldHashes | undefined, sent: FieldHashes | undefined): FieldHashes {
  if (previous === undefined || sent === undefined) return {}
  return Object.fromEntries(Object.entries(previous).filter(([field, hash]) => sent[field] === hash))
}
