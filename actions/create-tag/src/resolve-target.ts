import { badInput } from '#shared/inputs.ts';
import type { Runner } from '#shared/runner/runner.ts';
import type { Inputs } from './inputs.ts';
import type { VersionRange } from './version/parse-branch-rules.ts';

/** The commit to tag, and the branch it was pushed to where the event says so. */
export interface Target {
  readonly repository: string;
  readonly sha: string;
  readonly branch: string | undefined;
  /** The default branch where the event names it. */
  readonly defaultBranch: string | undefined;
  /** The versions of the maintenance branch that the commit is on. */
  readonly range?: VersionRange;
}

// Events whose ref and sha are one branch and its head, or were at the time of the event.
const BRANCH_EVENTS = new Set(['push', 'workflow_dispatch', 'schedule', 'repository_dispatch', 'workflow_run']);

/** Reads repository and commit from the inputs, else from the event. Throws UserError `bad-input` when there is no commit. */
export function resolveTarget(inputs: Pick<Inputs, 'repository' | 'sha'>, runner: Runner): Target {
  const { context, event } = runner;
  const repository = inputs.repository === '' ? context.repository : inputs.repository;
  const own = repository === context.repository;
  const sha = inputs.sha === '' && own ? shaOfEvent(runner) : inputs.sha;
  if (sha === '') throw badInput([`sha: missing; it is required when repository is not ${context.repository}`]);
  const onBranch = own && sha === context.sha && BRANCH_EVENTS.has(context.eventName);
  const branch =
    onBranch && context.ref.startsWith('refs/heads/') ? context.ref.slice('refs/heads/'.length) : undefined;
  const defaultBranch = own ? textAt(event, 'repository', 'default_branch') : undefined;
  return { repository, sha, branch, defaultBranch };
}

// When a pull request is closed by merging, the runner's own sha is that of the test merge.
function shaOfEvent({ context, event }: Runner): string {
  const pull = event['pull_request'];
  const merged = isRecord(pull) && pull['merged'] === true ? pull['merge_commit_sha'] : undefined;
  return typeof merged === 'string' ? merged : context.sha;
}

function textAt(event: Readonly<Record<string, unknown>>, name: string, field: string): string | undefined {
  const record = event[name];
  const value = isRecord(record) ? record[field] : undefined;
  return typeof value === 'string' ? value : undefined;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
