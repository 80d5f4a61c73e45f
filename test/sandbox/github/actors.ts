import { randomBytes } from 'node:crypto';

/** An account as every answer of the API shows it. */
export interface User {
  readonly login: string;
  readonly id: number;
  readonly type: 'User' | 'Bot' | 'Organization';
}

/** Access to a kind of resource; `write` includes `read`. */
export type Access = 'read' | 'write';

/** Whom a token stands for and what it may do; `repositories` undefined means all of them. */
export interface Actor extends User {
  readonly kind: 'GITHUB_TOKEN' | 'app' | 'pat' | 'classic' | 'anonymous';
  readonly permissions: Readonly<Record<string, Access>>;
  /** Of a classic token. */
  readonly scopes?: readonly string[];
  readonly repositories?: readonly string[];
}

/** What `issueToken` takes: a job's token, an App's, a fine-grained one (`pat`) or a classic one. */
export type TokenRequest =
  | {
      readonly kind: 'GITHUB_TOKEN' | 'app' | 'pat';
      readonly login: string;
      readonly permissions: Readonly<Record<string, Access>>;
      readonly repositories?: readonly string[];
      /** The job runs for a pull request from a fork, so it may read at most. */
      readonly fork?: boolean;
    }
  | {
      readonly kind: 'classic';
      readonly login: string;
      readonly scopes: readonly string[];
      readonly repositories?: readonly string[];
    };

/** What is known of accounts. */
export interface ActorRecords {
  readonly users: Map<string, User>;
  readonly tokens: Map<string, Actor>;
  readonly emails: Map<string, string>;
}

/** The accounts and tokens of one sandbox. */
export interface Actors {
  readonly records: ActorRecords;
  issueToken(request: TokenRequest): string;
  byToken(token: string): Actor | undefined;
  /** The account `login`, made up when it was never seen. */
  user(login: string): User;
  /** The account if something in the sandbox has named it. */
  find(login: string): User | undefined;
  /** The account behind a commit's e-mail address. */
  byEmail(email: string): User | undefined;
  claimEmail(email: string, login: string): void;
}

/** What a token without an `Authorization` header may do: read what is public. */
export const anonymous: Actor = { kind: 'anonymous', login: '', id: 0, type: 'User', permissions: {} };

const PREFIX = { GITHUB_TOKEN: 'ghs_', app: 'ghs_', pat: 'github_pat_', classic: 'ghp_' } as const;
const KNOWN_IDS: Readonly<Record<string, number>> = { 'github-actions[bot]': 41898282, 'web-flow': 19864447 };

const firstId = 1001;

/** Starts without tokens, or with what another sandbox knew. */
export function createActors(
  records: ActorRecords = { users: new Map(), tokens: new Map(), emails: new Map() },
): Actors {
  const { users, tokens, emails } = records;

  function user(login: string): User {
    const key = login.toLowerCase();
    const known = users.get(key);
    if (known !== undefined) return known;
    const made: User = {
      login,
      id: KNOWN_IDS[login] ?? firstId + users.size,
      type: login.endsWith('[bot]') ? 'Bot' : 'User',
    };
    users.set(key, made);
    return made;
  }
  return {
    records,
    issueToken(request) {
      const { kind, login, repositories } = request;
      const token = PREFIX[kind] + randomBytes(18).toString('hex');
      const only = repositories === undefined ? {} : { repositories };
      const rights = request.kind === 'classic' ? rightsOfScopes(request.scopes) : rightsOf(request);
      tokens.set(token, { ...user(login), kind, ...rights, ...only });
      return token;
    },
    byToken: (token) => tokens.get(token),
    user,
    find: (login) => users.get(login.toLowerCase()),
    byEmail(email) {
      const login = emails.get(email.toLowerCase()) ?? /^(?:\d+\+)?(.+)@users\.noreply\.github\.com$/.exec(email)?.[1];
      return login === undefined ? undefined : user(login);
    },
    claimEmail: (email, login) => void emails.set(email.toLowerCase(), login),
  };
}

/** The address under which GitHub writes commits of `user`. */
export function noreplyEmail({ id, login }: User): string {
  return `${id}+${login}@users.noreply.github.com`;
}

/** Whether the actor may `access` the resource `name` (`contents`, `pull_requests`, ...). */
export function may({ permissions }: Actor, name: string, access: Access): boolean {
  const granted = permissions[name];
  return granted === 'write' || granted === access;
}

/** Whether the token was given this repository at all. */
export function covers({ repositories, kind }: Actor, fullName: string): boolean {
  if (kind === 'anonymous') return false;
  return repositories === undefined || repositories.some((one) => one.toLowerCase() === fullName.toLowerCase());
}

const WRITABLE = ['contents', 'pull_requests', 'issues', 'deployments', 'statuses', 'checks', 'actions'] as const;

function all(access: Access, more: readonly string[] = []): Record<string, Access> {
  return Object.fromEntries([...WRITABLE, ...more].map((name) => [name, access]));
}

function rightsOf({ permissions, fork }: Exclude<TokenRequest, { kind: 'classic' }>): Pick<Actor, 'permissions'> {
  const given = Object.entries(permissions).map(([name, access]) => [name, fork === true ? 'read' : access]);
  return { permissions: { metadata: 'read', ...Object.fromEntries(given) } };
}

/** https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps#available-scopes */
function rightsOfScopes(scopes: readonly string[]): Pick<Actor, 'permissions' | 'scopes'> {
  const repo = scopes.includes('repo') ? all('write', ['metadata', 'administration']) : {};
  const workflow = scopes.includes('workflow') ? { workflows: 'write' as const } : {};
  return { permissions: { ...repo, ...workflow }, scopes };
}

/** The four tokens every sandbox starts with. */
export function issueStandardTokens({ issueToken }: Actors) {
  return {
    admin: issueToken({ kind: 'pat', login: 'octo-admin', permissions: all('write', ['workflows', 'administration']) }),
    app: issueToken({ kind: 'app', login: 'trunkline-bot[bot]', permissions: all('write', ['workflows']) }),
    workflow: issueToken({ kind: 'GITHUB_TOKEN', login: 'github-actions[bot]', permissions: all('write') }),
    readOnly: issueToken({ kind: 'GITHUB_TOKEN', login: 'github-actions[bot]', permissions: all('read') }),
  };
}
