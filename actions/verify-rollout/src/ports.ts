import type { ClusterClient } from '#shared/cluster/client.ts';
import type { GitHubClient } from '#shared/github/client.ts';
import type { RequestMeter } from '#shared/request-meter.ts';
import type { Timer } from '#shared/retry.ts';
import type { Runner } from '#shared/runner/runner.ts';
import type { Inputs } from './inputs.ts';

/** What verify-rollout reaches outside of itself. */
export interface Ports {
  readonly runner: Runner;
  readonly meter: RequestMeter;
  readonly timer: Timer;
  /** Undefined where no token is given. */
  readonly github: GitHubClient | undefined;
  /** Opens the way to the cluster. Throws a UserError when there is none. */
  readonly connect: () => Promise<{ client: ClusterClient; description: string; close: () => Promise<void> }>;
}

/** The GitOps repository. */
export function repositoryOf(inputs: Inputs, runner: Runner): string {
  return inputs.repository || runner.context.repository;
}
