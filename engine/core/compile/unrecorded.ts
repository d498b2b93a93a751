import type { RecordedSchemas } from '../model/recorded.ts'

/** What to do about a resource of which nothing is recorded: where it is recorded instead, or what to do without it. */
export function withoutRecord(
  schemas: RecordedSchemas,
  system: string,
  version: string,
  resource: string,
): string {
  const others = schemas
    .versions(system)
    .filter((other) => other !== version && schemas.schema(system, other, resource) !== null)
  return others.length > 0
    ? `${resource} is recorded for ${system} ${others.join(', ')} and not for ${version}: leave it out, or use that version.`
    : `Nothing is recorded of ${resource}, so it cannot be checked: leave it out. Recorded of ${system} ${version} are: ${schemas.resources(system, version).join(', ')}.`
}
