import { isSameImageName } from '#shared/image/reference.ts';
import { meansKeyPath } from '#shared/manifest/key-path.ts';
import type { Occurrence } from '#shared/manifest/occurrence.ts';
import { formatVersion, type ImageRequest, type Selectors } from './image-request.ts';

/** Whether a request means an occurrence: by the exact name, by a bare kustomize alias, or by a declared key path; and no selector excludes it. */
export function isMeant(occurrence: Occurrence, request: ImageRequest, selectors: Selectors): boolean {
  return hasName(occurrence, request, selectors) && passes(occurrence, selectors);
}

function hasName({ image, alias, policy }: Occurrence, request: ImageRequest, selectors: Selectors): boolean {
  // A tag without a name belongs to the image only where somebody says so.
  if (image === '') return selectors.keyPaths.length > 0 || (policy !== undefined && selectors.policies.length > 0);
  if (isSameImageName(image, request.image)) return true;
  // A full name that `newName` replaces is another image; a bare word is the kustomization's own name for it.
  return alias !== undefined && !alias.includes('/') && alias === request.image;
}

function passes(occurrence: Occurrence, selectors: Selectors): boolean {
  const { object, container, keys, document, policy } = occurrence;
  return (
    allows(selectors.kinds, (kind) => kind.toLowerCase() === object.kind.toLowerCase()) &&
    allows(selectors.namespaces, (namespace) => namespace === object.namespace) &&
    allows(selectors.names, (name) => name === object.name) &&
    allows(selectors.containers, (name) => name === container) &&
    allows(selectors.keyPaths, (path) => meansKeyPath(path, keys, document)) &&
    allows(selectors.policies, (name) => policy === name || policy?.split(':')[1] === name) &&
    (selectors.from === '' || isFrom(occurrence, selectors.from))
  );
}

function allows(wanted: readonly string[], matches: (value: string) => boolean): boolean {
  return wanted.length === 0 || wanted.some(matches);
}

function isFrom({ tag, digest }: Occurrence, from: string): boolean {
  if (from.startsWith('@')) return `@${digest ?? ''}` === from;
  return from.includes('@') ? formatVersion({ tag, digest }) === from : tag === from;
}
