import type { Application, KubeObject, Kustomization, Workload } from '../cluster/kube-objects.ts';
import type { ObservedState } from '../cluster/observed-state.ts';
import { isSameRepository } from '../cluster/parse-image.ts';
import type { Target } from '../expectation.ts';
import type { WorkloadLine } from '../inputs.ts';
import { templateOf } from './plan-workload.ts';

/** The kinds that are looked through where no workload is named. */
export const discoveredKinds = ['deployment', 'statefulset', 'daemonset'] as const;

/** Where to look for the workloads of a rollout. */
export interface TargetSource {
  readonly lines: readonly WorkloadLine[];
  /** '' when any image counts. */
  readonly repository: string;
  readonly namespace: string;
  /** The workloads that the GitOps object applied; undefined when there is none. */
  readonly inventory: readonly Target[] | undefined;
}

/** The workloads to verify: the named ones, those a selector matches, else those of the GitOps object or namespace with the image. */
export function planTargets(observed: ObservedState, source: TargetSource): Target[] {
  const named = source.lines.flatMap((line) => ('target' in line ? [line.target] : []));
  const selectors = source.lines.flatMap((line) => ('selector' in line ? [parseSelector(line.selector)] : []));
  if (source.lines.length === 0 && source.inventory !== undefined) {
    const ours = source.inventory.filter((target) => usesImage(observed, target, source.repository));
    return ours;
  }
  const found = discoveredKinds.flatMap((kind) =>
    observed.all<Workload>(`${kind}s`).flatMap(({ object }) => {
      const matches =
        source.lines.length === 0
          ? hasImage(object, source.repository)
          : selectors.some((selector) => selector(object.metadata.labels ?? {}));
      return matches ? [{ kind, name: object.metadata.name }] : [];
    }),
  );
  return [
    ...named,
    ...found.filter((target) => !named.some((other) => other.kind === target.kind && other.name === target.name)),
  ];
}

/** Whether finding the workloads needs lists of all kinds. */
export function needsDiscovery(lines: readonly WorkloadLine[]): boolean {
  return lines.length === 0 || lines.some((line) => 'selector' in line);
}

/** The workloads in a Kustomization's inventory (`namespace_name_group_kind`) or an Application's resources. */
export function inventoryOf(object: KubeObject, namespace: string): Target[] {
  const { status } = object as Kustomization & Application;
  const entries = (status?.inventory?.entries ?? []).map(({ id }) => id.split('_'));
  const fromFlux = entries.map(([space = '', name = '', , kind = '']) => ({ space, name, kind }));
  const fromArgo = (status?.resources ?? []).map(({ namespace: space = '', name = '', kind = '' }) => ({
    space,
    name,
    kind,
  }));
  return [...fromFlux, ...fromArgo].flatMap(({ space, name, kind }) => {
    const known = (['deployment', 'statefulset', 'daemonset', 'job', 'cronjob'] as const).find(
      (each) => each === kind.toLowerCase(),
    );
    return known !== undefined && space === namespace ? [{ kind: known, name }] : [];
  });
}

function usesImage(observed: ObservedState, target: Target, repository: string): boolean {
  const workload = observed.find<Workload>(`${target.kind}s`, target.name)?.object;
  return workload !== undefined && hasImage(workload, repository);
}

function hasImage(workload: Workload, repository: string): boolean {
  const spec = templateOf(workload)?.spec;
  const containers = [...(spec?.initContainers ?? []), ...(spec?.containers ?? [])];
  return repository === '' || containers.some(({ image }) => isSameRepository(image ?? '', repository));
}

/** A label selector in kubectl's words, as a test of labels: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`. */
export function parseSelector(text: string): (labels: Readonly<Record<string, string>>) => boolean {
  const parts = text.split(/,(?![^(]*\))/).map((part) => part.trim());
  const tests = parts.filter((part) => part !== '').map(parseRequirement);
  return (labels) => tests.every((test) => test(labels));
}

function parseRequirement(part: string): (labels: Readonly<Record<string, string>>) => boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(part);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return (labels) => values.includes(labels[key] ?? '\0') === (operator === 'in');
  }
  const equal = /^([^=!\s]+)\s*(==?|!=)\s*(.*)$/.exec(part);
  if (equal !== null) {
    const [, key = '', operator, value = ''] = equal;
    return (labels) => (labels[key] === value) === (operator !== '!=');
  }
  return part.startsWith('!') ? (labels) => !(part.slice(1) in labels) : (labels) => part in labels;
}
