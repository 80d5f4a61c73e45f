import type { GitHubClient } from '#shared/github/client.ts';
import type { BranchHead } from '#shared/github/read-files.ts';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import type { Registry } from '#shared/registry/registry.ts';
import type { Timer } from '#shared/retry.ts';
import type { Report } from '#shared/run-action.ts';
import type { Runner } from '#shared/runner/runner.ts';
import { addCopies, type Copies, planCopies } from './creation/plan-creation.ts';
import type { ScannedFile, Target } from './images/change.ts';
import { addAppVersions } from './images/plan-app-version.ts';
import type { Inputs } from './inputs.ts';
import type { OutputName } from './outputs.ts';
import { planBump, scanFiles } from './plan-bump.ts';
import {
  type Decision,
  explainMissing,
  guardError,
  requireCopies,
  requireFound,
  requireNone,
  requireOrder,
  requireReadable,
  requireSettings,
  requireVersions,
  targetsOf,
} from './plan-decision.ts';
import { type Order, planOrder } from './plan-order.ts';
import { explainKeyPaths } from './refusals/plan-missing.ts';
import { type Ending, reportOf } from './report.ts';
import { pathMatcher } from './repository/plan-files.ts';
import { type Contended, contentionError, type Push, pushBump, TRAILER } from './repository/push-bump.ts';
import { type BranchSnapshot, readBranch } from './repository/read-branch.ts';
import { readWorktree } from './repository/read-worktree.ts';
import { type ReadFiles, type RefusedFile, surroundingsOf, TOO_LARGE } from './repository/source.ts';
import { writeWorktree } from './repository/write-worktree.ts';
import { resolveRequests } from './resolve-images.ts';
import { planSettings, type SettingsPlan } from './settings/plan-settings.ts';
import { findShadowed } from './shadows/plan-shadows.ts';

/** What the action reaches the world through. */
export interface Ports {
  readonly runner: Runner;
  readonly github: GitHubClient;
  readonly registry: Registry;
  readonly timer: Timer;
  /** The folder of the checkout that `path` is relative to. */
  readonly worktree: string;
}

/** Changes image tags in a GitOps repository: read, decide, act, tell; again from the start when the branch moved meanwhile. */
export async function run(inputs: Inputs, ports: Ports): Promise<Report<OutputName>> {
  const order = planOrder(inputs);
  requireVersions(order.requests);
  const yaml = await loadYaml();
  let lost: Lost | undefined;
  for (let attempt = 1; ; attempt++) {
    const read = await readManifests(inputs, ports, order);
    const found = lost && findLost(lost, read);
    if (lost !== undefined && found !== undefined)
      return reportOf({ inputs, order, decision: lost.decision, ending: found });
    const decision = await decide(yaml, read, { inputs, ports, order });
    const outcome = await act(inputs, ports, { order, read, decision, attempt });
    if (!('contended' in outcome)) return reportOf({ inputs, order, decision, ending: outcome });
    const { isOurs, branch } = outcome;
    lost = isOurs && { decision, branch, isOurs };
    await ports.timer.sleep(spreadMs(attempt, ports.timer));
  }
}

/** A push of which no answer came. */
interface Lost {
  readonly decision: Decision;
  readonly branch: string;
  readonly isOurs: (tip: BranchHead) => boolean;
}

function findLost({ branch, isOurs }: Lost, read: ReadFiles | BranchSnapshot): Ending | undefined {
  const tips = 'base' in read ? [read.head, read.base] : [];
  const tip = tips.find((one) => one !== undefined && isOurs(one));
  return tip && { reasonCode: 'bumped', branch, sha: tip.commit, verified: tip.verified };
}

// Writers that lost at the same moment must not come back at the same moment, but at any of a window: a short one, because
// mostly few meet, then one in which fifty find room for a read and a write.
function spreadMs(attempt: number, timer: Timer): number {
  return Math.ceil(timer.random() * (attempt === 1 ? 6_000 : 18_000));
}

function readManifests(inputs: Inputs, ports: Ports, order: Order): Promise<ReadFiles | BranchSnapshot> {
  if (inputs.write === 'worktree') return Promise.resolve(readWorktree(ports.worktree, order.wanted));
  const { github } = ports;
  const head = inputs.write === 'branch' ? order.branch : undefined;
  return readBranch({ github, repository: inputs.repository, base: inputs.base, head }, order.wanted);
}

