import { UserError } from '#shared/errors.ts';
import type { GitRef } from '#shared/github/refs.ts';
import { parseTag } from '#shared/semver/version.ts';
import { reasons } from '../reasons.ts';
import { versionTags } from './read-tags.ts';

const VERSION_AT_END = /^(.*?)(\d+\.\d+(?:\.\d+.*)?)$/;
// What a team may have counted in before it turned to semantic versions.
const TWO_NUMBERS = /^\d{1,9}\.\d{1,9}$/;

/**
 * Refuses to begin a line of versions where `refs`, all tags of the repository, hold one that is the same service's by
 * its name, or the only one. Tags are immutable: a second line would stay for ever. Throws UserError `other-prefix`.
 */
export function refuseSecondLine(refs: readonly GitRef[], prefix: string): void {
  const tag = otherLine(refs, prefix);
  if (tag === undefined) return;
  const which = prefix === '' ? 'no prefix' : `the prefix "${prefix}"`;
  const message = `No tag is a semantic version with ${which}, but ${tag} exists: a second line of versions would begin.`;
  throw new UserError('other-prefix', message, { remedy: reasons['other-prefix'].remedy });
}

// The highest tag of that line.
function otherLine(refs: readonly GitRef[], prefix: string): string | undefined {
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
  return line === undefined ? undefined : (versionTags(refs, line)[0]?.tag ?? examples.get(line));
}

// `backend/v`, `backend-` and `Backend@` are all the backend's; `v` and no prefix at all are the whole repository's.
function serviceOf(prefix: string): string {
  return prefix.toLowerCase().replace(/(^|[-/@_.]+)v?$/, '');
}
