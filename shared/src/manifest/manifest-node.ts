import type { Quote, Span } from './occurrence.ts';

/** A YAML scalar as text, whatever type a schema would give it. */
export interface ScalarNode {
  readonly type: 'scalar';
  readonly value: string;
  /** The characters inside the quotes; for block scalars the whole body, or the one line of it. */
  readonly span: Span;
  readonly quote: Quote;
  /** The source between the quotes is the value itself: no escapes, one line. */
  readonly literal: boolean;
  /** Its anchor, and how many places of the document take their value from it; undefined where it has none. */
  readonly anchor?: { readonly name: string; readonly places: () => number };
}

/** A YAML mapping with scalar keys, in file order. */
export interface MapNode {
  readonly type: 'map';
  readonly entries: readonly MapEntry[];
}

/** A key and its value. */
export interface MapEntry {
  readonly key: string;
  readonly node: ManifestNode;
}

/** A YAML sequence. */
export interface ListNode {
  readonly type: 'list';
  readonly items: readonly ManifestNode[];
}

/** A use of an anchor; never walked into, so nested aliases cost nothing. */
export interface AliasNode {
  readonly type: 'alias';
  readonly target: ManifestNode;
}

/** A node of a manifest, free of the parser's types. */
export type ManifestNode = ScalarNode | MapNode | ListNode | AliasNode;

/** The value under `key`, through aliases and merge keys (`<<`, https://yaml.org/type/merge.html); undefined when there is none. */
export function lookUp(map: MapNode, key: string, seen = new Set<MapNode>()): ManifestNode | undefined {
  const own = map.entries.filter((entry) => entry.key === key);
  // Of a key that stands twice nobody can say which one counts: parsers differ.
  if (own.length > 1) return undefined;
  if (own[0] !== undefined) return resolved(own[0].node);
  // Merge keys may repeat one map a million times, level by level; once asked, it has no other answer.
  seen.add(map);
  for (const entry of map.entries) {
    if (entry.key !== '<<') continue;
    for (const source of entry.node.type === 'list' ? entry.node.items : [entry.node]) {
      const merged = resolved(source);
      const found = merged.type === 'map' && !seen.has(merged) ? lookUp(merged, key, seen) : undefined;
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** The scalar under `key`, through aliases and merge keys; undefined when there is none. */
export function scalarAt(map: MapNode, key: string): ScalarNode | undefined {
  const node = lookUp(map, key);
  return node?.type === 'scalar' ? node : undefined;
}

/** The text under `key`, or an empty string. */
export function textAt(map: MapNode, key: string): string {
  return scalarAt(map, key)?.value ?? '';
}

/** Like `textAt`; of a key that stands twice the last, as lenient parsers have it. For facts about an object, never for edits. */
export function lastTextAt(map: MapNode, key: string): string {
  const own = map.entries.findLast((entry) => entry.key === key);
  return own?.node.type === 'scalar' ? own.node.value : textAt(map, key);
}

/** The map below these keys, through aliases and merge keys; undefined when there is none. */
export function mapAt(map: MapNode, ...keys: readonly string[]): MapNode | undefined {
  let found: MapNode | undefined = map;
  for (const key of keys) {
    const node: ManifestNode | undefined = found && lookUp(found, key);
    found = node?.type === 'map' ? node : undefined;
  }
  return found;
}

/** The list under `key`, through aliases and merge keys; undefined when there is none. */
export function listAt(map: MapNode, key: string): ListNode | undefined {
  const node = lookUp(map, key);
  return node?.type === 'list' ? node : undefined;
}

/** What stands in the list under `key`, or behind its aliases; empty when there is no list. */
export function itemsAt(map: MapNode, key: string): readonly (ScalarNode | MapNode | ListNode)[] {
  return (listAt(map, key)?.items ?? []).map(resolved);
}

/** What an alias stands for; any other node itself. */
export function resolved(node: ManifestNode): ScalarNode | MapNode | ListNode {
  return node.type === 'alias' ? resolved(node.target) : node;
}
