import type { Keys } from '#shared/manifest/key-path.ts';
import { listAt, type ManifestNode, textAt } from '#shared/manifest/manifest-node.ts';
import type { ObjectFacts } from '#shared/manifest/occurrence.ts';
import type { Spot } from '#shared/manifest/style.ts';
import { nearest, type Sought, seekValue, settable, startOf } from './seek-value.ts';

/** A value that stands in a list under a name. */
export interface Member {
  readonly sought: Sought;
  /** From the document's root. */
  readonly keys: Keys;
  readonly container: string;
  /** What stands before the value in the same scalar, `KEY=`; empty elsewhere. */
  readonly prefix: string;
  /** Kubernetes takes nothing but text here. */
  readonly mustBeText: boolean;
}

type Shared = ReadonlySet<ManifestNode>;

/** An environment variable of a container. https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/ */
export function seekVariables({ map, keys }: Spot, name: string, shared: Shared): Member[] {
  const entries = listAt(map, 'env')?.items ?? [];
  const named = [...entries.entries()].filter(([, entry]) => entry.type === 'map' && textAt(entry, 'name') === name);
  const facts = { container: textAt(map, 'name'), prefix: '', mustBeText: true };
  const [first, second] = named;
  if (first === undefined) {
    const known = entries.flatMap((entry) => (entry.type === 'map' ? textAt(entry, 'name') : []));
    return known.length === 0 ? [] : [{ ...facts, keys: [...keys, 'env'], sought: { near: nearest(name, known) } }];
  }
  const [index, entry] = first;
  const value = seekValue(entry, ['value'], shared);
  const problem = second !== undefined ? `${name} stands twice` : `${name} has no value of its own (\`valueFrom\`?)`;
  const sought: Sought =
    second !== undefined || 'near' in value ? { code: 'cannot-edit', problem, at: startOf(entry) } : value;
  return [{ ...facts, keys: [...keys, 'env', index, 'value'], sought }];
}

/** A literal of a ConfigMap that a kustomization generates. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/configmapgenerator/ */
export function seekLiterals(
  places: readonly Spot[],
  key: string,
  { name, shared }: { name: string; shared: Shared },
): (Member & { object: ObjectFacts })[] {
  const root = places.find((place) => place.keys.length === 0)?.map;
  const generators = (root && listAt(root, 'configMapGenerator')?.items) ?? [];
  return [...generators.entries()].flatMap(([index, generator]): (Member & { object: ObjectFacts })[] => {
    if (root === undefined || generator.type !== 'map' || textAt(generator, 'name') !== name) return [];
    const namespace = textAt(generator, 'namespace') || textAt(root, 'namespace');
    const facts = {
      object: { kind: 'ConfigMap', name, namespace },
      container: '',
      prefix: `${key}=`,
      mustBeText: true,
    };
    const keys: Keys = ['configMapGenerator', index, 'literals'];
    const literals = listAt(generator, 'literals')?.items ?? [];
    const own = [...literals.entries()].filter(([, literal]) => keyOf(literal) === key);
    if (own.length > 0) {
      return own.map(([each, literal]) => ({ ...facts, keys: [...keys, each], sought: settable(literal, shared) }));
    }
    return [{ ...facts, keys, sought: { near: nearest(key, literals.map(keyOf)) } }];
  });
}

function keyOf(literal: ManifestNode): string {
  return literal.type === 'scalar' ? literal.value.slice(0, Math.max(0, literal.value.indexOf('='))) : '';
}
