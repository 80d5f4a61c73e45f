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

const MAX_TAG_LENGTH = 256;

/** Reads a tag such as `v1.2.3` or `thoughts-backend/v1.2.3`; undefined when it does not start with `prefix` or is no strict semantic version. */
export function parseTag(tag: string, prefix: string): TaggedVersion | undefined {
  if (!tag.startsWith(prefix) || tag.length > MAX_TAG_LENGTH) return undefined;
  const rest = tag.slice(prefix.length);
  // npm's parser also takes a leading `v`, `=` or spaces, which here would be another prefix.
  if (!/^\d/.test(rest) || rest.trimEnd() !== rest) return undefined;
  const version = parse(rest);
  if (version === null) return undefined;
  const { major, minor, patch, prerelease } = version;
  return { tag, version: version.raw, major, minor, patch, prerelease };
}

/**
 * Orders two semantic versions, lowest first; both must be valid. By precedence, except that digits at the end of a
 * prerelease's word count as a number, as those who write `rc9` and `rc10` mean it; build metadata breaks ties.
 */
export function compareVersions(a: string, b: string): number {
  return compareBuild(withNumbers(a), withNumbers(b)) || compareBuild(a, b);
}

/** The version without its build metadata, which does not tell versions apart: https://semver.org/#spec-item-10 */
export function withoutBuild(version: string): string {
  return version.split('+', 1)[0] ?? version;
}

// `1.0.0-rc09` becomes `1.0.0-rc.9`.
function withNumbers(version: string): string {
  return version.replace(/(?<=-[^+]*[A-Za-z-])0*(\d{1,15})(?=[.+]|$)/g, '.$1');
}

/** Orders tags as `compareVersions` does their versions, without parsing again what differs in a number: thousands are sorted. */
export function compareTags(a: TaggedVersion, b: TaggedVersion): number {
  return a.major - b.major || a.minor - b.minor || a.patch - b.patch || compareVersions(a.version, b.version);
}
