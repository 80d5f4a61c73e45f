import type { GitHubClient } from '#shared/github/client.ts';
import type { Registry } from '#shared/registry/registry.ts';
import type { Timer } from '#shared/retry.ts';
import type { Runner } from '#shared/runner/runner.ts';

/** What the action reaches the world through. */
export interface Ports {
  readonly runner: Runner;
  readonly github: GitHubClient;
  readonly registry: Registry;
  readonly timer: Timer;
  /** The folder of the checkout that `path` is relative to. */
  readonly worktree: string;
}
