import parse from 'semver/functions/parse.js';
import { NotAllowed } from '#shared/inputs.ts';
import { compareTags, type TaggedVersion } from '#shared/semver/version.ts';

type Prerelease = Pick<TaggedVersion, 'prerelease'>;

/** Reads the input `prerelease`: a name, to which the first number may be added (`rc.0`), or `0` for numbers alone. Throws NotAllowed for what no prerelease may begin with (https://semver.org/#spec-item-9). */
export function parseChannel(value: string): string {
  const valid = value.length <= 30 && parse(`1.0.0-${value}`)?.build.length === 0;
  if (value === '' || value === '0' || (valid && /[A-Za-z]/.test(nameOf(value)))) return value;
  throw new NotAllowed(
    'a channel such as beta, rc or next.beta, with its first number such as rc.0, or 0 for numbers alone',
  );
}

/** The channel that a version names itself: `rc` of 1.3.0-rc.1, `0` of 1.3.0-1, `''` of a release. */
export function channelOf(version: string): string {
  const { prerelease = [] } = parse(version) ?? {};
  return prerelease.length === 0 ? '' : prerelease.join('.').replace(/(?:[.-]?\d+(?!\d))+$/, '') || '0';
}

/** Whether a version is a prerelease of the channel, however it is numbered: `beta`, `beta.1`, `beta01`, `beta2023.1`. */
export function isOnChannel(version: Prerelease, channel: string): boolean {
  return numberOn(version, channel) !== undefined;
}

/** Whether a tag may be the base on this channel: releases always, prereleases of the same channel only. */
export function isBaseOn(version: TaggedVersion, channel: string): boolean {
  return version.prerelease.length === 0 || isOnChannel(version, channel);
}

/** The tags that may be a base on the channel, in the order given; for a release prereleases only where no release exists. */
export function tagsOnChannel<T extends TaggedVersion>(tags: readonly T[], channel: string): readonly T[] {
  const found = tags.filter((tag) => isBaseOn(tag, channel));
  return found.length === 0 && channel === '' ? tags : found;
}

/** The tags that may have been the base of a tag when it was made, in the order given; `known` are highest first. */
export function basesOf<T extends TaggedVersion>(tag: TaggedVersion, known: readonly T[]): readonly T[] {
  const lower = known.filter((other) => compareTags(other, tag) < 0);
  return tagsOnChannel(lower, channelOf(tag.version));
}

/** The prerelease after that of the version, numbered as it is: `beta.1` after `beta`, `rc02` after `rc01`. Undefined where it is not of the channel. */
export function nextOnChannel(version: Prerelease, channel: string): string | undefined {
  const found = numberOn(version, channel);
  if (found === undefined) return undefined;
  const { stem, number } = found;
  return number === '' ? `${stem}.1` : `${stem}${String(Number(number) + 1).padStart(number.length, '0')}`;
}

/** The prerelease with which a channel starts to count towards a version: the one it names, or as it did towards the last version, else `rc.1`. `tags` are highest first. */
export function firstOnChannel(channel: string, tags: readonly TaggedVersion[]): string {
  if (nameOf(channel) !== channel) return channel;
  const last = tags.find((tag) => isOnChannel(tag, channel));
  const first = tags.findLast((tag) => {
    const { major, minor, patch } = tag;
    return major === last?.major && minor === last.minor && patch === last.patch && isOnChannel(tag, channel);
  });
  const found = first === undefined ? undefined : numberOn(first, channel);
  if (found === undefined) return `${channel}.1`;
  const { stem, number } = found;
  if (number === '') return stem;
  // The lowest that is known need not be the first there was.
  const start = Number(number) === 0 ? '0' : '1';
  return `${stem}${number.startsWith('0') ? start.padStart(number.length, '0') : start}`;
}

// The counter is the last group of digits behind the name: 2 in `beta2`, 1 in `beta2023.1`. A name that ends in a digit
// is not the beginning of a longer number: `beta20` is not on the channel `beta2`.
function numberOn({ prerelease }: Prerelease, channel: string): { stem: string; number: string } | undefined {
  const text = prerelease.join('.');
  const name = nameOf(channel);
  if (channel === '' || text === '' || !text.startsWith(name)) return undefined;
  const rest = text.slice(name.length);
  if (!/^(?:[.-]?\d{1,15}(?!\d))*$/.test(rest) || /\d\d/.test(name.slice(-1) + rest.slice(0, 1))) return undefined;
  const number = /\d*$/.exec(rest)?.[0] ?? '';
  return { stem: text.slice(0, text.length - number.length), number };
}

// Without the first number: `rc` of `rc.0`, nothing of `0`.
function nameOf(channel: string): string {
  return channel.replace(/(?:^|\.)\d+$/, '');
}
