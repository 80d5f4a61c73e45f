import type { ManifestNode, ScalarNode } from './manifest-node.ts';
import { parseManifest, type YamlLibrary } from './parse-manifest.ts';

/** Every scalar of every document in file order, aliases not followed; undefined when the text is no YAML. */
export function listScalars(yaml: YamlLibrary, text: string): readonly ScalarNode[] | undefined {
  const documents = parseManifest(yaml, text);
  if ('problem' in documents) return undefined;
  const scalars: ScalarNode[] = [];
  const pending: ManifestNode[] = documents.flatMap(({ root }) => root ?? []).reverse();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.type === 'scalar') scalars.push(node);
    if (node.type === 'list') for (const item of [...node.items].reverse()) pending.push(item);
    if (node.type === 'map') for (const entry of [...node.entries].reverse()) pending.push(entry.node);
  }
  return scalars;
}
