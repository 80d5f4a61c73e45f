import { existsSync, readFileSync } from 'node:fs';
import type { ClusterAccess, ResolvedEndpoint } from './cluster-access.ts';
import { clusterReasons, clusterUserError } from './cluster-error.ts';
import { startKubectlProxy } from './kubectl-proxy.ts';

const serviceAccount = '/var/run/secrets/kubernetes.io/serviceaccount';

/** Finds the cluster. Throws a UserError when there is none, or when a kubeconfig is given and kubectl is not there. */
export async function resolveEndpoint(access: ClusterAccess): Promise<ResolvedEndpoint> {
  if (access.apiUrl !== '') {
    const { token } = access;
    const endpoint = { url: access.apiUrl, readToken: () => (token === '' ? undefined : token), ...caOf(access.ca) };
    return { endpoint, description: 'kubernetes-api-url', close: async () => {} };
  }
  if (access.kubeconfig !== '') return startKubectlProxy(access);
  const host = process.env['KUBERNETES_SERVICE_HOST'] ?? '';
  const tokenPath = `${serviceAccount}/token`;
  if (host === '' || !existsSync(tokenPath)) {
    throw clusterUserError('cluster-not-configured', clusterReasons['cluster-not-configured'].meaning);
  }
  const url = `https://${host.includes(':') ? `[${host}]` : host}:${process.env['KUBERNETES_SERVICE_PORT'] ?? '443'}`;
  const caPath = `${serviceAccount}/ca.crt`;
  const ca = existsSync(caPath) ? readFileSync(caPath, 'utf8') : access.ca;
  const endpoint = { url, readToken: () => readFileSync(tokenPath, 'utf8').trim(), ...caOf(ca) };
  return { endpoint, description: 'the service account of this pod', close: async () => {} };
}

function caOf(ca: string): { ca?: string } {
  if (ca.trim() === '') return {};
  return { ca: ca.includes('-----BEGIN') ? ca : Buffer.from(ca, 'base64').toString('utf8') };
}
