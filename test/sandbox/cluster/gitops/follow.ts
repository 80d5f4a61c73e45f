import type { World } from '../world.ts';
import { startArgo } from './argo.ts';
import { startFlux } from './flux.ts';
import { createGitSource, type GitSource, type Snapshot } from './git-source.ts';

/** What a GitOps controller follows, and how. */
export interface FollowOptions {
  /** Flux: a GitRepository and a Kustomization; argo: an Application. */
  readonly kind: 'flux' | 'argo';
  /** Of the Kustomization or Application. */
  readonly name: string;
  /** Where that object lives; `flux-system` or `argocd`. */
  readonly namespace?: string;
  /** A git URL or a folder. */
  readonly repository: string;
  readonly token?: string;
  /** `main` */
  readonly branch?: string;
  /** The folder in the repository, `clusters/staging`. */
  readonly path: string;
  /** Flux only: wait for the health of what was applied; true. */
  readonly wait?: boolean;
  /** Flux only: the seconds that a reconciliation may take; 30. */
  readonly timeoutSeconds?: number;
  /** Argo CD only: where objects without a namespace go; `default`. */
  readonly targetNamespace?: string;
  /** Seconds between two looks at the branch, of the cluster's pace; 3. `notify` looks at once. */
  readonly intervalSeconds?: number;
  readonly suspend?: boolean;
}

/** A branch that is followed. */
export interface Followed {
  /** Looks at the branch at once, as a webhook receiver does. */
  notify(): void;
  /** Stops applying, or goes on. */
  suspend(suspended: boolean): void;
  /** Ends the controller; what it applied stays. */
  stop(): void;
}

/** What a controller does with the commits of its branch. */
export interface GitOpsController {
  /** A look at the branch began: `snapshot` is what is there, `failure` why it cannot be read. */
  observe(state: { snapshot: Snapshot; isNew: boolean } | { failure: string }): Promise<void>;
  suspend(suspended: boolean): void;
}

/** The options with their defaults. */
export type Settings = Required<Omit<FollowOptions, 'token'>>;

/** Starts a controller for a branch; it looks at once and then at its interval. */
export function followRepository(world: World, options: FollowOptions): Followed {
  const settings = settingsOf(options);
  const controller = settings.kind === 'flux' ? startFlux(world, settings) : startArgo(world, settings);
  const stopping = new AbortController();
  world.signal.addEventListener('abort', () => stopping.abort(), { once: true });
  let wake = () => {};
  let asked = false;
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (asked || stopping.signal.aborted) return resolve();
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  stopping.signal.addEventListener('abort', () => wake());
  const task = follow({ settings, controller, token: options.token, signal: stopping.signal }, async () => {
    await pause(settings.intervalSeconds * world.pace.secondMs);
    asked = false;
  });
  world.tasks.add(task);
  void task.finally(() => world.tasks.delete(task));
  return {
    notify() {
      asked = true;
      wake();
    },
    suspend: (suspended) => controller.suspend(suspended),
    stop: () => stopping.abort(),
  };
}

function settingsOf(options: FollowOptions): Settings {
  return {
    ...{
      namespace: options.kind === 'flux' ? 'flux-system' : 'argocd',
      branch: 'main',
      wait: true,
      timeoutSeconds: 30,
    },
    ...{ targetNamespace: 'default', intervalSeconds: 3, suspend: false },
    ...options,
  };
}

async function follow(
  parts: { settings: Settings; controller: GitOpsController; token: string | undefined; signal: AbortSignal },
  pause: () => Promise<void>,
): Promise<void> {
  const { settings, controller, token, signal } = parts;
  const source = await createGitSource({ url: settings.repository, branch: settings.branch, token, signal });
  let known: Snapshot | undefined;
  while (!signal.aborted) {
    known = await look({ source, controller, signal }, known);
    await pause();
  }
  await source.close();
}

async function look(
  { source, controller, signal }: { source: GitSource; controller: GitOpsController; signal: AbortSignal },
  known: Snapshot | undefined,
): Promise<Snapshot | undefined> {
  try {
    const isNew = known === undefined || (await source.head()) !== known.sha;
    const snapshot = isNew ? await source.snapshot() : known;
    await controller.observe({ snapshot, isNew });
    return snapshot;
  } catch (error) {
    if (signal.aborted) return known;
    await controller.observe({ failure: error instanceof Error ? error.message.trim() : String(error) });
    return known;
  }
}
