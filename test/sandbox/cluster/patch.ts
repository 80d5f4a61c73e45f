import { apiError } from './api-error.ts';
import type { KubeObject } from './kube-objects.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly value?: unknown;
}

/** The object after a patch: a list of operations is a JSON patch (RFC 6902), anything else is merged (RFC 7386). */
export function patched(before: KubeObject, change: unknown): KubeObject {
  if (!Array.isArray(change)) return mergePatch(before, change) as KubeObject;
  const after = structuredClone(before);
  for (const operation of change as Operation[]) applyOperation(after, operation);
  return after;
}

function applyOperation(object: object, { op, path, value }: Operation): void {
  const names = path
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
  const last = names.pop() ?? '';
  let place = object as Record<string, unknown>;
  for (const name of names) {
    const inner = place[name];
    if (typeof inner !== 'object' || inner === null) throw invalid(`doc is missing path: ${path}`);
    place = inner as Record<string, unknown>;
  }
  if (op === 'remove') delete place[last];
  else if (op === 'add' && Array.isArray(place)) place.splice(last === '-' ? place.length : Number(last), 0, value);
  else if (op === 'add' || op === 'replace') place[last] = value;
  else throw invalid(`this sandbox has no JSON patch operation ${op}`);
}

function invalid(message: string) {
  return apiError(422, 'Invalid', `the server rejected our request due to an error in our request: ${message}`);
}

// Lists of things with names are merged by name, as strategic merge patches do it for containers and env.
function mergePatch(before: unknown, change: unknown): unknown {
  if (Array.isArray(change) && Array.isArray(before) && change.every(hasName)) {
    const rest = change.filter(({ name }) => !before.some((each) => hasName(each) && each.name === name));
    const merged = before.map((each) => mergePatch(each, change.find(({ name }) => name === each.name) ?? {}));
    return [...merged, ...rest];
  }
  if (typeof change !== 'object' || change === null || Array.isArray(change)) return change;
  const result: Record<string, unknown> = { ...(before as object) };
  for (const [key, value] of Object.entries(change)) {
    if (key.startsWith('$')) continue;
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

function hasName(value: unknown): value is { name: string } {
  return typeof (value as { name?: unknown } | null)?.name === 'string';
}
