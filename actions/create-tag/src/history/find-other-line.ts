import type { GitRef } from '#shared/github/refs.ts';
import { parseTag } from '#shared/semver/version.ts';
import { userError } from '../reasons.ts';
import { versionTags } from './read-tags.ts';

const VERSION_AT_END = /^(.*?)(\d+\.\d+(?:\.\d+.*)?)$/;
// What a team may have counted in before it turned to semantic versions; a date (2024.01, 20240105.1) leads to none.
const TWO_NUMBERS = /^\d{1,3}\.\d{1,9}$/;

/**
 * Refuses to begin a line of versions where `refs`, all tags of the repository, hold one that is the same service's by
 * its name, or the only one. Tags are immutable: a second line would stay for ever. Throws UserError `other-prefix`.
 */
export function refuseSecondLine(refs: readonly GitRef[], prefix: string): void {
  const other = otherLine(refs, prefix);
  if (other === undefined) return;
  const { tag, semantic } = other;
  const which = prefix === '' ? 'no prefix' : `the prefix "${prefix}"`;
  const message = `No tag is a semantic version with ${which}, but ${tag} exists: a second line of versions would begin.`;
  const goOn = 'Set `initial-version` to the version to go on with: no `prefix` makes this tag a semantic version.';
  throw userError('other-prefix', message, semantic ? {} : { remedy: goOn });
}

// The highest tag of that line, and whether it is a semantic version there.
function otherLine(refs: readonly GitRef[], prefix: string): { tag: string; semantic: boolean } | undefined {
  const examples = new Map<string, string>();
  for (const { ref } of refs) {
    const tag = ref.slice('refs/tags/'.length);
    const [, start, version = ''] = VERSION_AT_END.exec(tag) ?? [];
    if (start === undefined || parseTag(tag, prefix) !== undefined) continue;
    if (TWO_NUMBERS.test(version) || parseTag(tag, start) !== undefined) examples.set(start, tag);
  }
  const others = [...examples.keys()];
  const only = serviceOf(prefix) === '' && others.length === 1 ? others[0] : undefined;
  const line = others.find((other) => serviceOf(other) === serviceOf(prefix)) ?? only;
  if (line === undefined) return undefined;
  const highest = versionTags(refs, line)[0];
  return { tag: highest?.tag ?? examples.get(line) ?? '', semantic: highest !== undefined };
}

// `backend/v`, `backend-` and `Backend@` are all the backend's; `v` and no prefix at all are the whole repository's.
function serviceOf(prefix: string): string {
  return prefix.toLowerCase().replace(/(^|[-/@_.]+)v?$/, '');
}
