import { formatKeyPath, type Keys } from '#shared/manifest/key-path.ts';
import { lookUp, type ManifestNode, type ScalarNode } from '#shared/manifest/manifest-node.ts';
import { isStoredValue } from '#shared/manifest/parse-manifest.ts';
import { editDistance } from '#shared/nearest.ts';

/** Why a value cannot be set although something stands there. */
export interface Refusal {
  readonly code: 'cannot-edit' | 'shared-anchor';
  readonly problem: string;
  /** Offset of the place in the file. */
  readonly at: number;
}

/** What a key path leads to: one value, a reason not to touch it, or nothing, and then the paths that are near. */
export type Sought = ScalarNode | Refusal | { readonly near: readonly string[] };

/**
 * Follows a key path by keys of its own only: what an alias or a merge key brings belongs to other places, too.
 * `shared` are the nodes that some alias of the document stands for.
 */
export function seekValue(root: ManifestNode, keys: Keys, shared: ReadonlySet<ManifestNode>): Sought {
  let node = root;
  for (const [depth, key] of keys.entries()) {
    // `x-defaults: &d {...}` stands there to be shared; anywhere else nobody expects a second place to change.
    if (shared.has(node) && !isStoredValue(keys))
      return refusal('shared-anchor', 'an alias elsewhere shares what stands here', node);
    const next = childOf(node, key);
    if (next === undefined) return { near: nearPaths(node, keys.slice(0, depth), String(key)) };
    if ('problem' in next) return next;
    node = next;
  }
  return settable(node, shared);
}

/** The node when it is one value that can be spliced, else why not. */
export function settable(node: ManifestNode, shared: ReadonlySet<ManifestNode>): ScalarNode | Refusal {
  if (node.type === 'alias')
    return refusal('shared-anchor', 'an alias stands here; name the place of its anchor', node.target);
  if (node.type !== 'scalar') return refusal('cannot-edit', `a ${node.type} stands here, not one value`, node);
  if (shared.has(node)) return refusal('shared-anchor', 'an alias elsewhere shares this value', node);
  if (node.quote === 'block') return refusal('cannot-edit', 'a block of text stands here, not one value', node);
  if (node.value === '' && node.quote === 'plain')
    return refusal('cannot-edit', 'the value is missing; write at least empty quotes', node);
  return node;
}

function childOf(node: ManifestNode, key: string | number): ManifestNode | Refusal | undefined {
  if (node.type === 'alias')
    return refusal('shared-anchor', 'an alias stands on the way; name the place of its anchor', node.target);
  if (node.type === 'list') return node.items[/^\d+$/.test(String(key)) ? Number(key) : -1];
  if (node.type !== 'map') return undefined;
  const [own, second] = node.entries.filter((entry) => entry.key === String(key));
  if (second !== undefined) return refusal('cannot-edit', `the key ${key} stands twice`, second.node);
  if (own !== undefined) return own.node;
  const merged = lookUp(node, String(key));
  return merged && refusal('shared-anchor', `a merge key brings ${key}; name the place of its anchor`, merged);
}

function refusal(code: Refusal['code'], problem: string, node: ManifestNode): Refusal {
  return { code, problem, at: startOf(node) };
}

/** Where a node begins, by its first scalar. */
export function startOf(node: ManifestNode): number {
  if (node.type === 'scalar') return node.span.start;
  if (node.type === 'alias') return startOf(node.target);
  const [first] = node.type === 'list' ? node.items : node.entries.map((entry) => entry.node);
  return first === undefined ? 0 : startOf(first);
}

function nearPaths(node: ManifestNode, above: Keys, wanted: string): string[] {
  const known = node.type === 'map' ? node.entries.map(({ key }) => key) : [];
  const indexes = node.type === 'list' ? [...node.items.keys()] : [];
  return [...nearest(wanted, known), ...indexes.slice(0, MAX_NEAR)].map((key) => formatKeyPath([...above, key]));
}

const MAX_NEAR = 5;

/** The few names that are nearest to the wanted one, the nearest first. */
export function nearest(wanted: string, known: Iterable<string>): string[] {
  const distance = (name: string) => editDistance(name.toLowerCase(), wanted.toLowerCase());
  return [...new Set(known)].sort((a, b) => distance(a) - distance(b)).slice(0, MAX_NEAR);
}
