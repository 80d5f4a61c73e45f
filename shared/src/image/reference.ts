/** An image reference, split by the grammar of https://github.com/distribution/reference. */
export interface ImageReference {
  /** Registry host with port as written, or `docker.io`. */
  readonly registry: string;
  /** Path within the registry, `library/` added where Docker Hub adds it. */
  readonly repository: string;
  readonly tag: string | undefined;
  /** `sha256:...` */
  readonly digest: string | undefined;
  /** Everything before the tag and digest, exactly as written. */
  readonly writtenName: string;
}

/** The grammar of a tag: at most 128 characters of `[A-Za-z0-9_.-]`, not starting with `.` or `-`. */
export const IMAGE_TAG = /^\w[\w.-]{0,127}$/;

const HOST =
  /^(?:(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/;
const PATH = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
/** Of the path without its host, `library/` counted, as the reference implementation has it. */
const MAX_PATH_LENGTH = 255;

/** Parses `[registry/]repository[:tag][@digest]`; undefined when it is no valid reference. */
export function parseImageReference(text: string): ImageReference | undefined {
  // Sixty-four hex digits alone are an image id, never a name.
  if (/^[a-f0-9]{64}$/.test(text)) return undefined;
  const at = text.indexOf('@');
  const digest = at === -1 ? undefined : text.slice(at + 1);
  if (digest !== undefined && !DIGEST.test(digest)) return undefined;
  const named = at === -1 ? text : text.slice(0, at);
  const colon = named.lastIndexOf(':');
  const tagged = colon > named.lastIndexOf('/') && colon > named.lastIndexOf(']');
  const tag = tagged ? named.slice(colon + 1) : undefined;
  if (tag !== undefined && !IMAGE_TAG.test(tag)) return undefined;
  const writtenName = tagged ? named.slice(0, colon) : named;
  const name = normalizeName(writtenName);
  return name === undefined ? undefined : { ...name, tag, digest, writtenName };
}

/** Whether `tag` may be the tag of an image. */
export function isImageTag(tag: string): boolean {
  return IMAGE_TAG.test(tag);
}

/** Whether `digest` is one of the registered algorithms with all its lower-case hex digits, `sha256:...` or `sha512:...`. */
export function isDigest(digest: string): boolean {
  return /^(sha256:[a-f0-9]{64}|sha512:[a-f0-9]{128})$/.test(digest);
}

/** Whether two names (without tag) mean the same repository: `nginx`, `library/nginx` and `docker.io/library/nginx` do. */
export function isSameImageName(a: string, b: string): boolean {
  const [left, right] = [normalizeName(a), normalizeName(b)];
  return (
    left !== undefined &&
    right !== undefined &&
    left.registry === right.registry &&
    left.repository === right.repository
  );
}

/** Splits a name without tag into registry and repository with Docker Hub's defaults filled in; undefined when invalid. */
export function normalizeName(name: string): { registry: string; repository: string } | undefined {
  const slash = name.indexOf('/');
  const first = slash === -1 ? '' : name.slice(0, slash);
  const isHost = first === 'localhost' || /[.:[]/.test(first) || first !== first.toLowerCase();
  const registry = isHost ? canonicalHost(first) : 'docker.io';
  const path = isHost ? name.slice(slash + 1) : name;
  const repository = registry === 'docker.io' && !path.includes('/') ? `library/${path}` : path;
  if (!PATH.test(repository) || repository.length > MAX_PATH_LENGTH || (isHost && !HOST.test(first))) return undefined;
  return { registry, repository };
}

function canonicalHost(host: string): string {
  const lower = host.toLowerCase();
  return lower === 'index.docker.io' || lower === 'registry-1.docker.io' ? 'docker.io' : lower;
}
