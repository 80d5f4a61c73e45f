import { textOfError } from '#shared/errors.ts';
import type { Report } from '#shared/run-action.ts';
import { forLog } from '#shared/untrusted.ts';
import { readDeploy } from './deploy/read-deploy.ts';
import { compareByGitHub, RevisionBook } from './gitops/revision-book.ts';
import type { Inputs } from './inputs.ts';
import type { OutputName } from './outputs.ts';
import { type Ports, repositoryOf } from './ports.ts';
import { type Plan, readPlan } from './read-plan.ts';
import { readLeadTime } from './report/read-lead-time.ts';
import { noDeployReport, tell } from './tell.ts';
import { checkVersion } from './verdict/check-version.ts';
import type { Cause, Verdict } from './verdict/plan-verdict.ts';
import { type ClusterPorts, soak, type Verification, verifyCluster } from './verify-cluster.ts';

/** Waits until the new version is really live, or says why it is not. */
export async function run(inputs: Inputs, ports: Ports): Promise<Report<OutputName>> {
  const { runner, timer, github } = ports;
  const start = timer.now();
  const deploy = await readDeploy(inputs, ports);
  if (deploy === 'none') return noDeployReport(runner.context.sha);
  const plan = readPlan(inputs, deploy);
  const cluster = await ports.connect();
  try {
    const clusterPorts = {
      client: cluster.client,
      timer,
      revisions: revisionsOf(plan, inputs, ports),
      log: runner.log,
    };
    runner.log(`reaches the cluster by ${cluster.description}`);
    const rollout = await verifyCluster(plan, inputs, clusterPorts);
    const verification = inputs.dryRun ? rollout : await confirm(rollout, { plan, inputs, start, ports, clusterPorts });
    const pull = deploy?.pull;
    const facts =
      github === undefined || deploy === undefined || pull === undefined
        ? {}
        : await readLeadTime(github, { ...deploy, pull }, repositoryOf(inputs, runner));
    return await tell(verification, { plan, inputs, deploy, facts, start, ports, client: cluster.client });
  } finally {
    cluster.client.close();
    await cluster.close();
  }
}

interface Confirming {
  readonly plan: Plan;
  readonly inputs: Inputs;
  readonly start: number;
  readonly ports: Ports;
  readonly clusterPorts: ClusterPorts;
}

// What the cluster calls complete must also answer, and stay.
async function confirm(
  rollout: Verification,
  { plan, inputs, start, ports, clusterPorts }: Confirming,
): Promise<Verification> {
  if (rollout.verdict.result !== 'verified') return rollout;
  if (plan.versionUrl !== '') {
    const deadline = start + plan.timeoutSeconds * 1000;
    const check = { url: plan.versionUrl, path: inputs.versionPath, expected: plan.versionExpect, deadline };
    const wrong = await checkVersion(check, { timer: ports.timer, onRequest: () => ports.meter.add() });
    if (wrong !== undefined) return { ...rollout, verdict: failedBy(rollout.verdict, wrong) };
    ports.runner.log(`${plan.versionUrl} answers ${plan.versionExpect}`);
  }
  const seconds = inputs.soak ?? 0;
  if (seconds === 0) return rollout;
  ports.runner.log(`waits ${seconds} s for restarts`);
  return { ...rollout, verdict: await soak(rollout, seconds, clusterPorts) };
}

function failedBy(verdict: Verdict, evidence: string): Verdict {
  const object = verdict.workloads[0]?.workload ?? 'service';
  const cause: Cause = { class: 'VersionMismatch', object, objects: [object], reason: 'VersionMismatch', evidence };
  return { ...verdict, result: 'failed', causes: [cause] };
}

function revisionsOf(plan: Plan, inputs: Inputs, { github, runner }: Ports): RevisionBook | undefined {
  if (plan.revision === '' || plan.gitOps === undefined) return undefined;
  const repository = repositoryOf(inputs, runner);
  const onTrouble = (error: unknown) =>
    runner.warning(`cannot compare commits of ${repository}: ${forLog(textOfError(error))}`);
  const compare =
    github === undefined
      ? async () => 'unknown' as const
      : compareByGitHub(github, { repository, expected: plan.revision, onTrouble });
  return new RevisionBook(plan.revision, compare);
}
