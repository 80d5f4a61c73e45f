import { backoffMs, type Timer } from '#shared/retry.ts';
import type { Report } from '#shared/run-action.ts';
import type { Runner } from '#shared/runner/runner.ts';
import { type Applied, applyPlan } from './apply-plan.ts';
import { readBaseVersions } from './branch/read-branch.ts';
import { checkActor } from './gates/check-actor.ts';
import type { Inputs } from './inputs.ts';
import type { OutputName } from './outputs.ts';
import { planDeploy } from './plan-deploy.ts';
import { type Order, planOrder } from './plan-order.ts';
import { type ReadState, readState, type Sides } from './read-state.ts';
import { userError } from './reasons.ts';
import { reportNothing, reportOf } from './report.ts';

/** What open-deploy-pr works with. */
export interface Ports extends Sides {
  readonly runner: Runner;
  readonly timer: Timer;
}

const MAX_ATTEMPTS = 5;

/** Opens or refreshes the one pull request of a service and environment: read, decide, act, tell; again when the branch moved meanwhile. */
export async function run(inputs: Inputs, ports: Ports): Promise<Report<OutputName>> {
  const { timer, runner, github, source } = ports;
  let order = planOrder(inputs, runner.context);
  await checkActor(github, runner.context, order);
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    const state = await readState({ github, source }, order);
    if ('nothing' in state) {
      if (state.nothing !== 'overtaken' || attempt === 1) return reportNothing(order, state);
      // This run may have shown its own version last, so it is the one to put that right.
      order = { ...order, version: state.version, digest: '' };
      continue;
    }
    const { viewer } = state;
    const nowMs = timer.now();
    const plan = planDeploy(order, state, nowMs);
    if (order.dryRun) return reportOf({ order, plan, viewer, applied: undefined, nowMs });
    const applied = await applyPlan({ sides: { github, source }, timer, order, state, plan });
    if (applied !== undefined) {
      return reportOf({ order, plan, viewer, applied, nowMs, ...(await failureOf(ports, order, { state, applied })) });
    }
    runner.log(`${order.branch} moved while it was looked at; reading it again`);
    await timer.sleep(backoffMs(attempt, timer, { baseMs: 1000, maxMs: 8000 }));
  }
  throw userError('head-moved', `${order.branch} moved during each of ${MAX_ATTEMPTS} attempts.`);
}

// A merge may have met a change of the base that nobody looked at.
async function failureOf(
  { github }: Ports,
  order: Order,
  { state, applied }: { state: ReadState; applied: Applied },
): Promise<{ failure?: string }> {
  if (applied.merge?.operation !== 'merged') return {};
  const files = [...new Set(state.branch.diff.map(({ file }) => file))];
  const found = await readBaseVersions(github, order, files);
  if (found.length === 0 || (found.length === 1 && found[0] === order.version)) return {};
  return {
    failure: `#${applied.pull.number} was merged, but ${order.base} has ${found.join(', ')}, not ${order.version}.`,
  };
}
