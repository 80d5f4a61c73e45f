import { randomUUID } from 'node:crypto';

/** How the registry asks who is there. `bearer` sends clients to `/token` first, as the big registries do. */
export type Challenge = 'none' | 'basic' | 'bearer';

/** What may be changed while the registry runs. */
export interface RegistrySettings {
  challenge: Challenge;
  /** Whether those without credentials may pull; with `challenge: 'none'` everybody may do everything. */
  anonymousPull: boolean;
  /** Refuses a tag that already names another digest. */
  immutableTags: boolean;
  /** Docker Hub and some proxies leave `Docker-Content-Digest` out. */
  digestHeader: 'right' | 'missing' | 'wrong';
  /** Repositories that answer 403. */
  readonly denied: Set<string>;
  /** How many manifests may be read by GET in all, as Docker Hub counts a pull; HEAD is free. */
  pullLimit: number | undefined;
}

/** Who may do what. */
export interface RegistryAccess {
  readonly credentials: { readonly username: string; readonly password: string };
  /** Answers `/token`; undefined for wrong credentials. */
  issueToken(authorization: string | undefined, scopes: readonly string[]): string | undefined;
  /** Whether the request may go on: `pull` or `push` of a repository, or '' for `/v2/` itself. */
  judge(authorization: string | undefined, wanted: { repository: string; action: 'pull' | 'push' }): Judgement;
}

/** 401 asks for (other) credentials, 403 is final. */
export type Judgement = 'allowed' | 'unauthorized' | 'denied';

/** Starts with one user who may pull and push everywhere. */
export function createAccess(settings: RegistrySettings): RegistryAccess {
  const credentials = { username: 'acme', password: randomUUID() };
  const tokens = new Map<string, ReadonlySet<string>>();

  function userOf(authorization: string | undefined): 'known' | 'anonymous' | 'wrong' {
    const [scheme = '', value = ''] = (authorization ?? '').split(' ');
    if (value === '') return 'anonymous';
    const expected = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    return scheme.toLowerCase() === 'basic' && value === expected ? 'known' : 'wrong';
  }

  function judgeBasic(authorization: string | undefined, action: string): Judgement {
    const user = userOf(authorization);
    if (user === 'known' || (user === 'anonymous' && settings.anonymousPull && action === 'pull')) return 'allowed';
    return 'unauthorized';
  }

  return {
    credentials,
    issueToken(authorization, scopes) {
      const user = userOf(authorization);
      if (user === 'wrong') return undefined;
      const granted = scopes.flatMap((scope) => grant(scope, user === 'known', settings.anonymousPull));
      const token = randomUUID();
      tokens.set(token, new Set(granted));
      return token;
    },
    judge(authorization, { repository, action }) {
      if (settings.denied.has(repository)) return 'denied';
      if (settings.challenge === 'none') return 'allowed';
      if (settings.challenge === 'basic') return judgeBasic(authorization, action);
      const granted = tokens.get((authorization ?? '').replace(/^bearer /i, ''));
      if (granted === undefined) return 'unauthorized';
      return repository === '' || granted.has(`${repository}:${action}`) ? 'allowed' : 'unauthorized';
    },
  };
}

// A token server grants the part of a scope that it may and says nothing about the rest.
function grant(scope: string, known: boolean, anonymousPull: boolean): string[] {
  const [type, repository, actions = ''] = scope.split(':');
  if (type !== 'repository') return [];
  const allowed = actions.split(',').filter((action) => known || (anonymousPull && action === 'pull'));
  return allowed.map((action) => `${repository}:${action}`);
}
