import type { BranchHead } from '#shared/github/read-files.ts';
import { loadYaml } from '#shared/manifest/parse-manifest.ts';
import type { Timer } from '#shared/retry.ts';
import type { Report } from '#shared/run-action.ts';
import { applyDecision } from './apply-decision.ts';
import { decideBump } from './decide-bump.ts';
import type { Inputs } from './inputs.ts';
import type { OutputName } from './outputs.ts';
import { type Decision, requireVersions } from './plan-decision.ts';
import { type Order, planOrder } from './plan-order.ts';
import type { Ports } from './ports.ts';
import { type Ending, reportOf } from './report.ts';
import { type BranchSnapshot, readBranch } from './repository/read-branch.ts';
import { readWorktree } from './repository/read-worktree.ts';
import type { ReadFiles } from './repository/source.ts';

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
    const decision = await decideBump(yaml, read, { inputs, ports, order });
    const outcome = await applyDecision(inputs, ports, { order, read, decision, attempt });
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
