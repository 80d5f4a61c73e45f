/** What the person wants of one image: a tag, a digest, or both. */
export interface ImageRequest {
  /** The name without tag and digest, as written. */
  readonly image: string;
  /** Undefined when only the digest changes. */
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** Restricts a bump to some of the places where the image stands; empty lists restrict nothing. */
export interface Selectors {
  readonly kinds: readonly string[];
  readonly namespaces: readonly string[];
  readonly names: readonly string[];
  readonly containers: readonly string[];
  readonly keyPaths: readonly string[];
  /** Flux image policies, `namespace:name` or `name`. */
  readonly policies: readonly string[];
  /** Only where this tag (`tag`, `tag@digest` or `@digest`) stands now; empty for any. */
  readonly from: string;
}

/** Whether a digest is written: where one stands (`keep`), everywhere, or nowhere. */
export type PinDigest = 'keep' | 'always' | 'never';

/** A manifest that was read, exactly as it is. */
export interface SourceFile {
  readonly path: string;
  readonly text: string;
  /** Git's file mode, `100644` or `100755`. */
  readonly mode: string;
  /** It is to be written where nothing stands yet. */
  readonly created?: boolean;
}

/** A tag and digest as they stand at one place. */
export interface Version {
  readonly tag: string | undefined;
  readonly digest: string | undefined;
}

/** `tag`, `tag@digest` or `@digest`; empty text where neither stands. */
export function formatVersion({ tag, digest }: Version): string {
  return `${tag ?? ''}${digest === undefined ? '' : `@${digest}`}`;
}
