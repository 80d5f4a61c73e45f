import { connectCluster } from '#shared/cluster/client.ts';
import { resolveEndpoint } from '#shared/cluster/resolve-endpoint.ts';
import { connectGitHub } from '#shared/github/client.ts';
import { endpointsOf } from '#shared/github/endpoints.ts';
import type { RequestMeter } from '#shared/request-meter.ts';
import { systemTimer } from '#shared/retry.ts';
import { runAction } from '#shared/run-action.ts';
import type { Runner } from '#shared/runner/runner.ts';
import { type Inputs, inputSpec } from './inputs.ts';
import { outputNames } from './outputs.ts';
import type { Ports } from './ports.ts';
import { reasons } from './reasons.ts';
import { run } from './run.ts';

/** Starts the action; settles when it has told everything. */
export function start(): Promise<void> {
  return runAction({
    name: 'verify-rollout',
    inputs: inputSpec,
    outputs: outputNames,
    reasons,
    run: (inputs, surroundings) => run(inputs, connectPorts(inputs, surroundings)),
  });
}

/** The adapters as the inputs ask for them; nothing is sent yet. */
export function connectPorts(inputs: Inputs, { runner, meter }: { runner: Runner; meter: RequestMeter }): Ports {
  const endpoints = endpointsOf(inputs.githubApiUrl, runner.context);
  const { log } = runner;
  const github =
    inputs.githubToken === '' ? undefined : connectGitHub({ ...endpoints, token: inputs.githubToken, meter, log });
  const access = {
    apiUrl: inputs.kubernetesApiUrl,
    token: inputs.kubernetesToken,
    ca: inputs.kubernetesCa,
    kubeconfig: inputs.kubeconfig,
    context: inputs.context,
    temporaryFolder: runner.context.temporaryFolder,
    log,
  };
  return {
    runner,
    meter,
    github,
    timer: systemTimer,
    connect: async () => {
      const { endpoint, description, close } = await resolveEndpoint(access);
      return {
        client: connectCluster({ endpoint, meter, timer: systemTimer, retryBudgetMs: listBudgetMs(inputs) }),
        description,
        close,
      };
    },
  };
}

// A list is not repeated for longer than the whole verification may take.
function listBudgetMs({ timeout, dryRun }: Inputs): number {
  return dryRun ? 5_000 : Math.min(60_000, (timeout ?? 60) * 1000);
}
