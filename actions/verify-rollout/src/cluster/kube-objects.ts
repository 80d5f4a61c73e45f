/** The parts of Kubernetes objects that decide a rollout. Everything is optional: an API server may leave out what is empty. */
export interface Meta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly generation?: number;
  readonly resourceVersion?: string;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly { readonly kind: string; readonly name: string; readonly uid: string }[];
}

/** Any object of the API; the kinds below narrow `spec` and `status`. */
export interface KubeObject {
  readonly kind?: string;
  readonly apiVersion?: string;
  readonly metadata: Meta;
}

/** A condition as all kinds have it. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
  readonly observedGeneration?: number;
}

/** The timings of a probe; Kubernetes' defaults are filled in by the API server. */
export interface Probe {
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly failureThreshold?: number;
  readonly timeoutSeconds?: number;
}

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly readinessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly restartPolicy?: string;
  readonly resources?: { readonly limits?: Readonly<Record<string, string>> };
}

export interface PodSpec {
  readonly restartPolicy?: string;
  readonly nodeName?: string;
  readonly containers?: readonly Container[];
  readonly initContainers?: readonly Container[];
}

export interface PodTemplate {
  readonly metadata?: Partial<Meta>;
  readonly spec?: PodSpec;
}

/** Why a container ended. */
export interface Terminated {
  readonly exitCode?: number;
  readonly signal?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly finishedAt?: string;
}

export interface ContainerState {
  readonly waiting?: { readonly reason?: string; readonly message?: string };
  readonly running?: { readonly startedAt?: string };
  readonly terminated?: Terminated;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly imageID?: string;
  readonly ready?: boolean;
  readonly started?: boolean;
  readonly restartCount?: number;
  readonly state?: ContainerState;
  readonly lastState?: ContainerState;
}

export interface Pod extends KubeObject {
  readonly spec?: PodSpec;
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly conditions?: readonly Condition[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

/** Deployment, ReplicaSet, StatefulSet, DaemonSet, Job and CronJob: the union of what is read from them. */
export interface Workload extends KubeObject {
  readonly spec?: {
    readonly replicas?: number;
    readonly paused?: boolean;
    readonly suspend?: boolean;
    readonly backoffLimit?: number;
    readonly parallelism?: number;
    readonly minReadySeconds?: number;
    readonly podManagementPolicy?: string;
    readonly updateStrategy?: {
      readonly type?: string;
      readonly rollingUpdate?: { readonly partition?: number };
    };
    readonly selector?: { readonly matchLabels?: Readonly<Record<string, string>> };
    readonly template?: PodTemplate;
    readonly jobTemplate?: { readonly spec?: { readonly template?: PodTemplate } };
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly replicas?: number;
    readonly updatedReplicas?: number;
    readonly readyReplicas?: number;
    readonly availableReplicas?: number;
    readonly terminatingReplicas?: number;
    readonly currentRevision?: string;
    readonly updateRevision?: string;
    readonly desiredNumberScheduled?: number;
    readonly updatedNumberScheduled?: number;
    readonly numberAvailable?: number;
    readonly failed?: number;
    readonly conditions?: readonly Condition[];
  };
}

/** A core v1 Event; repetitions show in `count`, or in `series` for events of events.k8s.io. */
export interface KubeEvent extends KubeObject {
  readonly reason?: string;
  readonly message?: string;
  readonly type?: string;
  readonly count?: number;
  readonly series?: { readonly count?: number; readonly lastObservedTime?: string };
  readonly firstTimestamp?: string | null;
  readonly eventTime?: string | null;
  readonly involvedObject?: {
    readonly kind?: string;
    readonly name?: string;
    readonly uid?: string;
    readonly fieldPath?: string;
  };
}

/** Flux: a Kustomization (kustomize.toolkit.fluxcd.io). */
export interface Kustomization extends KubeObject {
  readonly spec?: {
    readonly suspend?: boolean;
    readonly sourceRef?: { readonly kind?: string; readonly name?: string; readonly namespace?: string };
    readonly dependsOn?: readonly { readonly name: string; readonly namespace?: string }[];
  };
  readonly status?: {
    readonly observedGeneration?: number;
    readonly lastAttemptedRevision?: string;
    readonly lastAppliedRevision?: string;
    readonly conditions?: readonly Condition[];
    readonly inventory?: { readonly entries?: readonly { readonly id: string; readonly v?: string }[] };
  };
}

/** Flux: a GitRepository (source.toolkit.fluxcd.io). */
export interface GitRepository extends KubeObject {
  readonly spec?: { readonly suspend?: boolean };
  readonly status?: {
    readonly artifact?: { readonly revision?: string };
    readonly conditions?: readonly Condition[];
  };
}

/** What Argo CD synced: one revision, or one for each source of an application with several. */
export interface SyncRevisions {
  readonly revision?: string;
  readonly revisions?: readonly string[];
}

/** Argo CD: an Application (argoproj.io). */
export interface Application extends KubeObject {
  readonly spec?: { readonly syncPolicy?: { readonly automated?: object } };
  readonly operation?: object;
  readonly status?: {
    readonly health?: { readonly status?: string; readonly message?: string };
    readonly reconciledAt?: string;
    readonly conditions?: readonly { readonly type?: string; readonly message?: string }[];
    readonly sync?: SyncRevisions & { readonly status?: string };
    readonly resources?: readonly {
      readonly kind?: string;
      readonly name?: string;
      readonly namespace?: string;
      readonly status?: string;
    }[];
    readonly operationState?: {
      readonly phase?: string;
      readonly message?: string;
      readonly startedAt?: string;
      readonly finishedAt?: string;
      readonly retryCount?: number;
      readonly operation?: { readonly sync?: SyncRevisions };
      readonly syncResult?: SyncRevisions;
    };
  };
}

/** The condition of a type, or undefined. */
export function conditionOf(
  object: { readonly status?: { readonly conditions?: readonly Condition[] } },
  type: string,
): Condition | undefined {
  return object.status?.conditions?.find((condition) => condition.type === type);
}

/** `kind/name` in lower case, as kubectl writes it. */
export function nameOf(kind: string, object: KubeObject): string {
  return `${kind.toLowerCase()}/${object.metadata.name}`;
}

/** All revisions in what Argo CD synced. */
export function revisionsIn({ revision = '', revisions = [] }: SyncRevisions = {}): string[] {
  return [revision, ...revisions].filter((each) => each !== '');
}

/** Whether a pod is over for good: evicted, refused by its node, or finished. */
export function hasEnded({ status }: Pod): boolean {
  return status?.phase === 'Failed' || status?.phase === 'Succeeded';
}

/** Whether `child` is owned by the object with this uid. */
export function isOwnedBy(child: KubeObject, uid: string | undefined): boolean {
  return uid !== undefined && (child.metadata.ownerReferences ?? []).some((owner) => owner.uid === uid);
}

/** Milliseconds of a Kubernetes time, rounded up to the next second: the API cuts fractions off. */
export function endOfSecond(time: string | null | undefined): number | undefined {
  if (time === undefined || time === null) return undefined;
  const parsed = Date.parse(time);
  if (Number.isNaN(parsed)) return undefined;
  return time.includes('.') ? parsed : parsed + 1000;
}
