import { randomUUID } from 'node:crypto';
import { apiError } from './api-error.ts';

/** What a token may do, as a rule of a Role says it. */
export interface Rule {
  readonly verbs: readonly string[];
  readonly resources: readonly string[];
  readonly groups?: readonly string[];
  /** Everywhere when left out. */
  readonly namespaces?: readonly string[];
}

/** What a request wants. */
export interface Wanted {
  readonly verb: string;
  readonly group: string;
  /** With its subresource, `pods/log`. */
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/** Who may do what. */
export interface ClusterAccess {
  /** `admin` may do everything; `verify` has the reads that verify-rollout asks for, and nothing else. */
  readonly tokens: { readonly admin: string; readonly verify: string };
  issueToken(rules: readonly Rule[], user?: string): string;
  revokeToken(token: string): void;
  /** The user of a request; throws 401. */
  identify(authorization: string | undefined): { user: string; rules: readonly Rule[] };
  allows(rules: readonly Rule[], wanted: Wanted): boolean;
  /** Throws 403 in the words of the RBAC authorizer. */
  demand(who: { user: string; rules: readonly Rule[] }, wanted: Wanted): void;
}

const verifyRules: readonly Rule[] = [
  {
    verbs: ['get', 'list', 'watch'],
    groups: ['', 'apps', 'batch', 'kustomize.toolkit.fluxcd.io', 'source.toolkit.fluxcd.io', 'argoproj.io'],
    resources: [
      ...['pods', 'events', 'deployments', 'replicasets', 'statefulsets', 'daemonsets', 'controllerrevisions'],
      ...['jobs', 'cronjobs', 'kustomizations', 'gitrepositories', 'applications'],
    ],
  },
  { verbs: ['get'], groups: [''], resources: ['pods/log'] },
];

/** Starts with the two standard tokens. */
export function createClusterAccess(): ClusterAccess {
  const holders = new Map<string, { user: string; rules: readonly Rule[] }>();
  const issueToken = (rules: readonly Rule[], user = 'system:serviceaccount:ci:restricted'): string => {
    const token = `sandbox-${randomUUID()}`;
    holders.set(token, { user, rules });
    return token;
  };
  const tokens = {
    admin: issueToken([{ verbs: ['*'], groups: ['*'], resources: ['*'] }], 'kubernetes-admin'),
    verify: issueToken(verifyRules, 'system:serviceaccount:ci:verify-rollout'),
  };
  const allows = (rules: readonly Rule[], wanted: Wanted): boolean => rules.some((rule) => covers(rule, wanted));
  return {
    ...{ tokens, issueToken, allows },
    revokeToken: (token) => void holders.delete(token),
    identify(authorization) {
      const holder = holders.get((authorization ?? '').replace(/^bearer /i, ''));
      if (authorization === undefined) return { user: 'system:anonymous', rules: [] };
      if (holder === undefined) throw apiError(401, 'Unauthorized', 'Unauthorized');
      return holder;
    },
    demand(who, wanted) {
      if (allows(who.rules, wanted)) return;
      const { verb, resource, group, namespace, name } = wanted;
      const full = group === '' ? resource.replace(/\/.*/, '') : `${resource.replace(/\/.*/, '')}.${group}`;
      const where = namespace === '' ? 'at the cluster scope' : `in the namespace "${namespace}"`;
      const message = `User "${who.user}" cannot ${verb} resource "${resource}" in API group "${group}" ${where}`;
      const what = name === '' ? full : `${full} "${name}"`;
      throw apiError(403, 'Forbidden', `${what} is forbidden: ${message}`, { name, group, kind: resource });
    },
  };
}

function covers({ verbs, groups = ['*'], resources, namespaces }: Rule, wanted: Wanted): boolean {
  const has = (list: readonly string[], value: string) => list.includes('*') || list.includes(value);
  if (namespaces !== undefined && !namespaces.includes(wanted.namespace)) return false;
  return has(verbs, wanted.verb) && has(groups, wanted.group) && has(resources, wanted.resource);
}
