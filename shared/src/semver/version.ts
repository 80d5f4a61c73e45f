import SemVer from 'semver/classes/semver.js';
import compareBuild from 'semver/functions/compare-build.js';
import parse from 'semver/functions/parse.js';

/** A version as a tag spells it: `prefix` + semantic version. https://semver.org */
export interface TaggedVersion {
  readonly tag: string;
  /** The version without the prefix, `1.2.3-rc.1`. */
  readonly version: string;
  readonly major: number;
  readonly minor: number;
  readonly patch: number;
  readonly prerelease: readonly (string | number)[];
}

// GitHub refuses refs of more than 255 bytes, with refs/tags/: https://github.com/desktop/desktop/issues/819
const MAX_TAG_BYTES = 245;

/** Reads a tag such as `v1.2.3` or `thoughts-backend/v1.2.3`; undefined when it does not start with `prefix` or is no strict semantic version. */
export function parseTag(tag: string, prefix: string): TaggedVersion | undefined {
  if (!tag.startsWith(prefix) || Buffer.byteLength(tag) > MAX_TAG_BYTES) return undefined;
  const rest = tag.slice(prefix.length);
  // npm's parser also takes a leading `v`, `=` or spaces, which here would be another prefix.
  if (!/^\d/.test(rest) || rest.trimEnd() !== rest) return undefined;
  const version = parse(rest);
  if (version === null) return undefined;
  const { major, minor, patch, prerelease } = version;
  return { tag, version: version.raw, major, minor, patch, prerelease };
}

/** The version without its build metadata, which does not tell versions apart: https://semver.org/#spec-item-10 */
export function withoutBuild(version: string): string {
  return version.split('+', 1)[0] ?? version;
}

/**
 * Orders two semantic versions, lowest first; both must be valid. By precedence, except that digits at the end of a
 * prerelease's word count as a number, as those who write `rc9` and `rc10` mean it; build metadata breaks ties.
 */
export function compareVersions(a: string, b: string): number {
  const [one, other] = [new SemVer(a), new SemVer(b)];
  return one.compareMain(other) || comparePrereleases(one.prerelease, other.prerelease) || compareBuild(one, other);
}

/** Orders tags as `compareVersions` does their versions, without parsing them again: thousands are sorted. */
export function compareTags(a: TaggedVersion, b: TaggedVersion): number {
  const core = a.major - b.major || a.minor - b.minor || a.patch - b.patch;
  return core || comparePrereleases(a.prerelease, b.prerelease) || compareBuild(a.version, b.version);
}

// https://semver.org/#spec-item-11
function comparePrereleases(a: TaggedVersion['prerelease'], b: TaggedVersion['prerelease']): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, one] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = one === other ? 0 : compareIdentifiers(one, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareIdentifiers(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  const [[word, number], [otherWord, otherNumber]] = [wordAndNumber(String(a)), wordAndNumber(String(b))];
  if (word !== otherWord) return word < otherWord ? -1 : 1;
  if (number === otherNumber) return 0;
  return number < otherNumber ? -1 : 1;
}

// A number alone has the empty word, which is before all others. Its digits may be too many for a JavaScript number, as in a time stamp with milliseconds.
function wordAndNumber(identifier: string): [string, bigint] {
  const word = identifier.replace(/\d+$/, '');
  return [word, word === identifier ? -1n : BigInt(identifier.slice(word.length))];
}
