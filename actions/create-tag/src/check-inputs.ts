import { badInput } from '#shared/inputs.ts';
import type { Inputs } from './inputs.ts';
import type { Target } from './resolve-target.ts';
import { isOnChannel } from './version/plan-channel.ts';
import { taggedVersion } from './version/plan-version.ts';

/** Makes sure that the inputs go together, before anything is read. Throws one UserError `bad-input` that lists all that do not. */
export function checkInputs(inputs: Inputs, { sha, repository }: Target): void {
  const problems = [
    ...(sha === '' ? [`sha: missing; the event names no commit of ${repository}`] : []),
    ...problemsOfVersion(inputs),
    ...problemsOfComponents(inputs),
    ...problemsOfNotes(inputs),
  ];
  if (problems.length > 0) throw badInput(problems);
}

function problemsOfVersion({ version, bump, prerelease }: Inputs): string[] {
  if (version === '') return [];
  const onChannel = prerelease === '' || isOnChannel(taggedVersion(version, ''), prerelease);
  return [
    ...(bump === 'auto' ? [] : [`bump: not together with version, which says ${version} already`]),
    ...(onChannel ? [] : [`version: not together with prerelease, as ${version} is no prerelease of ${prerelease}`]),
  ];
}

function problemsOfComponents({ components, paths, prefix, version, makeLatest, notes }: Inputs): string[] {
  if (components.length === 0) return [];
  const prefixes = components.map((component) => component.prefix);
  const twice = prefixes.filter((name, index) => prefixes.indexOf(name) < index);
  return [
    ...(prefix === 'v' ? [] : ['prefix: not together with components, whose lines name the prefixes']),
    ...(paths.length === 0 ? [] : ['paths: not together with components, whose lines name the paths']),
    ...(version === '' ? [] : ['version: not together with components, each has its own']),
    ...(makeLatest === 'true' ? ['make-latest: not true with components, only one release can be the latest'] : []),
    ...(notes === 'file' ? ['notes: file cannot be used with components, each has its own changes'] : []),
    ...[...new Set(twice)].map((name) => `components: two of them have the same prefix "${name}"`),
  ];
}

function problemsOfNotes({ notes, notesFile, components, paths, excludePaths }: Inputs): string[] {
  const partial = components.length + paths.length + excludePaths.length > 0;
  return [
    ...(notes === 'generated' && partial
      ? ['notes: generated cannot be used with paths or components, GitHub would list the commits of all']
      : []),
    ...(notes === 'file' && notesFile === '' ? ['notes-file: missing; `notes: file` needs the path of a file'] : []),
    ...(notes !== 'file' && notesFile !== '' ? ['notes-file: only with `notes: file`'] : []),
  ];
}
