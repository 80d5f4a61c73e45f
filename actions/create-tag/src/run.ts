import { UserError } from '#shared/errors.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import type { NewTag } from '#shared/github/tags.ts';
import type { Timer } from '#shared/retry.ts';
import type { Report } from '#shared/run-action.ts';
import type { Runner } from '#shared/runner/runner.ts';
import { checkBranch } from './check-branch.ts';
import { type Creation, createTagOnce } from './create-tag-once.ts';
import { findSuperseding } from './find-superseding.ts';
import { followUp } from './follow-up.ts';
import type { Inputs } from './inputs.ts';
import type { OutputName } from './outputs.ts';
import { rangeOfBranch } from './parse-branch-rules.ts';
import { parseSigningKey, type SigningKey } from './parse-signing-key.ts';
import { type Policy, planTag, type TagPlan } from './plan-tag.ts';
import { signedTag } from './plan-tag-object.ts';
import { previewMerge } from './preview-merge.ts';
import { type HistoryRequest, readHistory } from './read-history.ts';
import { reasons } from './reasons.ts';
import { tagMessage } from './render-message.ts';
import { reportOf, type Told } from './report.ts';
import { resolveTarget, type Target } from './resolve-target.ts';

/** What create-tag works with. */
export interface Ports {
  readonly github: GitHubClient;
  readonly runner: Runner;
  readonly timer: Timer;
}

/** Creates the next immutable tag of a service, or says why there is none to create. */
export async function run(inputs: Inputs, ports: Ports): Promise<Report<OutputName>> {
  const key = inputs.signingKey === '' ? undefined : parseSigningKey(inputs.signingKey);
  const target = await onAllowedBranch(inputs, ports);
  const request = requestOf(inputs, target);
  const burned = new Set<string>();
  let lost: unknown;
  for (let attempt = 1; attempt <= inputs.maxAttempts; attempt++) {
    const read = await readHistory(ports.github, request);
    const history = inputs.dryRun ? await previewMerge(ports.github, read, { target, runner: ports.runner }) : read;
    const plan = planTag(history, policyOf(inputs, target), burned);
    const told = { inputs, target, runner: ports.runner, history, plan };
    if (plan.outcome !== 'create' || plan.tag === undefined || inputs.dryRun) return finish(told, ports.github);
    const creation = await create(ports.github, { ...told, key });
    if (creation.kind === 'created') {
      const superseding = await findSuperseding(ports.github, { ...request, plan, history });
      return finish({ ...told, creation, superseding }, ports.github);
    }
    if (creation.kind === 'burned') noteBurned(burned, plan, inputs);
    if (creation.kind === 'unclear') lost = creation.error;
    ports.runner.log(`${plan.tag.tag} could not be created (${creation.kind}); reading the tags again`);
    if (creation.kind !== 'burned') await ports.timer.sleep(waitMs(attempt, ports.timer));
  }
  throw new UserError('lost-race', `No tag could be created in ${inputs.maxAttempts} attempts.`, {
    remedy: reasons['lost-race'].remedy,
    cause: lost,
  });
}

// A dry run shows what any commit would become, also one that is on no allowed branch yet.
async function onAllowedBranch(inputs: Inputs, { github, runner }: Ports): Promise<Target> {
  const target = resolveTarget(inputs, runner);
  const trunks = inputs.branches.length > 0 ? inputs.branches : [''];
  const allowed = [...trunks, ...inputs.branchRules.map((rule) => rule.branch)];
  const branch = inputs.dryRun ? target.branch : await checkBranch(github, target, allowed);
  const range = branch === undefined ? undefined : rangeOfBranch(inputs.branchRules, branch);
  return range === undefined ? target : { ...target, range };
}

// Wide jitter, because those who lost together would meet again: one attempt takes about a second on GitHub.
function waitMs(attempt: number, { random }: Timer): number {
  return Math.ceil(random() * Math.min(8_000, 500 * 2 ** attempt));
}

// A run that finds its tag still makes the release that an earlier run could not.
async function finish(told: Told, github: GitHubClient): Promise<Report<OutputName>> {
  const { inputs, plan, creation } = told;
  const ours = creation !== undefined || plan.outcome === 'already-tagged';
  if (!ours || inputs.dryRun) return reportOf(told);
  const request = { ...told, created: creation !== undefined, superseding: told.superseding ?? plan.superseding };
  return reportOf({ ...told, followUp: await followUp(github, request) });
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

function noteBurned(burned: Set<string>, plan: TagPlan, { onBurned, version }: Inputs): void {
  if (plan.tag === undefined) return;
  if (onBurned === 'fail' || version !== '') {
    throw new UserError('burned', `An immutable release has used ${plan.tag.tag} before.`, {
      remedy: reasons.burned.remedy,
    });
  }
  burned.add(plan.tag.version);
}

function requestOf(inputs: Inputs, { repository, sha, range }: Target): HistoryRequest {
  const { prefix, version, paths, excludePaths } = inputs;
  return {
    repository,
    sha,
    range,
    compared: new Map(),
    pulls: inputs.bump === 'auto' && version === '' && inputs.source.some((source) => source !== 'commits'),
    prefix,
    version,
    paths,
    excludePaths,
    channel: inputs.prerelease,
  };
}

function policyOf(inputs: Inputs, { branch, defaultBranch, range }: Target): Policy {
  return {
    ...inputs,
    range,
    skipTaken:
      range === undefined && (inputs.branches.length === 0 || (branch !== undefined && branch === defaultBranch)),
    channel: inputs.prerelease,
    ignoreBodyAuthors: inputs.ignoreBodyAuthors.map((author) => author.toLowerCase()),
  };
}
