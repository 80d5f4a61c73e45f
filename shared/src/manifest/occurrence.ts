import type { Keys } from './key-path.ts';

/** A half-open range of UTF-16 offsets into a file's text. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How a scalar is written; only these decide which characters it may hold. */
export type Quote = 'plain' | 'single' | 'double' | 'block';

/** One place of an occurrence that a bump may overwrite. */
export interface Slot {
  /**
   * `suffix` is the `[:tag][@digest]` behind a name in the same scalar, `tag` a scalar that is `tag[@digest]`,
   * `digest` a scalar that is a digest or empty, `digest-hex` one that is a digest without `sha256:`.
   */
  readonly part: 'suffix' | 'tag' | 'digest' | 'digest-hex';
  /** Inside the quotes; empty where a name has no tag yet. */
  readonly span: Span;
  readonly quote: Quote;
  /** The scalar's anchor, and how many places of the document take their value from it. */
  readonly anchor?: { readonly name: string; readonly places: number };
  /** Where a merge key brings the scalar beside a name from elsewhere: how many places take it, by merge keys and otherwise. */
  readonly merged?: number;
  /** Why it cannot be spliced (escape sequences, a scalar over several lines). */
  readonly locked?: string;
}

/** Where a digest goes that comes to a tag: `behind` it, into a key of its own (`own-key`), or `nowhere` because only a tag is read here. */
export type DigestPlace = 'behind' | 'own-key' | 'nowhere';

/** The Kubernetes object around an occurrence; empty text where the manifest says nothing. */
export interface ObjectFacts {
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
}

/** One place of a manifest where an image stands. */
export interface Occurrence {
  /** The file, as it was given. */
  readonly path: string;
  /** A name of the table of styles, `container`, `kustomize-images`, ... */
  readonly style: string;
  /** The name as written, registry joined (`ghcr.io/acme/api`); empty where the manifest has a tag without a name. */
  readonly image: string;
  /** The name that the manifest replaces by `image` (kustomize `newName`); undefined where there is none. */
  readonly alias?: string;
  readonly tag: string | undefined;
  /** `sha256:...` */
  readonly digest: string | undefined;
  readonly slots: readonly Slot[];
  readonly digestPlace: DigestPlace;
  /** Where the name stands; undefined where the manifest has none of its own. */
  readonly nameSpan?: Span;
  /** Where the tag or digest stands; both count from 1. */
  readonly line: number;
  readonly column: number;
  readonly object: ObjectFacts;
  /** The container's name, where the place has one. */
  readonly container: string | undefined;
  /** The document's index in the file, from 0. */
  readonly document: number;
  /** Keys from the document's root; `|` where a block of text begins that is a manifest itself. */
  readonly keys: Keys;
  /** The Flux image policy that a `$imagepolicy` comment names, `namespace:name`. */
  readonly policy?: string;
}

/** Everything that an occurrence takes up in its file: its slots, and its name where it has one of its own. */
export function spansOf({ slots, nameSpan }: Occurrence): readonly Span[] {
  return [...slots.map(({ span }) => span), ...(nameSpan === undefined ? [] : [nameSpan])];
}
