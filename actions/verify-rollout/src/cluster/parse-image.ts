import { normalizeName } from '#shared/image/reference.ts';

/** An image reference taken apart, without judging it: clusters also hold invalid ones. */
export interface Image {
  /** With registry, `docker.io/library/nginx`. */
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** What every live pod must run; empty text means "any". */
export interface ExpectedImage {
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/** Takes a reference apart; Docker Hub's short names are written out. Never throws. */
export function parseImage(reference: string): Image {
  const at = reference.indexOf('@');
  const named = at < 0 ? reference : reference.slice(0, at);
  const digest = at < 0 ? '' : reference.slice(at + 1);
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const repository = colon < 0 ? named : named.slice(0, colon);
  return { repository: fullName(repository), tag: colon < 0 ? '' : named.slice(colon + 1), digest };
}

/** Whether two names mean the same repository. */
export function isSameRepository(reference: string, repository: string): boolean {
  return parseImage(reference).repository === fullName(repository);
}

/**
 * Whether a reference has the expected tag and digest. A digest is compared where both have one;
 * what a tag resolved to shows only in the imageID of a running container.
 */
export function hasVersion(reference: string, expected: ExpectedImage): boolean {
  const image = parseImage(reference);
  if (expected.digest !== '' && image.digest !== '') return image.digest === expected.digest;
  if (expected.tag !== '') return image.tag === expected.tag;
  return true;
}

/** The expected image as a reference. */
export function formatImage(expected: ExpectedImage): string {
  return `${expected.repository}${expected.tag === '' ? '' : `:${expected.tag}`}${expected.digest === '' ? '' : `@${expected.digest}`}`;
}

/** The digest inside an imageID (`docker-pullable://repo@sha256:...`, `repo@sha256:...`, `sha256:...`), or ''. */
export function digestOfImageId(imageId: string): string {
  return /sha256:[0-9a-f]{64}/.exec(imageId)?.[0] ?? '';
}

// A name that is none can only be compared as it is written.
function fullName(name: string): string {
  const full = normalizeName(name);
  return full === undefined ? name : `${full.registry}/${full.repository}`;
}
