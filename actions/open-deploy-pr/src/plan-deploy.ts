import { renderBody } from './description/render-body.ts';
import { renderTitle } from './description/render-title.ts';
import type { DeployFacts } from './facts/deploy-facts.ts';
import { type Direction, directionOf } from './facts/plan-direction.ts';
import { previousOf } from './facts/plan-previous.ts';
import { planRisk, type Risk } from './facts/plan-risk.ts';
import { closedGate, type GateFacts, skippedProof } from './gates/plan-gates.ts';
import { matchingFiles, migrationFiles } from './gates/plan-paths.ts';
import type { Order } from './plan-order.ts';
import type { ReadState } from './read-state.ts';
import { userError } from './reasons.ts';

/** The pull request as it should be. */
export interface DeployPlan {
  readonly facts: DeployFacts;
  readonly risk: Risk;
  readonly title: string;
  /** The visible text of the body. */
  readonly text: string;
}

/** Decides what the pull request says; throws a UserError when a gate is closed. */
export function planDeploy(order: Order, state: ReadState, nowMs: number): DeployPlan {
  const { branch, range, proof, records } = state;
  const previousVersion = previousOf(branch, order.version);
  const direction = directionBetween(previousVersion, order.version, range.range?.status);
  const files = range.range?.files ?? [];
  const policy = order.migrationPolicy;
  const migrations = policy === 'off' ? [] : migrationFiles(files, order.migrationPaths);
  const { minSoakSeconds, requiredEnvironment, mode, version } = order;
  const gates: GateFacts = {
    ...{ mode, direction, version, previousVersion, requiredEnvironment, proof, minSoakSeconds, nowMs },
    ...{ migrationPolicy: policy, migrations, files },
  };
  const closed = closedGate(gates);
  if (closed !== undefined) {
    throw userError(closed.code, closed.message);
  }
  const { service, environment, image, reason, sourceRepository, serverUrl, checklist } = order;
  const facts: DeployFacts = {
    ...{ service, environment, image, version, previousVersion, direction, mode, reason, branch, proof, checklist },
    ...{ sourceRepository, serverUrl, migrations },
    digest: branch.digest ?? (order.digest === '' ? undefined : order.digest),
    range: range.range,
    flags: matchingFiles(files, order.flagPaths),
    owners: order.codeOwners === 'off' ? [] : branch.owners,
    skippedProof: skippedProof(gates),
    lastVerified: records.lastVerified,
  };
  const risk = planRisk(facts);
  return { facts, risk, title: renderTitle(facts, order.title), text: renderBody(facts, risk) };
}

function directionBetween(previous: string | undefined, version: string, status: string | undefined): Direction {
  const direction = directionOf(previous, version);
  if (direction !== 'unknown' || status === undefined) return direction;
  if (status === 'behind') return 'rollback';
  return status === 'ahead' ? 'forward' : 'unknown';
}
