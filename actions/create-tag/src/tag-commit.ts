import type { GitHubClient } from '#shared/github/client.ts';
import { explainGitHubError } from '#shared/github/reasons.ts';
import type { GitRef } from '#shared/github/refs.ts';
import { isUncertain } from '#shared/github/request-error.ts';
import type { NewTag } from '#shared/github/tags.ts';
import type { Timer } from '#shared/retry.ts';
import type { Runner } from '#shared/runner/runner.ts';
import { findContainedPrerelease } from './history/find-contained-prerelease.ts';
import { findSuperseding } from './history/find-superseding.ts';
import { type Decided, planPreview } from './history/plan-preview.ts';
import { readFoundTag } from './history/read-found-tag.ts';
import { type HistoryRequest, type ReadHistory, readHistory } from './history/read-history.ts';
import type { Inputs } from './inputs.ts';
import { untouchedText } from './monorepo/plan-untouched.ts';
import { policyOf, previewOf, requestOf } from './plan-request.ts';
import { userError } from './reasons.ts';
import { afterTag } from './release/after-tag.ts';
import { followUp } from './release/follow-up.ts';
import type { Told } from './report.ts';
import type { Target } from './resolve-target.ts';
import { type Creation, createTagOnce, type FailedCreation } from './tag/create-tag-once.ts';
import type { SigningKey } from './tag/parse-signing-key.ts';
import { signedTag } from './tag/plan-tag-object.ts';
import { tagMessage } from './tag/render-message.ts';
import { planFoundTag, planTag, type TagPlan } from './version/plan-tag.ts';

/** What create-tag works with. */
export interface Ports {
  readonly github: GitHubClient;
  readonly runner: Runner;
  readonly timer: Timer;
}

/** What to tag; `refs` are tags that were read a moment ago for several services together. */
export interface TagRequest {
  readonly target: Target;
  readonly key: SigningKey | undefined;
  readonly refs?: readonly GitRef[] | undefined;
  /** Notes that a person has written. */
  readonly notesText?: string | undefined;
}

/** Decides and creates the tag of one service on a commit, with its release and build; decides again as often as others were first. */
export async function tagCommit(inputs: Inputs, ports: Ports, asked: TagRequest): Promise<Told> {
  const { target, key, refs, notesText } = asked;
  const request = requestOf(inputs, target);
  const burned = new Set<string>();
  let failed: FailedCreation | undefined;
  for (let attempt = 1; attempt <= inputs.maxAttempts; attempt++) {
    const read = attempt === 1 ? { ...request, refs } : request;
    const { history, plan } = await readAndDecide(ports, read, { inputs, target, burned });
    const told: Told = { inputs, target, runner: ports.runner, history, plan, notesText, created: false };
    if (inputs.dryRun) return told;
    if (plan.outcome === 'already-tagged') return finishFound(told, ports.github, request);
    if (plan.outcome !== 'create' || plan.tag === undefined) return told;
    const creation = await create(ports.github, { ...told, key });
    if (creation.kind === 'created') {
      return finishCreated({ ...told, created: true, object: creation.object }, ports.github, request);
    }
    failed = creation;
    if (creation.kind === 'burned') noteBurned(burned, { plan, inputs, because: creation.because });
    ports.runner.log(`${plan.tag.tag} could not be created (${creation.kind}); reading the tags again`);
    if (creation.kind !== 'burned') await ports.timer.sleep(waitMs(attempt, ports.timer));
  }
  throw gaveUp(inputs, burned, failed);
}

async function readAndDecide(
  { github, runner }: Ports,
  request: HistoryRequest,
  asked: { inputs: Inputs; target: Target; burned: ReadonlySet<string> },
): Promise<Decided> {
  const decide = (read: ReadHistory) => decidePlan(read, asked);
  const read = await readHistory(github, request);
  // What a prerelease adds depends on what is planned without it.
  const containedPrerelease = await findContainedPrerelease(github, request, { history: read, decide });
  const history = { ...read, containedPrerelease };
  if (asked.inputs.dryRun) return planPreview(history, { ...previewOf(request, runner), decide });
  return { history, plan: decide(history) };
}

