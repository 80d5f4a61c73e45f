import parse from 'semver/functions/parse.js';
import { compareTags, compareVersions, type TaggedVersion } from '#shared/semver/version.ts';
import { type Bump, higherBump } from '../bump/bump.ts';

/** How a bump turns into a version. */
export interface VersionPolicy {
  /** The version when there is no tag yet. */
  readonly initialVersion: string;
  /** What a breaking change does below 1.0.0. */
  readonly zeroMajor: 'patch' | 'minor' | 'major';
  /** What a feature does below 1.0.0. */
  readonly zeroMinor: 'patch' | 'minor';
  /** The channel of prereleases (`beta`), or `''` for releases. */
  readonly channel: string;
}

/** A version without its prerelease and build parts. */
export type Core = Pick<TaggedVersion, 'major' | 'minor' | 'patch'>;

/** What a bump that was read from commits means for a version below 1.0.0; the bump itself from 1.0.0 on. */
export function effectiveBump(base: Core, bump: Bump, policy: Pick<VersionPolicy, 'zeroMajor' | 'zeroMinor'>): Bump {
  if (base.major > 0) return bump;
  if (bump === 'major') return policy.zeroMajor;
  return bump === 'minor' ? policy.zeroMinor : bump;
}

/** The version after `base`; `bump` is no `none`. A prerelease base is completed or counted on when the bump fits in it. */
export function nextVersion(base: TaggedVersion, bump: Bump, channel: string): string {
  const fitsBase = base.prerelease.length > 0 && higherBump(levelOf(base), bump) === levelOf(base);
  const core = fitsBase ? textOf(base) : textOf(raise(base, bump));
  if (channel === '') return core;
  return `${core}-${(fitsBase ? nextOnChannel(base, channel) : undefined) ?? `${channel}.1`}`;
}

/** The first version of all. */
export function firstVersion({ initialVersion, channel }: VersionPolicy): string {
  const version = parse(initialVersion);
  if (channel === '' || version === null || version.prerelease.length > 0) return initialVersion;
  return `${textOf(version)}-${channel}.1`;
}

/** A version that somebody asked for (`Release-As`), on the channel; undefined when it is none or not above `base`. */
export function requestedVersion(asked: string, base: TaggedVersion | undefined, channel: string): string | undefined {
  const version = parse(asked);
  if (version === null) return undefined;
  const core = textOf(version);
  const next = base !== undefined && core === textOf(base) ? nextOnChannel(base, channel) : undefined;
  const onChannel = channel === '' || version.prerelease.length > 0;
  const wanted = onChannel ? version.version : `${core}-${next ?? `${channel}.1`}`;
  return base !== undefined && compareVersions(wanted, base.version) <= 0 ? undefined : wanted;
}

/** Whether a tag may be the base on this channel: releases always, prereleases of the same channel only. */
export function isBaseOn(version: TaggedVersion, channel: string): boolean {
  return version.prerelease.length === 0 || isOnChannel(version, channel);
}

/** Whether a version is a prerelease of the channel, however it is numbered: `beta`, `beta.1`, `beta1`. */
export function isOnChannel({ prerelease }: TaggedVersion, channel: string): boolean {
  return channel !== '' && numberOn(prerelease, channel) !== undefined;
}

/** Whether `version` may follow `base` although `tags` holds versions that the commit does not contain: above all of them, or below the next one. */
export function fitsBetween(version: string, base: TaggedVersion | undefined, tags: readonly TaggedVersion[]): boolean {
  const above = tags.filter((tag) => base === undefined || compareTags(tag, base) > 0);
  return (
    above.every((tag) => compareVersions(version, tag.version) > 0) ||
    above.every((tag) => compareVersions(version, tag.version) < 0)
  );
}

// The numbering of another tool is kept: `beta` becomes `beta.1`, `rc.0` `rc.1`, `rc01` `rc02`.
function nextOnChannel({ prerelease }: TaggedVersion, channel: string): string | undefined {
  const number = numberOn(prerelease, channel);
  if (number === undefined) return undefined;
  const text = prerelease.join('.');
  if (number === '') return `${text}.1`;
  return `${text.slice(0, -number.length)}${String(Number(number) + 1).padStart(number.length, '0')}`;
}

function numberOn(prerelease: TaggedVersion['prerelease'], channel: string): string | undefined {
  const text = prerelease.join('.');
  const match = text.startsWith(channel) ? /^(?:[.-]?(\d{1,15}))?$/.exec(text.slice(channel.length)) : null;
  return match === null ? undefined : (match[1] ?? '');
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

function textOf({ major, minor, patch }: Core): string {
  return `${major}.${minor}.${patch}`;
}
