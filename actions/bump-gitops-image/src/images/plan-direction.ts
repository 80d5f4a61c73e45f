import parse from 'semver/functions/parse.js';
import { compareVersions } from '#shared/semver/version.ts';

/** Where a change of tags goes. */
export type Direction = 'forward' | 'rollback' | 'same' | 'unknown';

/** Compares two tags that are semantic versions, calendar versions or numbered builds of one scheme; everything else is unknown. */
export function directionOf(before: string | undefined, after: string | undefined): Direction {
  if (before === after) return 'same';
  if (before === undefined || after === undefined) return 'unknown';
  const [old, next] = [semanticOf(before), semanticOf(after)];
  if (old !== undefined && next !== undefined) return fromOrder(compareVersions(old, next));
  const [oldNumbers, nextNumbers] = [numbersOf(before), numbersOf(after)];
  if (oldNumbers === undefined || nextNumbers === undefined || oldNumbers.scheme !== nextNumbers.scheme)
    return 'unknown';
  return fromOrder(compareNumbers(oldNumbers.numbers, nextNumbers.numbers));
}

/** Whether a tag says which release it is: a semantic or calendar version, or a numbered build; `main`, `latest` and commit ids do not. */
export function isVersion(tag: string): boolean {
  return semanticOf(tag) !== undefined || numbersOf(tag) !== undefined;
}

function semanticOf(tag: string): string | undefined {
  return parse(tag.replace(/^v/, ''))?.raw;
}

/** `numbers` of a tag, and its `scheme`: the tag with the numbers left out. Only tags of one scheme can be ordered. */
function numbersOf(tag: string): { scheme: string; numbers: readonly number[] } | undefined {
  // `main-1a2b3c4-1700000000`, the form that Flux's guide recommends: the last number decides.
  const stamped = /^(.*)-[0-9a-f]{7,40}-(\d{10,14})$/.exec(tag);
  if (stamped?.[2] !== undefined) return { scheme: `${stamped[1]}-<sha>-`, numbers: [Number(stamped[2])] };
  // A commit id or a number with a leading zero counts nothing.
  if (/^[0-9a-f]{7,64}$/.test(tag) && (/[a-f]/.test(tag) || tag.startsWith('0') || tag.length >= 20)) return undefined;
  const match = /^([A-Za-z]*[-_.]?)(\d+(?:[._-]\d+)*)((?:[-_.][A-Za-z][A-Za-z0-9_.-]*)?)$/.exec(tag);
  const [, prefix = '', digits = '', suffix = ''] = match ?? [];
  if (digits === '' || digits.length > 40) return undefined;
  const numbers = digits.split(/[._-]/).map(Number);
  return { scheme: `${prefix === 'v' ? '' : prefix}#${suffix}`, numbers };
}

function compareNumbers(a: readonly number[], b: readonly number[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const difference = (a[index] ?? 0) - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function fromOrder(order: number): Direction {
  if (order === 0) return 'unknown';
  return order < 0 ? 'forward' : 'rollback';
}
