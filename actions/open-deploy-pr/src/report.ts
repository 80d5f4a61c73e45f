import type { Report } from '#shared/run-action.ts';
import type { Annotation } from '#shared/runner/runner.ts';
import type { Applied } from './apply-plan.ts';
import type { OutputName } from './outputs.ts';
import type { DeployPlan } from './plan-deploy.ts';
import type { Order } from './plan-order.ts';
import { isSameLogin } from './pull/plan-login.ts';
import { type ReasonCode, reasons } from './reasons.ts';
import { renderSummary } from './render-summary.ts';

/** A run that reached the end. */
export interface Told {
  readonly order: Order;
  readonly plan: DeployPlan;
  /** Whom the token stands for. */
  readonly viewer: string;
  /** Undefined in a dry run. */
  readonly applied: Applied | undefined;
  readonly nowMs: number;
  /** Set when the base lacks the version after the merge. */
  readonly failure?: string;
}

/** What there is to tell when nothing is to be deployed. */
export function reportNothing(
  order: Order,
  { nothing, why }: { nothing: ReasonCode; why: string },
): Report<OutputName> {
  const decision = `nothing to do: ${why}`;
  const headline = `${order.service} in ${order.environment}: nothing to deploy`;
  return {
    outputs: {
      ...noOutputs,
      operation: 'unchanged',
      branch: order.branch,
      decision,
      result: { operation: 'unchanged', why },
    },
    reasonCode: nothing,
    headline: `${headline}, ${why}`,
    summary: renderSummary({ title: headline, lines: [why] }),
  };
}

/** Outputs, summary and annotations. */
export function reportOf(told: Told): Report<OutputName> {
  const { order, plan, applied, failure } = told;
  const { facts, risk } = plan;
  const reasonCode = failure === undefined ? reasonOf(applied) : 'merge-not-on-base';
  const operation = operationOf(applied);
  const decision = decisionOf(told, operation);
  const outputs = {
    ...noOutputs,
    number: applied?.pull.number,
    url: applied?.pull.url,
    operation,
    branch: order.branch,
    headSha: applied?.pull.headSha ?? facts.branch.headSha,
    previousVersion: facts.previousVersion,
    direction: facts.direction,
    superseded: applied?.superseded ?? [],
    deploymentId: applied?.deploymentId,
    migrations: facts.migrations.map(({ path }) => path),
    risk: risk.level,
    decision,
  };
  const { service, environment, version, mode } = order;
  const headline = `${service} ${version} to ${environment}: ${decision}`;
  return {
    outputs: {
      ...outputs,
      result: { service, environment, version, mode, riskFacts: risk.facts, reasonCode, ...outputs },
    },
    reasonCode,
    headline,
    summary: renderSummary({
      title: headline,
      url: applied?.pull.url,
      lines: linesOf(told),
      facts,
      risk,
    }),
    annotations: annotationsOf(told, reasonCode),
    ...(failure === undefined ? {} : { failure }),
  };
}

// https://docs.github.com/en/actions/concepts/security/github_token#when-github_token-triggers-workflow-runs
const GITHUB_TOKEN_NOTE =
  'The pull request was opened with GITHUB_TOKEN: its checks wait until somebody with write access approves them (on GitHub Enterprise Server they never start), and a merge by this token starts no workflow. Use the token of a GitHub App to have both.';

const noOutputs: Report<OutputName>['outputs'] = {
  number: undefined,
  url: undefined,
  operation: undefined,
  branch: undefined,
  headSha: undefined,
  previousVersion: undefined,
  direction: undefined,
  superseded: [],
  deploymentId: undefined,
  migrations: [],
  risk: undefined,
  decision: undefined,
  result: undefined,
};

function operationOf(applied: Applied | undefined): string {
  if (applied === undefined) return 'unchanged';
  const { merge, operation } = applied;
  return merge === undefined || !merge.isChanged ? operation : merge.operation;
}

function reasonOf(applied: Applied | undefined): ReasonCode {
  if (applied === undefined) return 'dry-run';
  const { merge, operation } = applied;
  return merge === undefined || !merge.isChanged ? operation : merge.reasonCode;
}

function decisionOf({ plan, applied, order }: Told, operation: string): string {
  const { direction, previousVersion } = plan.facts;
  const step = `${direction} from ${previousVersion ?? 'an unknown version'}, risk ${plan.risk.level}`;
  if (applied === undefined) return `would open or refresh the pull request of ${order.branch} (${step})`;
  return `#${applied.pull.number} ${operation} (${step})`;
}

function linesOf({ applied, nowMs, plan }: Told): string[] {
  const newest = plan.facts.range?.commits[0]?.date;
  const lines: string[] = [];
  if (newest !== undefined && plan.facts.direction !== 'rollback') {
    lines.push(`Lead time so far: ${shownDuration(nowMs - Date.parse(newest))} since the newest change was committed`);
  }
  if (applied?.isEdited === true) lines.push('A reviewer edited the body; their text was kept');
  if (applied?.merge?.operation === 'blocked') {
    lines.push(`Not merged: ${applied.merge.message} ${reasons[applied.merge.reasonCode].remedy}`);
  }
  return [...lines, ...(applied?.warnings ?? [])];
}

function annotationsOf({ applied, order, viewer }: Told, reasonCode: ReasonCode): Annotation[] {
  const warnings = (applied?.warnings ?? []).map((message): Annotation => ({ level: 'warning', message }));
  if (applied?.operation === 'created' && isSameLogin(viewer, 'github-actions[bot]')) {
    warnings.push({ level: 'notice', message: GITHUB_TOKEN_NOTE });
  }
  if (applied?.merge?.operation !== 'blocked') return warnings;
  const { meaning, remedy } = reasons[reasonCode];
  const title = `${order.service} to ${order.environment} is not merged`;
  const words = applied.merge.message === '' ? '' : ` GitHub answered: ${applied.merge.message}`;
  return [...warnings, { level: 'warning', title, message: `${meaning} ${remedy}${words}` }];
}

function shownDuration(ms: number): string {
  const minutes = Math.max(0, Math.round(ms / 60_000));
  const [days, hours] = [Math.floor(minutes / 1440), Math.floor((minutes % 1440) / 60)];
  return [days > 0 ? `${days} d` : '', hours > 0 ? `${hours} h` : '', `${minutes % 60} min`].filter(Boolean).join(' ');
}
