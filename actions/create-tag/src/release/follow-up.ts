import { readMessage } from '#shared/commits/read-message.ts';
import { renderChangelog } from '#shared/commits/render-changelog.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import { serverUrlOf } from '#shared/github/endpoints.ts';
import { readNewcomers } from '#shared/github/newcomers.ts';
import { explained } from '#shared/github/reasons.ts';
import type { Runner } from '#shared/runner/runner.ts';
import { compareTags } from '#shared/semver/version.ts';
import { forLog } from '#shared/untrusted.ts';
import { keptCommits } from '../bump/plan-bump.ts';
import type { ReadHistory } from '../history/read-history.ts';
import type { Inputs } from '../inputs.ts';
import { MAX_OUTPUT_BYTES } from '../outputs.ts';
import type { Target } from '../resolve-target.ts';
import type { TagPlan } from '../version/plan-tag.ts';
import { afterTag, type Failure } from './after-tag.ts';
import { dispatchWorkflow } from './dispatch-workflow.ts';
import { publishRelease } from './publish-release.ts';

/** What came after the tag; `failure` where the tag exists but something after it failed. */
export interface FollowUp {
  readonly releaseUrl?: string;
  /** The notes of the release, as GitHub has them. */
  readonly notes?: string;
  readonly dispatchedRunUrl?: string;
  readonly failure?: Failure;
}

/** Everything that the release and the dispatch depend on. */
export interface FollowUpRequest {
  readonly inputs: Inputs;
  readonly target: Target;
  readonly runner: Runner;
  readonly history: ReadHistory;
  readonly plan: TagPlan;
  /** Whether this run made the tag. */
  readonly created: boolean;
  /** Notes that a person has written. */
  readonly notesText: string | undefined;
}

// Half of what an output may have.
const MAX_NOTES = MAX_OUTPUT_BYTES / 2;

/** What the notes of a version depend on. */
export interface NotesRequest {
  readonly history: Pick<ReadHistory, 'commits' | 'listed' | 'cut'>;
  readonly target: Target;
  readonly runner: Runner;
  readonly inputs: Pick<Inputs, 'githubApiUrl' | 'ignoreBodyAuthors' | 'breaking' | 'revert'>;
  /** Accounts whose first contribution is in the version. */
  readonly newcomers?: readonly string[];
}

/** The notes of a version, in Markdown. */
export function notesOf({ history, target, runner, inputs, newcomers = [] }: NotesRequest): string {
  const commits = keptCommits(history, inputs).map((commit) => ({
    ...commit,
    message: readMessage(commit, inputs.ignoreBodyAuthors),
  }));
  const notes = renderChangelog(commits, {
    repository: target.repository,
    serverUrl: serverUrlOf(inputs.githubApiUrl, runner.context),
    linkPulls: true,
    maxLength: MAX_NOTES,
    newcomers,
    breaking: inputs.breaking,
  });
  return history.cut
    ? `${notes}\n\nThese are the newest ${history.commits.length} commits; there may be earlier ones.`
    : notes;
}

/** Makes the release and starts the workflow, where the inputs ask for it; what an earlier run has done already is not done again. */
export async function followUp(github: GitHubClient, request: FollowUpRequest): Promise<FollowUp> {
  const { inputs, target, plan, created } = request;
  const tag = plan.tag?.tag;
  if (tag === undefined) return {};
  const released = await afterTag('release-failed', () => release(github, request));
  if (released.failure !== undefined) return { failure: released.failure };
  if (inputs.dispatch === '') return released.value;
  const started = await afterTag('dispatch-failed', () =>
    dispatchWorkflow(github, target.repository, { workflow: inputs.dispatch, tag, sha: target.sha, isNew: created }),
  );
  const { value: dispatchedRunUrl, failure } = started;
  return { ...released.value, ...(failure === undefined ? { dispatchedRunUrl } : { failure }) };
}

async function release(github: GitHubClient, request: FollowUpRequest): Promise<FollowUp> {
  const { inputs, target, plan, created, notesText } = request;
  if (inputs.release === 'none' || plan.tag === undefined) return {};
  const { url, body } = await publishRelease(github, {
    repository: target.repository,
    tag: plan.tag.tag,
    previousTag: plan.previous?.tag,
    mode: inputs.release,
    isNew: created,
    writeNotes: inputs.notes === 'generated' ? undefined : async () => notesText ?? ownNotes(github, request),
    lastNotes: notesText,
    prerelease: plan.tag.prerelease.length > 0,
    makeLatest: inputs.makeLatest === 'auto' ? isLatest(request) : inputs.makeLatest === 'true',
  });
  return { releaseUrl: url, notes: body };
}

// First contributions are an extra, which the release does not wait for.
async function ownNotes(github: GitHubClient, request: FollowUpRequest): Promise<string> {
  const { target, plan, history, runner } = request;
  const before = plan.previous?.tag;
  if (before === undefined) return notesOf(request);
  const { value: newcomers = [], failure } = await afterTag('release-failed', () =>
    explained('looking for earlier commits of the authors', () =>
      readNewcomers(github, target.repository, { commits: history.commits, before }),
    ),
  );
  if (failure !== undefined) runner.log(forLog(`The notes go without first contributions: ${failure.message}`));
  return notesOf({ ...request, newcomers });
}

// `latest` must not go back to a maintenance branch or to a version that was overtaken.
function isLatest({ plan, history, target }: FollowUpRequest): boolean {
  const highest = history.tags.find(({ prerelease }) => prerelease.length === 0);
  if (plan.tag === undefined || plan.superseding !== undefined || target.range !== undefined) return false;
  return highest === undefined || compareTags(plan.tag, highest) >= 0;
}
