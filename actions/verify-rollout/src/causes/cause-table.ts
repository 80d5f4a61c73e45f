/** How a class of cause is told: what to do, and the command that shows more. Part of the public contract, as `causes[].class`. */
export interface CauseEntry {
  readonly fix: string;
  /** With `{namespace}`, `{object}` (kind/name), `{name}` and `{container}`. */
  readonly command: string;
  readonly link: string;
}

const docs = 'https://kubernetes.io/docs';
const describe = 'kubectl -n {namespace} describe {object}';
const logs = 'kubectl -n {namespace} logs {object} -c {container} --previous';
const images = `${docs}/concepts/containers/images/`;
const debug = `${docs}/tasks/debug/debug-application/debug-pods/`;
const probes = `${docs}/concepts/configuration/liveness-readiness-startup-probes/`;

function entry(fix: string, command: string, link: string): CauseEntry {
  return { fix, command, link };
}

/** Every class of cause that verify-rollout can name. */
export const causeTable = {
  ImageNotFound: entry('Push the image under this tag, or deploy a tag that exists.', describe, images),
  PullAccessDenied: entry('Give the pod an imagePullSecret that may read this repository.', describe, images),
  ImagePlatformMismatch: entry('Build the image for the platform of the nodes.', describe, images),
  RegistryCertificate: entry(
    'Make the nodes trust the certificate of the registry, or allow it without TLS.',
    describe,
    images,
  ),
  ImageSignature: entry('Sign the image as the policy of the nodes demands.', describe, images),
  PullRateLimited: entry('Pull with a login or through a mirror: the registry limits the nodes.', describe, images),
  PullUnavailable: entry('Check the registry and the network between it and the nodes.', describe, images),
  InvalidImageName: entry('Correct the image name in the manifest; repositories are lower case.', describe, images),
  ImageNeverPulled: entry('Set imagePullPolicy to IfNotPresent, or load the image on the nodes.', describe, images),
  CreateContainerConfigError: entry(
    'Create the ConfigMap, Secret or key that the container refers to, or the user that runAsNonRoot asks for.',
    describe,
    debug,
  ),
  CreateContainerError: entry('See the message of the container runtime.', describe, debug),
  CommandNotFound: entry(
    'Correct the command of the container, or make the file executable in the image.',
    describe,
    debug,
  ),
  StartError: entry('See the message of the container runtime.', describe, debug),
  CrashLoopBackOff: entry('Read the last log lines of the crashed run.', logs, debug),
  OOMKilled: entry(
    'Raise the memory limit, or reduce what the process uses.',
    describe,
    `${docs}/concepts/configuration/manage-resources-containers/`,
  ),
  LivenessFailed: entry('Correct the liveness probe, or what it asks.', logs, probes),
  StartupProbeFailed: entry('Give the startup probe more time, or make the start faster.', logs, probes),
  PostStartHookFailed: entry(
    'Correct the postStart hook.',
    describe,
    `${docs}/concepts/containers/container-lifecycle-hooks/`,
  ),
  ReadinessFailed: entry(
    'Find out why the readiness probe fails, or give it more time.',
    'kubectl -n {namespace} logs {object} -c {container}',
    probes,
  ),
  QuotaExceeded: entry(
    'Raise the ResourceQuota, or lower maxSurge, replicas or requests.',
    'kubectl -n {namespace} describe resourcequota',
    `${docs}/concepts/policy/resource-quotas/`,
  ),
  LimitRangeViolated: entry(
    'Bring the resources of the containers within the LimitRange.',
    'kubectl -n {namespace} describe limitrange',
    `${docs}/concepts/policy/limit-range/`,
  ),
  PodSecurityViolation: entry(
    'Bring the securityContext to the level that the namespace enforces.',
    describe,
    `${docs}/concepts/security/pod-security-standards/`,
  ),
  AdmissionDenied: entry(
    'Change the manifest as the admission policy demands.',
    describe,
    `${docs}/reference/access-authn-authz/validating-admission-policy/`,
  ),
  ServiceAccountMissing: entry(
    'Create the service account, or correct serviceAccountName.',
    'kubectl -n {namespace} get serviceaccounts',
    `${docs}/concepts/security/service-accounts/`,
  ),
  PodInvalid: entry('Correct the pod template; the API server calls it invalid.', describe, debug),
  PodForbidden: entry('See the message: the API server refuses the pod.', describe, debug),
  WebhookUnavailable: entry(
    'Repair the admission webhook that does not answer.',
    'kubectl get validatingwebhookconfigurations,mutatingwebhookconfigurations',
    `${docs}/reference/access-authn-authz/extensible-admission-controllers/`,
  ),
  PodNotCreated: entry('See the message of the controller.', describe, debug),
  Unschedulable: entry(
    'Add nodes, or lower requests and constraints of the pod.',
    describe,
    `${docs}/concepts/scheduling-eviction/`,
  ),
  VolumeNotMounted: entry(
    'See the message about the volume, its claim or its Secret.',
    describe,
    `${docs}/concepts/storage/persistent-volumes/`,
  ),
  SandboxFailed: entry('Check the network plugin and the container runtime of the node.', describe, debug),
  NodeNotReady: entry(
    'Bring the node back, or delete the pods so that they move.',
    'kubectl describe node {node}',
    `${docs}/concepts/architecture/nodes/`,
  ),
  ProgressDeadlineExceeded: entry(
    'See why the new pods are not available in time.',
    describe,
    `${docs}/concepts/workloads/controllers/deployment/#failed-deployment`,
  ),
  StuckRevision: entry(
    'Delete the pod: a StatefulSet does not replace a broken pod by itself, not even for a revert.',
    'kubectl -n {namespace} delete {object}',
    `${docs}/concepts/workloads/controllers/statefulset/#forced-rollback`,
  ),
  JobFailed: entry(
    'Read the logs of the pods of the Job.',
    'kubectl -n {namespace} logs {object}',
    `${docs}/concepts/workloads/controllers/job/`,
  ),
  JobGone: entry(
    'Raise ttlSecondsAfterFinished: the Job went before its result was seen.',
    'kubectl -n {namespace} get jobs',
    `${docs}/concepts/workloads/controllers/ttlafterfinished/`,
  ),
  WrongImage: entry(
    'Find out who changed the image outside of Git, or deploy again.',
    'kubectl -n {namespace} get {object} -o yaml',
    `${docs}/concepts/workloads/controllers/deployment/`,
  ),
  WrongDigest: entry(
    'The tag points to another image than the one that was built: deploy by digest.',
    describe,
    images,
  ),
  ZeroReplicas: entry(
    'Scale the workload up, or set allow-zero: true.',
    'kubectl -n {namespace} get {object}',
    `${docs}/concepts/workloads/`,
  ),
  Paused: entry(
    'Resume the Deployment, or set on-paused: wait.',
    'kubectl -n {namespace} rollout resume {object}',
    `${docs}/concepts/workloads/controllers/deployment/#pausing-and-resuming-a-deployment`,
  ),
  OnDelete: entry(
    'Delete the old pods: this workload replaces a pod only after it was deleted.',
    'kubectl -n {namespace} delete {pods}',
    `${docs}/concepts/workloads/controllers/statefulset/#update-strategies`,
  ),
  NotApplied: entry(
    'Check that the GitOps controller applied the commit.',
    'kubectl -n {namespace} get {object} -o wide',
    `${docs}/concepts/workloads/`,
  ),
  WorkloadMissing: entry(
    'Check namespace and name under workloads.',
    'kubectl -n {namespace} get all',
    `${docs}/concepts/workloads/`,
  ),
  RolloutIncomplete: entry('Raise timeout, or see why the pods take so long.', describe, debug),
  FluxSuspended: entry(
    'Resume the Kustomization, or set on-suspended: wait.',
    'flux -n {namespace} resume kustomization {name}',
    'https://fluxcd.io/flux/components/kustomize/kustomizations/#suspend',
  ),
  FluxBuildFailed: entry(
    'Correct kustomization.yaml and the files it names.',
    'flux -n {namespace} get kustomization {name}',
    'https://fluxcd.io/flux/components/kustomize/kustomizations/',
  ),
  FluxArtifactFailed: entry(
    'Check the path of the Kustomization and its source.',
    'flux -n {namespace} get kustomization {name}',
    'https://fluxcd.io/flux/components/kustomize/kustomizations/',
  ),
  FluxApplyFailed: entry(
    'Correct the manifest that the API server refuses.',
    'flux -n {namespace} get kustomization {name}',
    'https://fluxcd.io/flux/components/kustomize/kustomizations/',
  ),
  FluxHealthCheckFailed: entry(
    'See which object of the Kustomization is not healthy.',
    'flux -n {namespace} get kustomization {name}',
    'https://fluxcd.io/flux/components/kustomize/kustomizations/#health-checks',
  ),
  FluxStalled: entry(
    'Correct the Kustomization: Flux does not try again by itself.',
    'flux -n {namespace} get kustomization {name}',
    'https://fluxcd.io/flux/components/kustomize/kustomizations/',
  ),
  FluxDependencyNotReady: entry(
    'Repair the Kustomization that this one depends on.',
    'flux -n {namespace} get kustomizations',
    'https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies',
  ),
  FluxSourceFailed: entry(
    'Check the credentials and the URL of the GitRepository.',
    'flux -n {namespace} get sources git',
    'https://fluxcd.io/flux/components/source/gitrepositories/',
  ),
  FluxNotApplied: entry(
    'Ask Flux to reconcile, or shorten its interval.',
    'flux -n {namespace} reconcile kustomization {name} --with-source',
    'https://fluxcd.io/flux/components/kustomize/kustomizations/',
  ),
  ArgoSyncFailed: entry(
    'Correct the manifest that the API server refuses.',
    'argocd app get {name}',
    'https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/',
  ),
  ArgoDegraded: entry(
    'See which resource of the application is degraded.',
    'argocd app get {name}',
    'https://argo-cd.readthedocs.io/en/stable/operator-manual/health/',
  ),
  ArgoOlderOperation: entry(
    'End the older operation: it blocks the new revision.',
    'argocd app terminate-op {name}',
    'https://argo-cd.readthedocs.io/en/stable/user-guide/commands/argocd_app_terminate-op/',
  ),
  ArgoComparisonError: entry(
    'See why Argo CD cannot render the application.',
    'argocd app get {name}',
    'https://argo-cd.readthedocs.io/en/stable/user-guide/diffing/',
  ),
  ArgoNotSynced: entry(
    'Sync the application, or wait for its next refresh.',
    'argocd app sync {name}',
    'https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/',
  ),
  VersionMismatch: entry(
    'See what answers at version-url: a cache, an old replica, or another service.',
    "curl -sS '{url}'",
    'https://kubernetes.io/docs/concepts/services-networking/service/',
  ),
  SoakFailed: entry('Containers restarted after the rollout: read their logs.', logs, debug),
} satisfies Record<string, CauseEntry>;

/** The name of a class of cause. */
export type CauseClass = keyof typeof causeTable;
