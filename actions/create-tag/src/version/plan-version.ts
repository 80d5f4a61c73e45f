import parse from 'semver/functions/parse.js';
import { compareVersions, parseTag, type TaggedVersion } from '#shared/semver/version.ts';
import { type Bump, higherBump } from '../bump/bump.ts';
import { userError } from '../reasons.ts';
import { firstOnChannel, isOnChannel, nextOnChannel } from './plan-channel.ts';

/** A version without its prerelease and build parts. */
export type Core = Pick<TaggedVersion, 'major' | 'minor' | 'patch'>;

/** What decides how a version is spelt: its channel (`''` for releases) and every tag that is known, highest first. */
export interface Line {
  readonly channel: string;
  readonly tags: readonly TaggedVersion[];
}

/** What a bump that was read from commits means for a version below 1.0.0; the bump itself from 1.0.0 on. */
export function effectiveBump(
  base: Core,
  bump: Bump,
  zero: { readonly zeroMajor: 'patch' | 'minor' | 'major'; readonly zeroMinor: 'patch' | 'minor' },
): Bump {
  if (base.major > 0) return bump;
  if (bump === 'major') return zero.zeroMajor;
  return bump === 'minor' ? zero.zeroMinor : bump;
}

/** The version after `base`; `bump` is no `none`. A prerelease base is completed or counted on when the bump fits in it. */
export function nextVersion(base: TaggedVersion, bump: Bump, line: Line): string {
  const fitsBase = base.prerelease.length > 0 && higherBump(levelOf(base), bump) === levelOf(base);
  return spell(fitsBase ? base : raise(base, bump), base, line);
}

/** The first version of all. On a channel the prerelease of another is replaced. */
export function firstVersion(initialVersion: string, line: Line): string {
  const version = parse(initialVersion);
  const fits = version === null || line.channel === '' || isOnChannel(version, line.channel);
  return fits ? initialVersion : spell(version, undefined, line);
}

/**
 * A version that somebody asked for (`Release-As`), or why it cannot be had. A prerelease of another channel means its
 * release, and on a channel a release means its next prerelease, so that each channel has a version of its own.
 */
export function requestedVersion(
  asked: string,
  base: TaggedVersion | undefined,
  line: Line,
): { version: string } | { refused: string } {
  // npm's parser also takes another `v`, or `=`.
  const version = /^\d/.test(asked) ? parse(asked) : null;
  if (version === null) return { refused: 'is no semantic version' };
  const wanted = isOnChannel(version, line.channel) ? version.version : spell(version, base, line);
  if (base !== undefined && compareVersions(wanted, base.version) <= 0) return { refused: `is not above ${base.tag}` };
  return { version: wanted };
}

/** A version as a release, `1.3.0` of 1.3.0-rc.1. */
export function releaseOf({ major, minor, patch }: Core): string {
  return `${major}.${minor}.${patch}`;
}

/** A version with the tag that spells it. Throws UserError `no-valid-tag` where it is longer or has larger numbers than a version tag may. */
export function taggedVersion(version: string, prefix: string): TaggedVersion {
  const parsed = parseTag(`${prefix}${version}`, prefix);
  if (parsed !== undefined) return parsed;
  const shown = version.length > 60 ? `${version.slice(0, 60)}…` : version;
  const message = `The version would be ${shown}, which makes no valid tag.`;
  throw userError('no-valid-tag', message);
}

function spell(core: Core, base: TaggedVersion | undefined, { channel, tags }: Line): string {
  const release = taggedVersion(releaseOf(core), '').version;
  if (channel === '') return release;
  const counted = base !== undefined && releaseOf(base) === release ? nextOnChannel(base, channel) : undefined;
  return `${release}-${counted ?? firstOnChannel(channel, tags)}`;
}

// What a prerelease will have done once it is released: 2.0.0-beta.1 is a major step, 1.3.0-beta.1 a minor one.
function levelOf({ minor, patch }: Core): Bump {
  if (patch !== 0) return 'patch';
  return minor === 0 ? 'major' : 'minor';
}

function raise({ major, minor, patch }: Core, bump: Bump): Core {
  if (bump === 'major') return { major: major + 1, minor: 0, patch: 0 };
  if (bump === 'minor') return { major, minor: minor + 1, patch: 0 };
  return { major, minor, patch: patch + 1 };
}
