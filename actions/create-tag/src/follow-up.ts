import { renderChangelog } from '#shared/commits/render-changelog.ts';
import { UserError } from '#shared/errors.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import { compareCommits, listCommits } from '#shared/github/compare.ts';
import { explained } from '#shared/github/reasons.ts';
import type { Runner } from '#shared/runner/runner.ts';
import type { TaggedVersion } from '#shared/semver/version.ts';
import { dispatchWorkflow } from './dispatch-workflow.ts';
import { keepTouching } from './filter-paths.ts';
import type { Inputs } from './inputs.ts';
import type { TagPlan } from './plan-tag.ts';
import { publishRelease } from './publish-release.ts';
import type { ReadHistory } from './read-history.ts';
import type { Target } from './resolve-target.ts';

/** What came after the tag; `failure` where the tag exists but something after it failed. */
export interface FollowUp {
  readonly releaseUrl?: string;
  readonly dispatchedRunUrl?: string;
  readonly failure?: { readonly reasonCode: 'release-failed' | 'dispatch-failed'; readonly message: string };
}

/** Everything that the release and the dispatch depend on. */
export interface FollowUpRequest {
  readonly inputs: Inputs;
  readonly target: Target;
  readonly runner: Runner;
  readonly history: ReadHistory;
  readonly plan: TagPlan;
  readonly created: boolean;
  readonly superseding: TaggedVersion | undefined;
}

const MAX_NOTES = 60_000;

/** What the notes of a version depend on. */
export interface NotesRequest {
  readonly history: Pick<ReadHistory, 'commits'>;
  readonly target: Target;
  readonly runner: Runner;
}

/** The notes of a version, in Markdown. */
export function notesOf({ history, target, runner }: NotesRequest): string {
  return renderChangelog(history.commits, {
    repository: target.repository,
    serverUrl: runner.context.serverUrl,
    linkPulls: true,
    maxLength: MAX_NOTES,
  });
}

/** Makes the release and starts the workflow, where the inputs ask for it; what an earlier run has done already is not done again. */
export async function followUp(github: GitHubClient, request: FollowUpRequest): Promise<FollowUp> {
  const { inputs, target, plan, created } = request;
  const tag = plan.tag?.tag;
  if (tag === undefined) return {};
  const released = await attempt('release-failed', () => release(github, request));
  if (released.failure !== undefined) return { failure: released.failure };
  const releaseUrl = released.value === undefined ? {} : { releaseUrl: released.value };
  if (inputs.dispatch === '') return releaseUrl;
  const started = await attempt('dispatch-failed', () =>
    dispatchWorkflow(github, target.repository, { workflow: inputs.dispatch, tag, sha: target.sha, isNew: created }),
  );
  const run = started.value === undefined ? {} : { dispatchedRunUrl: started.value };
  return { ...releaseUrl, ...run, ...(started.failure === undefined ? {} : { failure: started.failure }) };
}

async function release(github: GitHubClient, request: FollowUpRequest): Promise<string | undefined> {
  const { inputs, target, plan } = request;
  if (inputs.release === 'none' || plan.tag === undefined) return undefined;
  return publishRelease(github, {
    repository: target.repository,
    tag: plan.tag.tag,
    previousTag: plan.previous?.tag,
    mode: inputs.release,
    body: async () =>
      inputs.notes === 'own' ? notesOf({ ...request, history: await withCommits(github, request) }) : undefined,
    prerelease: plan.tag.prerelease.length > 0,
    makeLatest: inputs.makeLatest === 'auto' ? isLatest(request) : inputs.makeLatest === 'true',
  });
}

// For a tag that was found nothing was compared with the tag before it.
async function withCommits(
  github: GitHubClient,
  { history, plan, target, inputs }: FollowUpRequest,
): Promise<Pick<ReadHistory, 'commits'>> {
  const { previous } = plan;
  if (plan.outcome !== 'already-tagged') return history;
  const comparison = await explained('reading the commits of the release', async () =>
    previous === undefined
      ? { commits: await listCommits(github, target.repository, { sha: target.sha }) }
      : compareCommits(github, target.repository, { base: previous.tag, head: target.sha }),
  );
  if (previous === undefined) return { commits: comparison?.commits ?? [] };
  const filter = { paths: inputs.paths, excludePaths: inputs.excludePaths, ...target };
  return { commits: await keepTouching(github, filter, comparison?.commits ?? []) };
}

// `latest` must not go back to a maintenance branch or to a version that was overtaken.
function isLatest({ plan, history, superseding, target }: FollowUpRequest): boolean {
  const highest = history.tags.find(({ prerelease }) => prerelease.length === 0);
  if (superseding !== undefined || target.range !== undefined) return false;
  return highest === undefined || highest.tag === plan.previous?.tag || highest.tag === plan.tag?.tag;
}

async function attempt<Code extends 'release-failed' | 'dispatch-failed', T>(
  reasonCode: Code,
  act: () => Promise<T>,
): Promise<{ value?: T; failure?: { reasonCode: Code; message: string } }> {
  try {
    return { value: await act() };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { failure: { reasonCode, message: `${error.message} To do: ${error.remedy}` } };
  }
}
