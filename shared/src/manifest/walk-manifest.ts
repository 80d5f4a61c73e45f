import { lastTextAt, type ManifestNode, type MapNode, mapAt, type ScalarNode, textAt } from './manifest-node.ts';
import type { Spot } from './style.ts';

interface Visitor {
  readonly map: (spot: Spot) => void;
  /** A block scalar, or JSON between quotes, the mapping around it and its key. */
  readonly block: (scalar: ScalarNode, spot: Spot, key: string) => void;
}

/** Visits every mapping of a document in file order, each with the innermost Kubernetes object around it; never walks into aliases. */
export function walkManifest(root: ManifestNode, path: string, visitor: Visitor): void {
  const outside: Spot['object'] = { apiVersion: '', kind: '', name: '', namespace: '' };
  const pending: { node: ManifestNode; keys: Spot['keys']; object: Spot['object'] }[] = [
    { node: root, keys: [], object: outside },
  ];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const { node, keys } = next;
    if (node.type === 'list') {
      const { object } = next;
      pending.push(...node.items.map((item, index) => ({ node: item, keys: [...keys, index], object })).reverse());
    }
    if (node.type !== 'map') continue;
    const spot: Spot = { path, keys, object: objectOf(node, next.object, keys.length === 0), map: node };
    visitor.map(spot);
    for (const { key, node: value } of [...node.entries].reverse()) {
      if (value.type === 'scalar' && (value.quote === 'block' || isFlow(value))) visitor.block(value, spot, key);
      else pending.push({ node: value, keys: [...keys, key], object: spot.object });
    }
  }
}

// `patch: '[{"op": "replace", ...}]'`
function isFlow({ value, quote, literal }: ScalarNode): boolean {
  return quote === 'single' && literal && /^[[{]/.test(value);
}

// Patches and kustomizations may leave `apiVersion` out; deeper in a file `kind` alone means anything.
function objectOf(map: MapNode, outer: Spot['object'], isRoot: boolean): Spot['object'] {
  const kind = lastTextAt(map, 'kind');
  const apiVersion = lastTextAt(map, 'apiVersion');
  if (kind === '' || (apiVersion === '' && !isRoot)) return outer;
  const metadata = mapAt(map, 'metadata');
  if (metadata === undefined) return { apiVersion, kind, name: '', namespace: '' };
  return { apiVersion, kind, name: textAt(metadata, 'name'), namespace: textAt(metadata, 'namespace') };
}
