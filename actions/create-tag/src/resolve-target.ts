import { eventText, eventValue } from '#shared/runner/event.ts';
import type { Runner } from '#shared/runner/runner.ts';
import type { Inputs } from './inputs.ts';
import { userError } from './reasons.ts';
import type { VersionRange } from './version/parse-branch-rules.ts';

/** The commit to tag, and what the event says about its branch. */
export interface Target {
  readonly repository: string;
  /** `''` where neither input nor event name one. */
  readonly sha: string;
  /** The branch that the commit was pushed to, or that the pull request or merge group of a preview is for. */
  readonly branch: string | undefined;
  /** Whether the event shows that the commit is on `branch` now, so that nobody has to ask. */
  readonly onBranch: boolean;
  /** The default branch where the event names it. */
  readonly defaultBranch: string | undefined;
  /** The versions of the maintenance branch that the commit is on. */
  readonly range?: VersionRange;
}

type Event = Readonly<Record<string, unknown>>;

// Events whose ref and sha are one branch and its head, or were at the time of the event.
const BRANCH_EVENTS = new Set(['push', 'workflow_dispatch', 'schedule', 'repository_dispatch']);

/**
 * Reads repository and commit from the inputs, else from the event. Throws UserError `workflow-run-failed` for the commit
 * of a workflow run that did not succeed, unless it is only previewed.
 */
export function resolveTarget(inputs: Pick<Inputs, 'repository' | 'sha' | 'dryRun'>, runner: Runner): Target {
  const { context, event } = runner;
  const repository = inputs.repository === '' ? context.repository : inputs.repository;
  // Names of repositories have no case.
  const own = repository.toLowerCase() === context.repository.toLowerCase();
  const sha = inputs.sha === '' && own ? shaOfEvent(runner) : inputs.sha;
  if (!inputs.dryRun) assertSucceeded(event, sha);
  const pushed = pushedBranch(runner);
  const atHead = own && sha === context.sha && pushed !== undefined;
  return {
    repository,
    sha,
    branch: atHead ? pushed : own ? branchOfEvent(event, inputs.dryRun) : undefined,
    // A run again, or a push by force, may be about commits that the branch has lost since.
    onBranch: atHead && context.runAttempt === 1 && event['forced'] !== true,
    defaultBranch: (own && eventText(event, 'repository', 'default_branch')) || undefined,
  };
}

// The runner's own sha is that of the test merge when a pull request is closed by merging, and the head of the default
// branch when another workflow has ended. https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows
function shaOfEvent({ context, event }: Runner): string {
  if (context.eventName === 'workflow_run') return eventText(event, 'workflow_run', 'head_sha') || context.sha;
  return (isMerged(event) && eventText(event, 'pull_request', 'merge_commit_sha')) || context.sha;
}

function pushedBranch({ context }: Runner): string | undefined {
  const isHead = BRANCH_EVENTS.has(context.eventName) && context.ref.startsWith('refs/heads/');
  return isHead ? context.ref.slice('refs/heads/'.length) : undefined;
}

// Only a hint: whoever tags has to ask whether the commit is there.
function branchOfEvent(event: Event, dryRun: boolean): string | undefined {
  const base = dryRun || isMerged(event) ? eventText(event, 'pull_request', 'base', 'ref') : '';
  const queued = dryRun ? eventText(event, 'merge_group', 'base_ref').replace(/^refs\/heads\//, '') : '';
  return base || queued || eventText(event, 'workflow_run', 'head_branch') || undefined;
}

function isMerged(event: Event): boolean {
  return eventValue(event, 'pull_request', 'merged') === true;
}

function assertSucceeded(event: Event, sha: string): void {
  const run = eventValue(event, 'workflow_run');
  const conclusion = eventText(run, 'conclusion');
  if (run === undefined || conclusion === 'success' || eventText(run, 'head_sha') !== sha) return;
  const how = conclusion === '' ? 'has not ended yet' : `ended as ${conclusion}`;
  throw userError('workflow-run-failed', `The workflow run on commit ${sha} ${how}.`);
}
