import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { projectRoot } from '../support/action-manifest.ts';

/** Permissions as a workflow or job declares them. */
export type Permissions = Readonly<Record<string, 'read' | 'write' | 'none'>>;

/** A step of a job. */
export interface Step {
  readonly id?: string;
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

/** A job that has steps, or calls a workflow. */
export interface Job {
  readonly uses?: string;
  readonly with?: Readonly<Record<string, unknown>>;
  readonly secrets?: Readonly<Record<string, unknown>>;
  readonly permissions?: Permissions;
  readonly steps?: readonly Step[];
}

type Declared = Readonly<Record<string, { description?: string; required?: boolean }>>;

/** A workflow file. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax */
export interface Workflow {
  readonly name: string;
  readonly text: string;
  readonly on: unknown;
  readonly permissions?: Permissions;
  readonly jobs: Readonly<Record<string, Job>>;
  readonly call: { readonly inputs: Declared; readonly secrets: Declared };
}

/** Parses the text of a workflow; `name` is its file name without `.yml`. */
export function parseWorkflow(name: string, text: string): Workflow {
  const document = parse(text) as Omit<Workflow, 'name' | 'text' | 'call'>;
  const call = (document.on as { workflow_call?: { inputs?: Declared; secrets?: Declared } } | null)?.workflow_call;
  return { ...document, name, text, call: { inputs: call?.inputs ?? {}, secrets: call?.secrets ?? {} } };
}

/** All workflow files of the repository. */
export async function readWorkflows(): Promise<Workflow[]> {
  const folder = join(projectRoot, '.github', 'workflows');
  const names = (await readdir(folder)).filter((name) => name.endsWith('.yml'));
  return Promise.all(
    names.map(async (name) => parseWorkflow(name.slice(0, -4), await readFile(join(folder, name), 'utf8'))),
  );
}

/** The example callers of the README, in order. */
export async function readExampleCallers(): Promise<Workflow[]> {
  const readme = await readFile(join(projectRoot, 'README.md'), 'utf8');
  return [...readme.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match, index) =>
    parseWorkflow(`example ${index + 1}`, match[1] ?? ''),
  );
}

/** What a workflow asks for at the most, over its jobs and the workflows that those call. */
export function requiredPermissions(
  workflow: Workflow,
  workflows: readonly Workflow[],
): Record<string, 'read' | 'write'> {
  const needed: Record<string, 'read' | 'write'> = {};
  for (const job of Object.values(workflow.jobs)) {
    const called = workflows.find(({ name }) => job.uses === `$/.github/workflows/${name}.yml`);
    const asked = { ...(called === undefined ? {} : requiredPermissions(called, workflows)), ...job.permissions };
    for (const [scope, level] of Object.entries(asked)) {
      if (level === 'write' || (level === 'read' && needed[scope] === undefined)) needed[scope] = level;
    }
  }
  return needed;
}
