import type { JsonObject } from '../model/json.ts'
import type { DriftKind } from './drift.ts'

/** What is looked at before a run, in what a system says of itself: fields that no page would show. */
export const SHAPE_KINDS = ['new-field', 'unused-missing', 'unused-type'] as const
export type ShapeKind = (typeof SHAPE_KINDS)[number]

/** The least of them first: a new field, a change of one that the mapping does not use, a change of one that it does. */
export const DRIFT_CLASSES = ['added', 'unused', 'mapped'] as const
export type DriftClass = (typeof DRIFT_CLASSES)[number]

/** The class of a kind, also of one that an earlier version wrote. */
export function driftClassOf(kind: string): DriftClass {
  return kind === 'new-field'
    ? 'added'
    : kind === 'unused-missing' || kind === 'unused-type'
      ? 'unused'
      : 'mapped'
}

/** Whether a difference is as bad as that, or worse. */
export function isAtLeast(kind: string, least: DriftClass): boolean {
  return DRIFT_CLASSES.indexOf(driftClassOf(kind)) >= DRIFT_CLASSES.indexOf(least)
}

export type DriftAnswer = 'ignore' | 'info' | 'warning' | 'halt'

/** What a mapping says shall become of a difference. Plans of earlier versions may say nothing. */
export function answerTo(drift: JsonObject, kind: DriftKind | ShapeKind): DriftAnswer {
  return (drift[driftClassOf(kind)] as DriftAnswer | undefined) ?? 'ignore'
}
