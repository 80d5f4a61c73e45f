import type { ClusterClient } from '#shared/cluster/client.ts';
import { textOfError } from '#shared/errors.ts';
import type { Report } from '#shared/run-action.ts';
import { forLog } from '#shared/untrusted.ts';
import { formatImage } from './cluster/parse-image.ts';
import type { KnownDeploy } from './deploy/read-deploy.ts';
import type { Inputs } from './inputs.ts';
import type { OutputName } from './outputs.ts';
import { type Ports, repositoryOf } from './ports.ts';
import type { Plan } from './read-plan.ts';
import { renderCauseLine, renderSentence, renderSummary, type Story } from './render-summary.ts';
import { planCausesTold, type ToldCause } from './report/plan-causes-told.ts';
import { type LeadTimeFacts, planLeadTime } from './report/plan-lead-time.ts';
import { appliedAt, planTimeline } from './report/plan-timeline.ts';
import { readLogs } from './report/read-logs.ts';
import { recordDeployment } from './report/record-deployment.ts';
import type { Result } from './verdict/plan-verdict.ts';
import type { Verification } from './verify-cluster.ts';
import { runningDigests } from './workloads/plan-workload.ts';

/** Everything that is known when a verdict is told. */
export interface Telling {
  readonly plan: Plan;
  readonly inputs: Inputs;
  readonly deploy: KnownDeploy | undefined;
  readonly facts: LeadTimeFacts;
  /** Local milliseconds at which the action began. */
  readonly start: number;
  readonly ports: Ports;
  readonly client: ClusterClient;
}

/** Explains the verdict with logs, records it in GitHub, and reports it. */
export async function tell(verification: Verification, telling: Telling): Promise<Report<OutputName>> {
  const { inputs, plan, deploy, ports } = telling;
  const causes = await explainCauses(verification, telling);
  const story = storyOf(verification, telling, causes);
  const result = verification.verdict.result;
  for (const cause of causes) ports.runner.group(forLog(renderCauseLine(cause)), cause.log.map(forLog));
  if (!inputs.dryRun && result !== 'waiting') await record(result, renderSentence(story), telling);
  const failed = !inputs.dryRun && (result === 'failed' || result === 'timed-out');
  const lines = causes.map(renderCauseLine);
  return {
    outputs: {
      result,
      causes,
      summary: [renderSentence(story), ...lines].join('\n'),
      duration: story.durationSeconds,
      leadTime: story.leadTime,
      imageIds: digestsOf(verification, plan),
      deploy: deploy?.marker,
    },
    reasonCode: inputs.dryRun ? 'dry-run' : result,
    headline: renderSentence(story),
    summary: renderSummary(story),
    annotations: annotationsOf(result, causes, renderSentence(story)),
    ...(failed
      ? {
          failure: [renderSentence(story), ...lines, ...causes.slice(0, 1).map(({ fix }) => `To do: ${fix}`)].join(
            '\n',
          ),
        }
      : {}),
  };
}

/** The report when there is nothing to verify. */
export function noDeployReport(sha: string): Report<OutputName> {
  const summary = `No merged deploy pull request belongs to ${sha}; there is nothing to verify.`;
  const outputs = {
    result: '',
    causes: [],
    summary,
    duration: 0,
    leadTime: undefined,
    imageIds: [],
    deploy: undefined,
  };
  return {
    outputs,
    reasonCode: 'no-deploy',
    headline: summary,
    summary: `### verify-rollout: nothing to verify\n\n${summary}`,
  };
}

async function explainCauses(
  { verdict, observed }: Verification,
  { plan, inputs, client }: Telling,
): Promise<ToldCause[]> {
  const logs: (readonly string[])[] = [];
  const known = [inputs.kubernetesToken, inputs.githubToken];
  for (const cause of verdict.causes.slice(0, 3)) {
    const options = { client, observed, namespace: plan.namespace, lines: inputs.logLines, known };
    logs.push(inputs.logs === 'off' || inputs.dryRun ? [] : await readLogs(cause, options));
  }
  return planCausesTold(verdict.causes, { namespace: plan.namespace, url: plan.versionUrl, logs, known });
}

function storyOf(
  { verdict, observed, expectation }: Verification,
  telling: Telling,
  causes: readonly ToldCause[],
): Story {
  const { plan, inputs, facts, start, ports, client } = telling;
  const verified = verdict.result === 'verified' && !inputs.dryRun ? ports.timer.now() : undefined;
  return {
    result: verdict.result,
    isDryRun: inputs.dryRun,
    image: plan.image.repository === '' ? '' : formatImage(plan.image),
    namespace: plan.namespace,
    workloads: verdict.workloads,
    gitOps: verdict.gitOps?.progress,
    revision: plan.revision,
    durationSeconds: Math.round((ports.timer.now() - start) / 100) / 10,
    causes,
    timeline: planTimeline(observed, verdict, { expectation, now: client.now() }),
    leadTime: planLeadTime({ ...facts, applied: appliedAt(observed, verdict, expectation), verified }),
    leadTimeTargetSeconds: inputs.leadTimeTarget,
    notes: [],
  };
}

function annotationsOf(
  result: string,
  causes: readonly ToldCause[],
  sentence: string,
): NonNullable<Report['annotations']> {
  const level = result === 'failed' || result === 'timed-out' ? 'error' : 'warning';
  if (result === 'verified' || result === 'waiting') return [];
  if (causes.length === 0)
    return [
      {
        level: result === 'superseded' ? 'notice' : level,
        title: `verify-rollout: ${result}`,
        message: forLog(sentence),
      },
    ];
  return causes.map(
    (cause) =>
      ({
        level,
        title: `${cause.class} ${cause.object}`,
        message: forLog(`${renderCauseLine(cause)} To do: ${cause.fix}`),
      }) as const,
  );
}

function digestsOf({ verdict }: Verification, plan: Plan): string[] {
  return [
    ...new Set(
      verdict.workloads.flatMap(({ pods }) => pods.flatMap((pod) => runningDigests(pod, plan.image.repository))),
    ),
  ];
}

// The verdict stands whether or not GitHub takes the note of it.
async function record(result: Result, description: string, { inputs, plan, deploy, ports }: Telling): Promise<void> {
  const { github, runner } = ports;
  const marker = deploy?.marker;
  const deploymentId = inputs.deploymentId ?? marker?.deploymentId;
  if (github === undefined || (deploymentId === undefined && marker?.sourceRepository === undefined)) return;
  const repository = marker?.sourceRepository ?? repositoryOf(inputs, runner);
  const { serverUrl, repository: own, runId } = runner.context;
  const target = { repository, deploymentId, environment: marker?.environment ?? '', ref: plan.image.tag };
  try {
    const id = await recordDeployment(github, target, {
      result,
      description,
      logUrl: `${serverUrl}/${own}/actions/runs/${runId}`,
    });
    if (id !== undefined) runner.log(`recorded in deployment ${id} of ${repository}`);
  } catch (error) {
    runner.warning(`the deployment in ${repository} was not updated: ${forLog(textOfError(error))}`);
  }
}
