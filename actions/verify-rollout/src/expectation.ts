import type { ExpectedImage } from './cluster/parse-image.ts';

/** A workload to verify, by the lower-case kind and the name. */
export interface Target {
  readonly kind: 'deployment' | 'statefulset' | 'daemonset' | 'job' | 'cronjob';
  readonly name: string;
}

/** How a revision stands to the commit that is waited for. */
export type Relation = 'same' | 'newer' | 'older' | 'unknown';

/** A GitOps object that must have applied the commit. */
export interface GitOpsTarget {
  readonly kind: 'flux' | 'argo';
  readonly name: string;
  readonly namespace: string;
  /** Tells how a commit stands to the expected one; `newer` means that it contains the expected one. Undefined when no commit is expected. */
  readonly relation: ((commit: string) => Relation) | undefined;
}

/** All that a rollout is measured against. */
export interface Expectation {
  readonly namespace: string;
  readonly targets: readonly Target[];
  readonly image: ExpectedImage;
  /** Digests that mean the same image as `image.digest`: its index, platform manifests and configurations. */
  readonly sameDigests: ReadonlySet<string>;
  readonly gitOps: GitOpsTarget | undefined;
  readonly allowZero: boolean;
  /** Pods of a DaemonSet that may be unavailable. */
  readonly maxUnavailable: number;
  readonly onPaused: 'report' | 'wait';
  readonly onSuspended: 'report' | 'wait';
  /** The moment, in server milliseconds, at which waiting ends. */
  readonly deadline: number;
}
