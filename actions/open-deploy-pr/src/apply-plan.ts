import type { PullRequest } from '#shared/github/pulls.ts';
import { type DeployMarker, parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import type { Timer } from '#shared/retry.ts';
import type { DeployPlan } from './plan-deploy.ts';
import type { Order } from './plan-order.ts';
import { closeSuperseded } from './pull/close-superseded.ts';
import { addLabels } from './pull/label-pull.ts';
import { armAutoMerge, type MergeOutcome, mergeNow } from './pull/merge-pull.ts';
import { type OpenedPull, openPull } from './pull/open-pull.ts';
import { isSameLogin } from './pull/plan-login.ts';
import { supersededPulls } from './pull/plan-supersede.ts';
import { requestReviews } from './pull/request-reviews.ts';
import type { ReadState, Sides } from './read-state.ts';
import type { DeploymentNote } from './service/parse-deployment.ts';
import {
  type DeploymentRequest,
  end,
  ensureDeployment,
  isEnded,
  queueDeployment,
  type Recorded,
} from './service/record-deployment.ts';

/** What was done. */
export interface Applied extends OpenedPull {
  readonly deploymentId: number | undefined;
  readonly superseded: readonly number[];
  readonly warnings: readonly string[];
  readonly merge: MergeOutcome | undefined;
}

/** All that the writes need. */
export interface Work {
  readonly sides: Sides;
  readonly timer: Timer;
  readonly order: Order;
  readonly state: ReadState;
  readonly plan: DeployPlan;
}

/** Makes the world as planned, in an order in which a run that was cut off can be repeated: record, pull request, everything around it, merge. Undefined when the branch moved meanwhile: what was decided is not true any more. */
export async function applyPlan(work: Work): Promise<Applied | undefined> {
  const { sides, order, state, plan } = work;
  const { github } = sides;
  const { headSha } = plan.facts.branch;
  if (state.pull !== undefined && state.pull.headSha !== headSha) return undefined;
  const recorded = await record(work);
  const own = recorded.problem === undefined ? recorded.own : undefined;
  await endReplaced(work, own?.id);
  const marker = markerOf(work, own?.id);
  const { repository, branch, base, draft } = order;
  const opened = await openPull(
    {
      github,
      repository,
      branch,
      base,
      draft,
      headSha,
      title: plan.title,
      text: plan.text,
      marker,
      viewer: state.viewer,
    },
    state.pull,
  );
  const { pull } = opened;
  if (pull.headSha !== headSha) {
    if (own?.isQueued === false) await endOwn(work, own.id);
    return undefined;
  }
  if (own?.isQueued === false) {
    await queueDeployment({ source: sides.source, repository: order.sourceRepository }, { id: own.id, pull });
  }
  const label = await addLabels(github, repository, { pull, labels: order.labels });
  const reviews = await requestReviews(github, repository, {
    pull,
    ...reviewersOf(work),
  });
  const superseded = await supersede(work, pull);
  const warnings = [recorded.problem, label, ...reviews].filter((one) => one !== undefined);
  const merge = await mergeAs(work, pull);
  return { ...opened, deploymentId: own?.id, superseded, warnings, merge };
}

/** The hidden note for verify-rollout. */
export function markerOf(
  { order, plan }: Pick<Work, 'order' | 'plan'>,
  deploymentId: number | undefined,
): DeployMarker {
  const { facts } = plan;
  const { range } = facts;
  return {
    ...{ service: order.service, environment: order.environment, image: order.image, version: order.version },
    ...(facts.digest === undefined ? {} : { digest: facts.digest }),
    ...(facts.previousVersion === undefined ? {} : { previousVersion: facts.previousVersion }),
    sourceRepository: order.sourceRepository,
    ...(range?.sha === undefined ? {} : { sourceCommit: range.sha }),
    ...(deploymentId === undefined ? {} : { deploymentId }),
    mode: order.mode,
  };
}

// E-mail addresses of code owners cannot be asked by login; GitHub itself knows whose they are.
function reviewersOf({ order, state }: Work): { reviewers: string[]; teams: string[] } {
  const owners = order.codeOwners === 'request' ? state.branch.owners.filter((owner) => owner.startsWith('@')) : [];
  const isTeam = (owner: string) => owner.includes('/');
  return {
    reviewers: [...order.reviewers, ...owners.filter((owner) => !isTeam(owner))],
    teams: [...order.teamReviewers, ...owners.filter(isTeam)],
  };
}

async function record(work: Work): Promise<Recorded> {
  const { order, state, sides, plan } = work;
  if (!order.deploymentRecord) return { own: undefined };
  const { problem } = state.records;
  if (problem !== undefined)
    return { problem: `The deployments of ${order.sourceRepository} cannot be read: it ${problem}` };
  const { ref } = state.range;
  if (ref === undefined) {
    return { problem: `No deployment record: ${order.sourceRepository} ${state.range.problem ?? 'has no such tag'}` };
  }
  const { service, environment, version, mode, repository } = order;
  const { digest, previousVersion } = plan.facts;
  const note: DeploymentNote = { service, environment, version, digest, previousVersion, gitopsRepository: repository };
  const request: DeploymentRequest = {
    ...{ source: sides.source, repository: order.sourceRepository, ref, note, mode },
    description: `${service} ${version} to ${environment}`,
  };
  return ensureDeployment(request, state.records);
}

// The pull request showed another version before, which now will not be deployed.
async function endReplaced({ order, state, sides }: Work, ownId: number | undefined): Promise<void> {
  const before = parseDeployMarker(state.pull?.body ?? '')?.deploymentId;
  if (before === undefined || before === ownId || !state.records.ids.has(before) || ownId === undefined) return;
  const target = { source: sides.source, repository: order.sourceRepository };
  if (await isEnded(target, before)) return;
  await end(target, before, `Replaced by ${order.version} before it was merged`);
}

// Nobody waits for a record of what the branch held before.
async function endOwn({ order, sides }: Work, id: number): Promise<void> {
  await end({ source: sides.source, repository: order.sourceRepository }, id, `${order.branch} moved on`);
}

async function supersede({ order, state, sides }: Work, by: PullRequest): Promise<number[]> {
  if (order.supersede === 'keep' || state.viewer === '') return [];
  const { service, environment } = order;
  const pulls = supersededPulls(state.others, {
    ...{ service, environment },
    isOurs: (login) => isSameLogin(login, state.viewer),
  });
  return closeSuperseded(sides.github, order.repository, { pulls, by, how: order.supersede });
}

async function mergeAs({ order, sides, timer }: Work, pull: PullRequest): Promise<MergeOutcome | undefined> {
  if (order.autoMerge === 'never') return undefined;
  const { repository, mergeMethod: method } = order;
  const request = { github: sides.github, repository, pull, method, timer };
  return order.autoMerge === 'auto' ? armAutoMerge(request) : mergeNow(request);
}
