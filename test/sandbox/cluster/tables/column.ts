import type { KubeObject, LabelSelector } from '../kube-objects.ts';
import type { PodTemplate } from '../pod-objects.ts';
import { since } from './durations.ts';

/** What stands in one place of a table; null prints as nothing. */
export type Cell = string | number | boolean | null;

/** One column that the API server prints; https://kubernetes.io/docs/reference/using-api/api-concepts/#receiving-resources-as-tables */
export interface Column<T extends KubeObject = KubeObject> {
  readonly name: string;
  readonly type: 'string' | 'integer' | 'date';
  readonly format: '' | 'name';
  /** 0 is always shown, more only with `-o wide`. */
  readonly priority: number;
  cell(object: T, nowMs: number): Cell;
}

/** A column that is always shown. */
export function column<T extends KubeObject>(name: string, cell: Column<T>['cell']): Column<T> {
  return { name, type: 'string', format: '', priority: 0, cell };
}

/** A column of whole numbers; what is not there counts as 0. */
export function count<T extends KubeObject>(name: string, number: (object: T) => unknown): Column<T> {
  return { ...column<T>(name, (object) => Number(number(object) ?? 0)), type: 'integer' };
}

/** A column of `-o wide`. */
export function wide<T extends KubeObject>(name: string, cell: Column<T>['cell']): Column<T> {
  return { ...column(name, cell), priority: 1 };
}

/** The first column of almost every table. */
export const nameColumn: Column = { ...column('Name', ({ metadata }) => metadata.name), format: 'name' };

/** The time since the object was created. */
export const ageColumn: Column = column('Age', ({ metadata }, nowMs) => since(metadata.creationTimestamp, nowMs));

type Templated = KubeObject & { spec: { template: PodTemplate } };

/** Names and images of the containers that a workload starts. */
export const containerColumns: readonly Column<Templated>[] = [
  wide('Containers', ({ spec }) => spec.template.spec.containers.map(({ name }) => name).join(',')),
  wide('Images', ({ spec }) => spec.template.spec.containers.map(({ image }) => image).join(',')),
];

/** Which pods are its own. */
export const selectorColumn: Column<KubeObject & { spec: { selector?: LabelSelector } }> = wide(
  'Selector',
  ({ spec }) => labelText(spec.selector?.matchLabels),
);

/** `app=web,tier=front`, or `<none>`. */
export function labelText(labels: Readonly<Record<string, string>> | undefined): string {
  const terms = Object.entries(labels ?? {}).map(([key, value]) => `${key}=${value}`);
  return terms.length === 0 ? '<none>' : terms.sort().join(',');
}
