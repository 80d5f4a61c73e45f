import { findImagesWith } from '#shared/manifest/find-images.ts';
import { listScalars } from '#shared/manifest/list-scalars.ts';
import type { Occurrence } from '#shared/manifest/occurrence.ts';
import type { YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { formatVersion, type Version } from '../images/image-request.ts';
import type { Replacement } from './plan-splice.ts';

/** A finished edit of one file, to be proved. */
export interface EditedFile {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  readonly replacements: readonly Replacement[];
  /** What was found before, and what has to stand there now, in the same order. */
  readonly occurrences: readonly Occurrence[];
  readonly expected: readonly Version[];
  readonly keyPaths: readonly string[];
}

/** Proves an edit without trusting the code that made it; gives the first doubt, or undefined when there is none. */
export function findDoubt(yaml: YamlLibrary, file: EditedFile): string | undefined {
  return findTextDoubt(yaml, file) ?? doubtInImages(yaml, file);
}

type EditedText = Pick<EditedFile, 'before' | 'after' | 'replacements'>;

/** The part of the proof that knows nothing of images. */
export function findTextDoubt(yaml: YamlLibrary, edited: EditedText): string | undefined {
  return doubtInBytes(edited) ?? doubtInScalars(yaml, edited);
}

// With the edited ranges masked, both texts are equal.
function doubtInBytes({ before, after, replacements }: EditedText): string | undefined {
  let [old, now] = [0, 0];
  for (const { start, end, text } of replacements) {
    const length = start - old;
    if (length < 0 || before.slice(old, start) !== after.slice(now, now + length))
      return 'text outside of the edits changed';
    if (after.slice(now + length, now + length + text.length) !== text) return 'an edit is not in its place';
    [old, now] = [end, now + length + text.length];
  }
  return before.slice(old) === after.slice(now) ? undefined : 'text outside of the edits changed';
}

// Parsed again, every scalar that no edit touches is what it was, and a value that was set is what was asked for.
function doubtInScalars(yaml: YamlLibrary, { before, after, replacements }: EditedText): string | undefined {
  const [old, now] = [listScalars(yaml, before), listScalars(yaml, after)];
  if (old === undefined || now === undefined) return old === now ? undefined : 'the file is no YAML any more';
  if (old.length !== now.length) return 'the number of values changed';
  const wrong = replacements.find(({ start, value }) => {
    const index = old.findIndex(({ span }) => span.start <= start && start <= span.end);
    return value !== undefined && now[index]?.value !== value;
  });
  if (wrong !== undefined) return `the value would not be ${wrong.value}`;
  const changed = old.findIndex(({ value, span }, index) => {
    const edited = replacements.some(({ start, end }) => start >= span.start && end <= span.end);
    return !edited && value !== now[index]?.value;
  });
  return changed === -1 ? undefined : `another value changed: ${old[changed]?.value}`;
}

// Searched again, exactly the asked-for images changed, to exactly what was asked.
function doubtInImages(
  yaml: YamlLibrary,
  { path, after, replacements, occurrences, expected, keyPaths }: EditedFile,
): string | undefined {
  // A value that was set may look like an image; it is none that anybody asked for.
  const set = placesOf(
    replacements.filter(({ value }) => value !== undefined),
    replacements,
  );
  const all = findImagesWith(yaml, after, path, { keyPaths });
  const now = all.filter(
    ({ slots }) => !set.some(({ start, end }) => slots.some(({ span }) => span.start >= start && span.end <= end)),
  );
  if (now.length !== occurrences.length) return 'the number of images changed';
  const wrong = now.findIndex((occurrence, index) => {
    const wanted = expected[index];
    return (
      occurrence.image !== occurrences[index]?.image ||
      wanted === undefined ||
      formatVersion(occurrence) !== formatVersion(wanted)
    );
  });
  return wrong === -1 ? undefined : `line ${now[wrong]?.line} would hold ${formatVersion(now[wrong] as Occurrence)}`;
}

// Where some of the replacements stand in the new text.
function placesOf(some: readonly Replacement[], all: readonly Replacement[]): { start: number; end: number }[] {
  return some.map(({ start, text }) => {
    const before = all.filter((other) => other.start < start);
    const moved = before.reduce((sum, other) => sum + other.text.length - (other.end - other.start), start);
    return { start: moved, end: moved + text.length };
  });
}
