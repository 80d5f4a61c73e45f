import type { Container, Pod, PodSpec } from './pod-objects.ts';
import type { Store } from './store.ts';

/** A pod that is to be created. */
export interface ProposedPod {
  readonly metadata: { readonly namespace?: string; readonly name: string };
  readonly spec: PodSpec;
}

/**
 * The refusal of a pod by the API server, undefined when it may be created: its service account is missing, its
 * namespace enforces the restricted Pod Security Standard, or its quota is used up.
 */
export function refusePod(store: Store, pod: ProposedPod): string | undefined {
  const why = missingAccount(store, pod) ?? podSecurity(store, pod) ?? usedQuota(store, pod);
  return why === undefined ? undefined : `pods "${pod.metadata.name}" is forbidden: ${why}`;
}

function missingAccount(store: Store, { metadata, spec }: ProposedPod): string | undefined {
  const { namespace = 'default' } = metadata;
  const account = spec.serviceAccountName ?? 'default';
  if (account === 'default' || store.get('serviceaccounts', { namespace, name: account }) !== undefined)
    return undefined;
  return `error looking up service account ${namespace}/${account}: serviceaccount "${account}" not found`;
}

// The four rules of "restricted" that an ordinary manifest breaks.
function podSecurity(store: Store, { metadata, spec }: ProposedPod): string | undefined {
  const labels = store.get('namespaces', { name: metadata.namespace ?? 'default' })?.metadata.labels ?? {};
  if (labels['pod-security.kubernetes.io/enforce'] !== 'restricted') return undefined;
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const breaking = (keeps: (security: NonNullable<Container['securityContext']>) => boolean) =>
    containers.filter(({ securityContext = {} }) => !keeps(securityContext)).map(({ name }) => `"${name}"`);
  const told = (title: string, names: readonly string[], must: string, prefix = '') =>
    names.length === 0
      ? []
      : [`${title} (${prefix}${names.length > 1 ? 'containers' : 'container'} ${names.join(', ')} must set ${must})`];
  const { runAsNonRoot, seccompProfile } = spec.securityContext ?? {};
  const escalating = breaking((security) => security.allowPrivilegeEscalation === false);
  const capable = breaking((security) => security.capabilities?.drop?.includes('ALL') === true);
  const root = runAsNonRoot === true ? [] : breaking((security) => security.runAsNonRoot === true);
  const unconfined = seccompProfile !== undefined ? [] : breaking((security) => security.seccompProfile !== undefined);
  const seccomp = 'securityContext.seccompProfile.type to "RuntimeDefault" or "Localhost"';
  const violations = [
    ...told('allowPrivilegeEscalation != false', escalating, 'securityContext.allowPrivilegeEscalation=false'),
    ...told('unrestricted capabilities', capable, 'securityContext.capabilities.drop=["ALL"]'),
    ...told('runAsNonRoot != true', root, 'securityContext.runAsNonRoot=true', 'pod or '),
    ...told('seccompProfile', unconfined, seccomp, 'pod or '),
  ];
  return violations.length === 0 ? undefined : `violates PodSecurity "restricted:latest": ${violations.join(', ')}`;
}

function usedQuota(store: Store, { metadata }: ProposedPod): string | undefined {
  const { namespace = 'default' } = metadata;
  for (const quota of store.list('resourcequotas', namespace)) {
    const { hard = {} } = quota.spec as { hard?: Record<string, string> };
    const limited = Number(hard['pods'] ?? Number.POSITIVE_INFINITY);
    const used = store.list('pods', namespace).filter((pod) => !hasEnded(pod)).length;
    if (used + 1 <= limited) continue;
    return `exceeded quota: ${quota.metadata.name}, requested: pods=1, used: pods=${used}, limited: pods=${limited}`;
  }
  return undefined;
}

function hasEnded({ status }: Pod): boolean {
  return status.phase === 'Succeeded' || status.phase === 'Failed';
}
