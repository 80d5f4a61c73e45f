/** What a job's token may do, by scope; a scope that is not named is `none`. */
export type Grant = Readonly<Record<string, 'read' | 'write' | 'none'>>;

/** What GitHub grants where nothing is declared and the repository's default is the restricted one. */
export const RESTRICTED: Grant = { contents: 'read', packages: 'read' };

const SCOPES = [
  ...['actions', 'attestations', 'checks', 'contents', 'deployments', 'discussions', 'id-token', 'issues', 'models'],
  ...['packages', 'pages', 'pull-requests', 'security-events', 'statuses'],
];
const RANK = { none: 0, read: 1, write: 2 } as const;

/** The grant that `permissions:` declares, or `otherwise` where it is missing. https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions */
export function grantOf(permissions: unknown, otherwise: Grant): Grant {
  if (permissions === undefined) return otherwise;
  if (permissions === 'read-all') return Object.fromEntries(SCOPES.map((scope) => [scope, 'read']));
  if (permissions === 'write-all') return Object.fromEntries(SCOPES.map((scope) => [scope, 'write']));
  return (permissions ?? {}) as Grant;
}

/** GitHub's words for what `asked` has and `allowed` has not; undefined when it is covered. */
export function exceeding(asked: Grant, allowed: Grant): string | undefined {
  const scopes = Object.entries(asked).filter(([scope, level]) => RANK[level] > RANK[allowed[scope] ?? 'none']);
  if (scopes.length === 0) return undefined;
  const list = (of: Grant) => scopes.map(([scope]) => `${scope}: ${of[scope] ?? 'none'}`).join(', ');
  return `requesting '${list(asked)}', but is only allowed '${list(allowed)}'.`;
}
