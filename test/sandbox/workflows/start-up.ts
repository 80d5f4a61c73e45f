import { isMap, isScalar, LineCounter, type Pair, parseDocument, type YAMLMap } from 'yaml';
import { exceeding, type Grant, grantOf, RESTRICTED } from './token-grant.ts';

/** A workflow file; `path` is the one that GitHub's messages name. */
export interface WorkflowFile {
  readonly path: string;
  readonly text: string;
}

/** Finds the workflow that a `uses` names, or undefined where there is none. */
export type Resolve = (uses: string) => WorkflowFile | undefined;

interface Job {
  readonly uses?: unknown;
  readonly permissions?: unknown;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly secrets?: 'inherit' | Readonly<Record<string, unknown>>;
}

interface Workflow {
  readonly on?: unknown;
  readonly permissions?: unknown;
  readonly jobs?: Readonly<Record<string, Job>>;
}

/** What is wrong, and at which value of the job. */
interface Finding {
  readonly text: string;
  readonly at: readonly string[];
}

type Declared = Readonly<Record<string, { readonly required?: boolean } | null>>;

/**
 * What GitHub has against a workflow that calls others, in its words; a run with one of these ends before it has jobs
 * or logs. act checks none of it. https://github.com/actions/runner/tree/main/src/Sdk/WorkflowParser/Conversion
 */
export function startUpErrors(file: WorkflowFile, resolve: Resolve, byDefault: Grant = RESTRICTED): string[] {
  const lines = new LineCounter();
  const document = parseDocument(file.text, { lineCounter: lines });
  const workflow = document.toJS() as Workflow;
  const jobs = document.get('jobs');
  if (!isMap(jobs)) return [];
  return (jobs as YAMLMap).items.flatMap((pair) => {
    const job = workflow.jobs?.[nameOf(pair)];
    if (typeof job?.uses !== 'string') return [];
    const { uses } = job;
    const at = (offset: number, text: string) => {
      const { line, col } = lines.linePos(offset);
      return `The workflow is not valid. ${file.path} (Line: ${line}, Col: ${col}): ${text}`;
    };
    const called = resolve(uses);
    if (called === undefined) {
      return [`error parsing called workflow "${file.path}" -> "${uses}" : workflow was not found.`];
    }
    const allowed = grantOf(job.permissions, grantOf(workflow.permissions, byDefault));
    return [
      ...callErrors(job, called).map((found) => at(offsetOf(valueAt(pair, found.at)), found.text)),
      ...nestedErrors(called, allowed, resolve).map((text) =>
        at(offsetOf(pair.key), `Error calling workflow '${uses}'. ${text}`),
      ),
    ];
  });
}

/** Inputs and secrets against what the called workflow declares; names do not depend on case. */
function callErrors(job: Job, called: WorkflowFile): Finding[] {
  const { on } = parseDocument(called.text).toJS() as Workflow;
  const trigger = triggerOf(on);
  if (trigger === undefined) {
    return [{ text: 'workflow_call key is not defined in the referenced workflow.', at: ['uses'] }];
  }
  const { inputs = {}, secrets = {} } = trigger;
  const given = job.secrets === 'inherit' ? undefined : (job.secrets ?? {});
  return [
    ...parameterErrors('Input', inputs ?? {}, job.with ?? {}),
    ...(given === undefined ? [] : parameterErrors('Secret', secrets ?? {}, given)),
  ];
}

function parameterErrors(
  kind: 'Input' | 'Secret',
  declared: Declared,
  given: Readonly<Record<string, unknown>>,
): Finding[] {
  const names = new Set(Object.keys(given).map((name) => name.toLowerCase()));
  const known = new Set(Object.keys(declared).map((name) => name.toLowerCase()));
  const missing = Object.entries(declared).filter(
    ([name, entry]) => entry?.required === true && !names.has(name.toLowerCase()),
  );
  const unknown = Object.keys(given).filter((name) => !known.has(name.toLowerCase()));
  return [
    ...missing.map(([name]) => ({
      text: `${kind} ${name} is required, but not provided while calling.`,
      at: ['uses'],
    })),
    ...unknown.map((name) => ({
      text: `Invalid ${kind.toLowerCase()}, ${name} is not defined in the referenced workflow.`,
      at: [kind === 'Input' ? 'with' : 'secrets', name],
    })),
  ];
}

/** Permissions shrink on the way down: who asks for more than the caller grants is refused, whatever its `if` says. */
function nestedErrors(file: WorkflowFile, allowed: Grant, resolve: Resolve): string[] {
  const workflow = parseDocument(file.text).toJS() as Workflow;
  const own = workflow.permissions === undefined ? undefined : exceeding(grantOf(workflow.permissions, {}), allowed);
  if (own !== undefined) return [`The workflow is ${own}`];
  return Object.entries(workflow.jobs ?? {}).flatMap(([name, job]) => {
    const asked = job.permissions === undefined ? undefined : exceeding(grantOf(job.permissions, {}), allowed);
    if (asked !== undefined) return [`The nested job '${name}' is ${asked}`];
    const called = typeof job.uses === 'string' ? resolve(job.uses) : undefined;
    if (called === undefined) return [];
    return nestedErrors(called, grantOf(job.permissions, grantOf(workflow.permissions, allowed)), resolve);
  });
}

function triggerOf(on: unknown): { inputs?: Declared | null; secrets?: Declared | null } | undefined {
  if (on === 'workflow_call' || (Array.isArray(on) && on.includes('workflow_call'))) return {};
  if (typeof on !== 'object' || on === null || !('workflow_call' in on)) return undefined;
  return (on as { workflow_call: object | null }).workflow_call ?? {};
}

function nameOf({ key }: Pair): string {
  return isScalar(key) ? String(key.value) : '';
}

function valueAt({ value }: Pair, path: readonly string[]): unknown {
  return isMap(value) ? (value as YAMLMap).getIn(path, true) : undefined;
}

function offsetOf(node: unknown): number {
  return isScalar(node) ? (node.range?.[0] ?? 0) : 0;
}
