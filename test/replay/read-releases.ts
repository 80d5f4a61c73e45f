import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

/** One release of a real repository: what it held and the version that it got. */
export interface Release {
  readonly repository: string;
  readonly prefix: string;
  /** The version before; `''` for the first. */
  readonly previous: string;
  readonly released: string;
  /** Newest first. */
  readonly commits: readonly { readonly sha: string; readonly message: string }[];
}

/** Reads a file of JSON lines, gzip (by its first bytes) or plain. */
export async function readReleases(file: string): Promise<Release[]> {
  const raw = createReadStream(file);
  const input = (await isGzip(file)) ? raw.pipe(createGunzip()) : raw;
  const releases: Release[] = [];
  for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
    if (line.trim() !== '') releases.push(normalized(JSON.parse(line) as Release));
  }
  return releases;
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

// Some histories give whole tags, and nothing before the first.
function normalized(release: Release): Release {
  const { prefix, previous, released } = release;
  const version = (text: string | null) => (text?.startsWith(prefix) ? text.slice(prefix.length) : (text ?? ''));
  return { ...release, previous: version(previous), released: version(released) };
}

function keyOf({ repository, prefix }: Release, version: string): string {
  return `${repository} ${prefix} ${version}`;
}

async function isGzip(file: string): Promise<boolean> {
  for await (const chunk of createReadStream(file, { end: 1 })) return (chunk as Buffer).toString('hex') === '1f8b';
  return false;
}