async function decide(
  yaml: YamlLibrary,
  read: ReadFiles,
  { inputs, ports, order }: { inputs: Inputs; ports: Ports; order: Order },
): Promise<Decision> {
  requireReadable(read.refused);
  const copies = order.creation && requireCopies(planCopies(yaml, read, order.creation));
  const seen = copies === undefined ? read : withCopies(read, copies, order);
  const { keyPaths } = order.selectors;
  const scanned = scanFiles(yaml, seen.files, keyPaths);
  const found = targetsOf(scanned, order);
  const settings = settingsOf(yaml, seen, order);
  const missing = missingIn({ yaml, order, read: seen }, found, scanned);
  if (inputs.onMissing === 'fail') requireFound(missing, settings.missing);
  const warnings = [...missing, ...settings.missing, ...tooLarge(read.skipped)];
  requireOrder(scanned, order);
  requireSettings(yaml, seen.files, { order, settings });
  const targets = await resolveTargets(ports, { inputs, order, scanned }, found);
  const planned = planBump(yaml, scanned, {
    targets,
    settings: settings.targets,
    pinDigest: inputs.pinDigest,
    keyPaths,
  });
  const plan = copies === undefined ? planned : addCopies(planned, copies, read);
  requireNone(plan.problems);
  const shadowed = findShadowed(yaml, { changes: plan.changes, targets, surroundings: seen.surroundings });
  return { plan, targets, scanned, warnings, shadowed, refusal: guardError(plan, inputs.allowDowngrade) };
}

async function resolveTargets(
  { registry, timer }: Ports,
  { inputs, order, scanned }: { inputs: Inputs; order: Order; scanned: readonly ScannedFile[] },
  found: readonly Target[],
): Promise<readonly Target[]> {
  const requests = await resolveRequests({ registry, timer, inputs }, order.requests, found);
  const targets = found.map((target) => ({
    ...target,
    request: requests[order.requests.indexOf(target.request)] ?? target.request,
  }));
  return inputs.appVersion ? addAppVersions(targets, scanned) : targets;
}

function tooLarge(skipped: readonly RefusedFile[]): string[] {
  return skipped
    .filter(({ why }) => why === TOO_LARGE)
    .map(({ path }) => `${path} is larger than 1 MB and was not looked into.`);
}

const MAX_SEARCHED_FILES = 1000;

// The copies take the place of what was read; only an earlier environment is still asked for what it runs.
function withCopies(read: ReadFiles, copies: Copies, { earlierGlobs }: Order): ReadFiles {
  const isEarlier = earlierGlobs.length === 0 ? () => false : pathMatcher(earlierGlobs);
  const files = [...copies.files, ...read.files.filter(({ path }) => isEarlier(path))];
  return { ...read, files, all: () => files, surroundings: surroundingsOf(files) };
}

function settingsOf(yaml: YamlLibrary, read: ReadFiles, { settings, selectors, globs }: Order): SettingsPlan {
  const asked = { settings, selectors, isOwn: pathMatcher(globs) };
  const plan = planSettings(yaml, read.files, asked);
  if (plan.missing.length === 0) return plan;
  return { ...plan, missing: planSettings(yaml, read.all().slice(0, MAX_SEARCHED_FILES), asked).missing };
}

// Files without the name were not parsed; only for near names they are.
function missingIn(
  { yaml, order, read }: { yaml: YamlLibrary; order: Order; read: ReadFiles },
  found: readonly Target[],
  scanned: readonly ScannedFile[],
): readonly string[] {
  if (explainMissing(order, found, scanned).length === 0) return [];
  const all = scanFiles(yaml, read.all().slice(0, MAX_SEARCHED_FILES));
  return [...explainMissing(order, found, all), ...explainKeyPaths(yaml, scanned, order.selectors.keyPaths)];
}

const MAX_ATTEMPTS = 20;

/** Writes what was decided, unless the branch moved: then everything has to be read again. */
async function act(
  inputs: Inputs,
  ports: Ports,
  step: { order: Order; read: ReadFiles | BranchSnapshot; decision: Decision; attempt: number },
): Promise<Ending | (Contended & { branch: string })> {
  const { order, read, decision, attempt } = step;
  const { plan, refusal } = decision;
  if (refusal !== undefined) {
    // Somebody was faster with a newer version: what this run wanted has happened.
    if (attempt > 1 && inputs.write === 'direct') return { reasonCode: 'superseded' };
    throw refusal;
  }
  if (plan.files.length === 0) return { reasonCode: decision.warnings.length > 0 ? 'missing' : 'already-current' };
  if (inputs.dryRun || inputs.write === 'none') return { reasonCode: 'planned' };
  if (!('base' in read)) {
    writeWorktree(ports.worktree, plan.files);
    return { reasonCode: 'bumped' };
  }
  const push: Push = {
    github: ports.github,
    repository: inputs.repository,
    branch: inputs.write === 'branch' ? order.branch : inputs.base,
    how: inputs.write === 'branch' ? 'replace' : 'append',
    message: `${order.message.trimEnd()}\n\n${TRAILER}\n`,
  };
  const pushed = await pushBump(push, read, plan.files);
  if ('contended' in pushed) {
    if (attempt >= MAX_ATTEMPTS) throw contentionError(push, attempt, pushed.contended);
    ports.runner.log(`${push.branch} moved, or GitHub's answer was lost; reading it again (attempt ${attempt}).`);
    return { ...pushed, branch: push.branch };
  }
  const { sha, verified } = pushed;
  return { reasonCode: verified === undefined ? 'branch-current' : 'bumped', branch: push.branch, sha, verified };
}
