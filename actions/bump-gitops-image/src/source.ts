import type { SourceFile } from './image-request.ts';

/** Which manifests a run has to look at. */
export interface Wanted {
  readonly globs: readonly string[];
  /** Texts of which a file has to contain one to be worth parsing; empty for every file. */
  readonly needles: readonly string[];
}

/** A file that is not looked into, and why. */
export interface RefusedFile {
  readonly path: string;
  readonly why: string;
}

/** The manifests that were read. */
export interface ReadFiles {
  readonly files: readonly SourceFile[];
  readonly refused: readonly RefusedFile[];
  /** What a glob matched and was not looked into, because it is too large, binary or a link. */
  readonly skipped: readonly RefusedFile[];
  /** Every readable file, those without any of the texts too; for the names that are near. */
  readonly all: () => readonly SourceFile[];
  readonly surroundings: Surroundings;
}

/** A file that is decoded only when somebody asks. */
export interface RawFile {
  readonly path: string;
  readonly includes: (text: string) => boolean;
  readonly text: () => string;
}

/** What may have the last word over a changed manifest. */
export interface Surroundings {
  /** Kustomizations, files of Helm values, and files with an object of Flux or Argo CD. */
  readonly deciders: readonly RawFile[];
  /** The text of any file that was wanted; undefined where there is none. */
  readonly textOf: (path: string) => string | undefined;
}

/** Whether a file belongs to `deciders`; a look at names and bytes, because thousands of files are asked. */
export function isDecider(path: string, content: { includes: (text: string) => boolean }): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/^(?:kustomization\.ya?ml|Kustomization|values[^/]*\.ya?ml)$/.test(name)) return true;
  return content.includes('toolkit.fluxcd.io') || content.includes('argoproj.io');
}

/** Larger files are no manifests that people edit. */
export const MAX_FILE_BYTES = 1_000_000;

/** Why a larger file is refused. */
export const TOO_LARGE = 'it is larger than 1 MB';

/** Why a link is refused: what is edited has to be where the path says. */
export const LINK = 'it is a symbolic link, or behind one';

/** Why a submodule is refused: its files belong to another repository. */
export const SUBMODULE = 'it is a submodule, or in one';

/** Why a file without text is refused when it is named; a glob leaves it alone. */
export const BINARY = 'it is binary';

/** The file's text when its bytes can be edited without loss; the reason when they cannot. */
export function decodeManifest(bytes: Buffer): { text: string } | { why: string } {
  if (bytes.length > MAX_FILE_BYTES) return { why: TOO_LARGE };
  if (bytes.includes(0)) return { why: BINARY };
  const text = bytes.toString('utf8');
  return Buffer.from(text, 'utf8').equals(bytes) ? { text } : { why: 'it is not valid UTF-8' };
}

/** The surroundings among files whose text is known already. */
export function surroundingsOf(files: readonly SourceFile[]): Surroundings {
  const texts = new Map(files.map(({ path, text }) => [path, text]));
  const deciders = files.filter(({ path, text }) => isDecider(path, text));
  return {
    deciders: deciders.map(({ path, text }) => ({ path, includes: (part) => text.includes(part), text: () => text })),
    textOf: (path) => texts.get(path),
  };
}