function gaveUp({ maxAttempts }: Inputs, burned: ReadonlySet<string>, failed: FailedCreation | undefined): unknown {
  if (failed?.kind === 'burned' && burned.size === maxAttempts) {
    const [first, last] = [[...burned].at(0), [...burned].at(-1)];
    const message = `GitHub refuses all ${maxAttempts} versions from ${first} to ${last}: ${failed.because}.`;
    return userError('burned', message);
  }
  const cause = failed?.kind === 'unclear' ? failed.error : undefined;
  const message = `No tag could be created in ${maxAttempts} attempts.`;
  if (isUncertain(cause)) return explainGitHubError(cause, `creating the tag, ${maxAttempts} times`);
  return userError('lost-race', message, { cause });
}

// Wide jitter, because those who lost together would meet again: one attempt takes about a second on GitHub.
function waitMs(attempt: number, { random }: Timer): number {
  return Math.ceil(random() * Math.min(8_000, 500 * 2 ** attempt));
}

// Release and dispatch wait for the last look: a version that was overtaken is not the latest.
async function finishCreated(told: Told, github: GitHubClient, request: HistoryRequest): Promise<Told> {
  const checked = await afterTag('check-failed', () => findSuperseding(github, { ...request, ...told }));
  if (checked.failure !== undefined) return { ...told, followUp: { failure: checked.failure } };
  const done = { ...told, plan: { ...told.plan, superseding: checked.value } };
  return { ...done, followUp: await followUp(github, done) };
}

// A run that finds its tag tells the same about it, and still makes the release that an earlier run could not.
async function finishFound(told: Told, github: GitHubClient, request: HistoryRequest): Promise<Told> {
  const { inputs, target, history, plan } = told;
  const { tag } = plan;
  if (tag === undefined) return told;
  const read = await afterTag('check-failed', () => readFoundTag(github, request, { tag, known: history.known }));
  if (read.failure !== undefined) return { ...told, followUp: { failure: read.failure } };
  const { previous, commits, listed, cut, object } = read.value;
  const planned = planFoundTag(plan, { previous, commits, listed }, policyOf(inputs, target));
  const done = { ...told, plan: planned, history: { ...history, commits, listed, cut }, object };
  return { ...done, followUp: await followUp(github, done) };
}

function create(
  github: GitHubClient,
  { inputs, target, history, plan, key }: Told & { key: SigningKey | undefined },
): Promise<Creation> {
  const { tag = '', version = '' } = plan.tag ?? {};
  const unsigned: NewTag = {
    tag,
    message: tagMessage(inputs.message, { tag, version, sha: target.sha }),
    commitSha: target.sha,
    // The date of the commit, so that a retry or a twin of this run makes the very same object.
    tagger: { ...inputs.tagger, date: history.date },
  };
  const signed = key !== undefined;
  return createTagOnce(github, target.repository, { tag: signed ? signedTag(unsigned, key) : unsigned, signed });
}

function noteBurned(
  burned: Set<string>,
  { plan: { tag }, inputs, because }: { plan: TagPlan; inputs: Inputs; because: string },
): void {
  if (tag === undefined) return;
  if (inputs.onBurned === 'fail' || inputs.version !== '') {
    throw userError('burned', `GitHub refuses the name ${tag.tag}: ${because}.`);
  }
  burned.add(tag.version);
}

function decidePlan(
  history: ReadHistory,
  { inputs, target, burned }: { inputs: Inputs; target: Target; burned: ReadonlySet<string> },
): TagPlan {
  const plan = planTag(history, policyOf(inputs, target), burned);
  if (plan.outcome !== 'no-changes') return plan;
  return { ...plan, because: untouchedText(inputs, { ...history, since: plan.previous?.tag }) ?? plan.because };
}
