import { positionOf } from '#shared/manifest/find-images.ts';
import { findMentions } from '#shared/manifest/find-mentions.ts';
import type { YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { findTextDoubt } from '../edits/plan-proof.ts';
import { splice } from '../edits/plan-splice.ts';
import type { FileChange, Problem } from '../images/change.ts';
import type { SourceFile } from '../images/image-request.ts';
import type { BumpPlan } from '../plan-bump.ts';
import type { Unrecognised } from '../refusals/plan-missing.ts';
import type { ReadFiles } from '../repository/source.ts';
import { planRenaming, type Renaming, renameIn } from './replace-names.ts';

/** A folder whose manifests are to be copied, and where to. */
export interface Creation extends Renaming {
  readonly source: string;
  readonly target: string;
}

/** The copies, before any image or setting in them changes. */
export interface Copies {
  readonly files: readonly SourceFile[];
  readonly problems: readonly Problem[];
}

/** Copies every file of the source folder with the names replaced; pure. */
export function planCopies(yaml: YamlLibrary, read: ReadFiles, creation: Creation): Copies {
  const { source, target } = creation;
  const unreadable = read.skipped
    .filter(({ path }) => path.startsWith(`${source}/`))
    .map(({ path, why }) => problem(path, 1, `it cannot be copied: ${why}`));
  const copies = read.files
    .filter(({ path }) => path.startsWith(`${source}/`))
    .map((file) => copyFile(yaml, file, creation))
    .sort((a, b) => (a.file.path < b.file.path ? -1 : 1));
  const empty =
    copies.length + unreadable.length > 0 ? [] : [problem(source, 1, 'there is no file in this folder to copy')];
  const files = copies.map(({ file }) => file);
  const twice = files
    .filter(({ path }, index) => files.findIndex((other) => other.path === path) < index)
    .map(({ path }) => problem(path, 1, `two files of ${source} get this name in ${target}`));
  return { files, problems: [...unreadable, ...empty, ...twice, ...copies.flatMap((copy) => copy.problems)] };
}

function copyFile(yaml: YamlLibrary, file: SourceFile, creation: Creation): { file: SourceFile; problems: Problem[] } {
  const { path, text: before } = file;
  const { replacements, problems } = planRenaming(yaml, before, creation);
  const after = splice(before, replacements);
  const doubt = findTextDoubt(yaml, { before, after, replacements });
  const inside = path.slice(creation.source.length + 1).split('/');
  const copied = [creation.target, ...inside.map((part) => renameIn(part, creation))].join('/');
  const told = problems.map(({ at, problem: words }) => problem(path, positionOf(before, at).line, words));
  if (doubt !== undefined)
    told.push({ ...problem(path, 1, `the copy could not be proved: ${doubt}`), code: 'proof-failed' });
  return { file: { path: copied, text: after, mode: file.mode, created: true }, problems: told };
}

/** The plan with each copy that is not there yet as a new file; what is there with other content is a problem. */
export function addCopies(plan: BumpPlan, copies: Copies, existing: ReadFiles): BumpPlan {
  const edited = new Map(plan.files.map(({ file, after }) => [file, after]));
  const there = new Map(existing.files.map(({ path, text }) => [path, text]));
  const unread = new Set(existing.skipped.map(({ path }) => path));
  const wanted = copies.files.map((file): FileChange => ({ file, after: edited.get(file) ?? file.text }));
  const taken = wanted.filter(({ file, after }) => unread.has(file.path) || (there.get(file.path) ?? after) !== after);
  const fresh = wanted.filter(({ file }) => !there.has(file.path));
  const names = new Set(fresh.map(({ file }) => file.path));
  const created = fresh.map(({ file }) => ({
    ...{ file: file.path, line: 1, column: 1, object: '', container: '', style: 'created', image: '', keyPath: '' },
    ...{ old: '', new: file.path, oldTag: '', direction: 'unknown' as const },
  }));
  const blocking = [...there.keys(), ...unread].filter((path) =>
    wanted.some(({ file }) => file.path.startsWith(`${path}/`)),
  );
  const conflicts = [
    ...taken.map(({ file }) => problem(file.path, 1, 'it exists already, with other content than the copy')),
    ...blocking.map((path) => problem(path, 1, 'no folder stands here, but a file, link or submodule')),
  ].map((each) => ({ ...each, code: 'file-exists' as const }));
  return {
    files: fresh,
    changes: [...created, ...plan.changes.filter(({ file }) => names.has(file))],
    problems: [...plan.problems, ...conflicts],
  };
}

/** Where the old names stand in the copies all the same: in comments, keys, scripts and longer words. */
export function remainingNames(files: readonly FileChange[], { names }: Creation): Unrecognised[] {
  return files.flatMap(({ file, after }) =>
    names.flatMap(({ old }) => findMentions(after, old, []).map(({ line }) => ({ file: file.path, line, image: old }))),
  );
}

function problem(file: string, line: number, message: string): Problem {
  return { code: 'cannot-edit', file, line, message };
}
