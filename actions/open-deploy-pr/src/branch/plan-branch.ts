import { isSameImageName } from '#shared/image/reference.ts';
import type { Occurrence } from '#shared/manifest/occurrence.ts';
import type { LineChange } from '../facts/deploy-facts.ts';
import type { ChangeHint } from './parse-changes.ts';

/** A file that the deploy branch changes, as base and branch have it; a text is undefined where it could not be read or does not exist. */
export interface ChangedFile {
  readonly path: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** What the manifests say about the image on one side. */
export interface ImageState {
  readonly tags: readonly string[];
  readonly digests: readonly string[];
}

/** The tags and digests of `image` among the occurrences, each once. */
export function imageStateOf(occurrences: readonly Occurrence[], image: string): ImageState {
  const own = occurrences.filter((occurrence) =>
    [occurrence.image, occurrence.alias].some((name) => name !== undefined && isSameImageName(name, image)),
  );
  return { tags: once(own.map(({ tag }) => tag)), digests: once(own.map(({ digest }) => digest)) };
}

/** The lines that differ, for files that kept their number of lines; the others are named as unseen. */
export function planDiff(files: readonly ChangedFile[]): { diff: LineChange[]; unseenFiles: string[] } {
  const diff: LineChange[] = [];
  const unseenFiles: string[] = [];
  for (const { path, before, after } of files) {
    const [old, now] = [before?.split('\n'), after?.split('\n')];
    if (old === undefined || now === undefined || old.length !== now.length) {
      unseenFiles.push(path);
      continue;
    }
    for (const [index, text] of now.entries()) {
      if (text !== old[index]) diff.push({ file: path, line: index + 1, old: old[index] ?? '', new: text });
    }
  }
  return { diff, unseenFiles };
}

/** Whether the hints of bump-gitops-image point to changed lines that hold `version`; for manifests whose style is not known here. */
export function confirmHints(hints: readonly ChangeHint[], diff: readonly LineChange[], version: string): boolean {
  // `1.1.0` is neither in 11.1.0 nor in 1.1.0-rc.1.
  const whole = new RegExp(`(?<![\\w.])${version.replaceAll('.', '\\.')}(?![\\w-]|\\.\\w)`);
  return hints.some((hint) =>
    diff.some(({ file, line, new: text }) => file === hint.file && line === hint.line && whole.test(text)),
  );
}

/** Whether the branch changes nothing but settings that bump-gitops-image was asked for, so that the version stays. */
export function changesSettingsAlone(
  hints: readonly ChangeHint[],
  { diff, unseenFiles }: { diff: readonly LineChange[]; unseenFiles: readonly string[] },
): boolean {
  const isSetting = ({ file, line }: LineChange) =>
    hints.some((hint) => hint.isSetting && hint.file === file && hint.line === line);
  return unseenFiles.length === 0 && diff.length > 0 && diff.every(isSetting);
}

/** Each text once, in order. */
export function once(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text): text is string => text !== undefined && text !== ''))];
}
