import type { Inputs } from './inputs.ts';
import type { Decision } from './plan-decision.ts';
import type { Order } from './plan-order.ts';
import type { Ports } from './ports.ts';
import type { Ending } from './report.ts';
import { type Contended, contentionError, type Push, pushBump, TRAILER } from './repository/push-bump.ts';
import type { BranchSnapshot } from './repository/read-branch.ts';
import type { ReadFiles } from './repository/source.ts';
import { writeWorktree } from './repository/write-worktree.ts';

const MAX_ATTEMPTS = 20;

/** Writes what was decided, unless the branch moved: then everything has to be read again. */
export async function applyDecision(
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
