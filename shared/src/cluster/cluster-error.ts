import { type ReasonTable, textOfError, UserError, userErrors } from '../errors.ts';

/** What a cluster can refuse; the one place where its answers become reason codes. */
export const clusterReasons = {
  'cluster-unauthorized': {
    meaning: 'The API server does not know the token, or it has expired.',
    remedy: 'Pass a valid `kubernetes-token`, or run where the service account of the pod is known to this cluster.',
  },
  'cluster-forbidden': {
    meaning: 'The identity may not read what the verification needs.',
    remedy: 'Apply the Role that the error prints, and bind it to this identity.',
  },
  'cluster-lacks-resource': {
    meaning: 'The API server does not know a kind of object that is to be read.',
    remedy:
      'Check that the GitOps controller of the inputs is installed in this cluster, and that the URL is that of an API server.',
  },
  'cluster-not-configured': {
    meaning: 'There is no way to reach a cluster.',
    remedy: 'Set kubernetes-api-url and kubernetes-token, set kubeconfig, or run in a pod of the cluster.',
  },
  'cluster-certificate': {
    meaning: 'The certificate of the API server is not trusted.',
    remedy: 'Set `kubernetes-ca` to the certificate authority of the cluster, in PEM.',
  },
  'kubectl-missing': {
    meaning: 'A kubeconfig needs kubectl, which this runner does not have.',
    remedy:
      'Add a step that installs it, for example azure/setup-kubectl, or set kubernetes-api-url and kubernetes-token.',
  },
} satisfies ReasonTable;

/** An error of the cluster's table. */
export const clusterUserError = userErrors(clusterReasons);

/** An answer of the API server that is not what was asked for, with the `reason` and `message` of its Status object. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  /** The HTTP status, or the `code` of a Status inside a watch. */
  readonly status: number;
  readonly reason: string;
  /** Milliseconds that a Retry-After header asked for. */
  readonly retryAfterMs: number | undefined;

  constructor(status: number, answer: { reason: string; message: string; retryAfterMs?: number | undefined }) {
    super(answer.message);
    this.status = status;
    this.reason = answer.reason;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** Whether waiting can help: network errors, 429, and 5xx, but not what the API server decided. */
export function isTransient(error: unknown): boolean {
  if (error instanceof UserError) return false;
  if (!(error instanceof ClusterError)) return !isCertificateError(error);
  return error.status === 429 || error.status >= 500;
}

/** Turns a final failure into an error a person can act on; `rule` is what was read, for the Role that would allow it. */
export function explainClusterError(
  error: unknown,
  rule: { resource: string; group: string; namespace: string },
): unknown {
  const from = { cause: error };
  if (isCertificateError(error)) return clusterUserError('cluster-certificate', `TLS: ${textOfError(error)}`, from);
  if (!(error instanceof ClusterError)) return error;
  const answer = `The API server answered ${error.status}`;
  if (error.status === 401) return clusterUserError('cluster-unauthorized', `${answer}: ${error.message}`, from);
  if (error.status === 404) {
    const what = rule.group === '' ? rule.resource : `${rule.resource}.${rule.group}`;
    return clusterUserError('cluster-lacks-resource', `${answer} for ${what}: ${error.message}`, from);
  }
  if (error.status !== 403) return error;
  return clusterUserError('cluster-forbidden', `${answer}: ${error.message}\n${renderRole(rule)}`, from);
}

function isCertificateError(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return /CERT|SELF_SIGNED|UNABLE_TO_VERIFY|ALTNAME/.test(code);
}

/** The Role that allows what was refused, as YAML. */
export function renderRole(rule: { resource: string; group: string; namespace: string }): string {
  return [
    'apiVersion: rbac.authorization.k8s.io/v1',
    'kind: Role',
    `metadata: { name: verify-rollout, namespace: ${rule.namespace} }`,
    'rules:',
    `  - { apiGroups: ["${rule.group}"], resources: ["${rule.resource}"], verbs: ["get", "list", "watch"] }`,
  ].join('\n');
}
