import { apiError } from './api-error.ts';
import type { KubeObject, LabelSelector } from './kube-objects.ts';

/** Whether an object is one of those that were asked for. */
export type ObjectFilter = (object: KubeObject) => boolean;

/** Reads the query parameters `labelSelector` and `fieldSelector`; throws a 400 as the API server does. */
export function filterOf(query: URLSearchParams): ObjectFilter {
  const terms = [
    ...splitTerms(query.get('labelSelector') ?? '').map(labelTerm),
    ...splitTerms(query.get('fieldSelector') ?? '').map(fieldTerm),
  ];
  return (object) => terms.every((term) => term(object));
}

/** Whether the labels are those that a workload selects. */
export function selects(selector: LabelSelector | undefined, labels: Readonly<Record<string, string>> = {}): boolean {
  return Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => labels[key] === value);
}

// A comma inside of `in (a,b)` separates values, not terms.
function splitTerms(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((term) => term.trim())
    .filter((term) => term !== '');
}

function labelTerm(term: string): ObjectFilter {
  const set = /^(\S+)\s+(in|notin)\s*\(([^)]*)\)$/.exec(term);
  if (set !== null) {
    const [, key = '', operator = '', values = ''] = set;
    const allowed = values.split(',').map((value) => value.trim());
    return ({ metadata }) => allowed.includes(metadata.labels?.[key] ?? '') === (operator === 'in');
  }
  const equals = /^([^=!\s]+)\s*(==|=|!=)\s*(\S*)$/.exec(term);
  if (equals !== null) {
    const [, key = '', operator = '', value = ''] = equals;
    return ({ metadata }) => (metadata.labels?.[key] === value) === (operator !== '!=');
  }
  if (/^!\S+$/.test(term)) return ({ metadata }) => metadata.labels?.[term.slice(1)] === undefined;
  if (/^\S+$/.test(term)) return ({ metadata }) => metadata.labels?.[term] !== undefined;
  throw apiError(400, 'BadRequest', `unable to parse requirement: found '${term}', expected: ...`);
}

function fieldTerm(term: string): ObjectFilter {
  const match = /^([\w.]+)(==|=|!=)(.*)$/.exec(term);
  if (match === null) throw apiError(400, 'BadRequest', `invalid selector: '${term}'; can't understand '${term}'`);
  const [, path = '', operator = '', value = ''] = match;
  return (object) => (fieldAt(object, path) === value) === (operator !== '!=');
}

function fieldAt(object: KubeObject, path: string): string {
  let value: unknown = object;
  for (const name of path.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return value === undefined ? '' : String(value);
}
