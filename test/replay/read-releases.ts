import { parseTag } from '#shared/semver/version.ts';
import { type Problem, readJsonLines } from './read-lines.ts';

/** One release of a real repository: what it held and the version that it got. */
export interface Release {
  /** The line that says so, `file:line`. */
  readonly where: string;
  readonly repository: string;
  readonly prefix: string;
  /** The version before; `''` for the first. */
  readonly previous: string;
  readonly released: string;
  /** Newest first. */
  readonly commits: readonly { readonly sha: string; readonly message: string }[];
}

/** The releases of a file and what of it cannot be used. */
export interface ReadReleases {
  readonly releases: readonly Release[];
  readonly badLines: readonly Problem[];
  /** How many lines say what an earlier one said. */
  readonly repeated: number;
  /** Why not the whole file was read. */
  readonly unread: Problem | undefined;
}

/** Reads a file of releases. Never throws: what cannot be used is in the result, with every reason. */
export async function readReleases(file: string): Promise<ReadReleases> {
  const { lines, badLines, unread } = await readJsonLines(file);
  const bad = [...badLines];
  const byTag = new Map<string, Release>();
  let repeated = 0;
  for (const { where, value } of lines) {
    const problems = problemsOf(value);
    if (problems.length > 0) {
      bad.push({ where, reason: problems.join('; ') });
      continue;
    }
    const release = { ...normalized(value as Release), where };
    const strange = strangeVersions(release);
    const earlier = byTag.get(keyOf(release, release.released));
    if (strange.length > 0) bad.push({ where, reason: strange.join('; ') });
    else if (earlier === undefined) byTag.set(keyOf(release, release.released), release);
    else if (textOf(earlier) === textOf(release)) repeated += 1;
    else bad.push({ where, reason: `${earlier.where} gives another release of ${release.prefix}${release.released}` });
  }
  return { releases: [...byTag.values()], badLines: bad, repeated, unread };
}

/**
 * The releases with each after the one that it follows, in the order of the file otherwise, which may be oldest or newest
 * first: so that a release meets the tags that existed when it was made.
 */
export function inOrder(releases: readonly Release[]): Release[] {
  const position = new Map(releases.map((release, index) => [keyOf(release, release.released), index]));
  const parentOf = (release: Release) => position.get(keyOf(release, release.previous));
  const later = releases.filter((release, index) => (parentOf(release) ?? index) > index).length;
  const linked = releases.filter((release, index) => (parentOf(release) ?? index) !== index).length;
  const ordered = new Set<Release>();
  for (const release of 2 * later > linked ? [...releases].reverse() : releases) {
    const line: Release[] = [];
    for (let next: Release | undefined = release; next !== undefined && !ordered.has(next) && !line.includes(next); ) {
      line.push(next);
      next = releases[parentOf(next) ?? -1];
    }
    for (const found of line.reverse()) ordered.add(found);
  }
  return [...ordered];
}

/** What stands for one version of one line of versions. */
export function keyOf({ repository, prefix }: Pick<Release, 'repository' | 'prefix'>, version: string): string {
  return `${repository} ${prefix} ${version}`;
}

function problemsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return ['this is no object'];
  const row = value as Readonly<Record<string, unknown>>;
  const problems = (['repository', 'prefix', 'released'] as const)
    .filter((name) => typeof row[name] !== 'string' || (row[name] === '' && name !== 'prefix'))
    .map((name) => `"${name}" is missing`);
  // Nothing stands before the first version.
  if (typeof (row['previous'] ?? '') !== 'string') problems.push('"previous" is no text');
  if (!Array.isArray(row['commits'])) return [...problems, '"commits" is no list'];
  for (const [index, commit] of (row['commits'] as unknown[]).entries()) {
    const { sha, message } = (commit ?? {}) as Readonly<Record<string, unknown>>;
    if (typeof sha !== 'string' || sha === '') problems.push(`"sha" of commit ${index + 1} is missing`);
    if (typeof message !== 'string') problems.push(`"message" of commit ${index + 1} is missing`);
  }
  return problems;
}

// Some histories give whole tags, and nothing before the first.
function normalized(release: Release): Release {
  const version = (text: string | null) =>
    (text?.startsWith(release.prefix) ? text.slice(release.prefix.length) : (text ?? '')).replace(/^v(?=\d)/, '');
  return { ...release, previous: version(release.previous), released: version(release.released) };
}

function strangeVersions({ previous, released }: Release): string[] {
  const strange = [released, previous]
    .filter((text, index) => parseTag(text, '') === undefined && (text !== '' || index === 0))
    .map((text) => `"${text}" is no semantic version`);
  if (previous === released) strange.push('"previous" and "released" are the same version');
  return strange;
}

function textOf({ previous, commits }: Release): string {
  return JSON.stringify([previous, commits.map(({ message }) => message)]);
}
