import parse from 'semver/functions/parse.js';
import { compareVersions } from '#shared/semver/version.ts';

/** Where a deployment goes. */
export type Direction = 'forward' | 'rollback' | 'same' | 'unknown';

/** Compares two image tags that are semantic versions, with or without `v`; everything else is unknown. */
export function directionOf(before: string | undefined, after: string): Direction {
  if (before === undefined || before === '') return 'unknown';
  if (before === after) return 'same';
  const [old, next] = [semanticOf(before), semanticOf(after)];
  if (old === undefined || next === undefined) return 'unknown';
  const order = compareVersions(old, next);
  if (order === 0) return 'unknown';
  return order < 0 ? 'forward' : 'rollback';
}

/** Whether the step changes the major version (below 1.0.0 the minor version). */
export function isMajorStep(before: string | undefined, after: string): boolean {
  const [old, next] = [parse(semanticOf(before ?? '')), parse(semanticOf(after))];
  if (old === null || next === null) return false;
  return old.major !== next.major || (next.major === 0 && old.minor !== next.minor);
}

function semanticOf(tag: string): string | undefined {
  return parse(tag.replace(/^v/, ''))?.raw;
}
