import type { Occurrence } from '#shared/manifest/occurrence.ts';
import type { ImageRequest, SourceFile } from './image-request.ts';
import type { Direction } from './plan-direction.ts';

/** A manifest and the images in it. */
export interface ScannedFile {
  readonly file: SourceFile;
  readonly occurrences: readonly Occurrence[];
}

/** A place that a request means. */
export interface Target {
  readonly request: ImageRequest;
  readonly file: SourceFile;
  readonly occurrence: Occurrence;
}

/** One place that changes, as the output `changes` shows it. */
export interface Change {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly object: string;
  readonly container: string;
  /** How the image is written, by the table of styles; `setting` for a value of `set`, `created` for a new file. */
  readonly style: string;
  /** Empty for a setting. */
  readonly image: string;
  readonly keyPath: string;
  readonly old: string;
  readonly new: string;
  readonly oldTag: string;
  readonly direction: Direction;
}

/** A file's new text. */
export interface FileChange {
  readonly file: SourceFile;
  readonly after: string;
}

/** Something that forbids an edit, and where. */
export interface Problem {
  readonly code: 'cannot-edit' | 'shared-anchor' | 'proof-failed' | 'image-setting' | 'file-exists';
  readonly file: string;
  readonly line: number;
  readonly message: string;
}
