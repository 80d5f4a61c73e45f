import type { SourceFile } from '../images/image-request.ts';

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
  readonly deciders: () => readonly RawFile[];
  /** The text of a file; undefined where there is none, or it was neither wanted nor near. */
  readonly textOf: (path: string) => string | undefined;
}

/** Whether a file is a kustomization by its name. */
export function isKustomization(path: string): boolean {
  return /(?:^|\/)(?:kustomization\.ya?ml|Kustomization)$/.test(path);
}

/** Whether a file is a kustomization, Helm values or a chart's definition by its name; read also outside of `files` where that costs nothing. */
export function mayDecide(path: string): boolean {
  return isKustomization(path) || /(?:^|\/)(?:values[^/]*\.ya?ml|Chart\.yaml)$/.test(path);
}

/** Whether a file belongs to `deciders`; a look at its name and text, because thousands of files are asked. */
export function isDecider(path: string, text: string): boolean {
  return mayDecide(path) || /toolkit\.fluxcd\.io|argoproj\.io/.test(text);
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
  const deciders = files
    .filter(({ path, text }) => isDecider(path, text))
    .map(({ path, text }) => ({ path, includes: (part: string) => text.includes(part), text: () => text }));
  return {
    deciders: () => deciders,
    textOf: (path) => texts.get(path),
  };
}
