import type { User } from './actors.ts';
import { idFrom } from './ids.ts';
import { notFound, Refusal } from './refusals.ts';
import { globalRoute, repositoryRoute } from './router.ts';
import type { World } from './world.ts';

/** An account as REST embeds it everywhere; https://docs.github.com/en/rest/users/users */
export function userAnswer(world: World, user: User) {
  const api = `${world.urls.api}/users/${encodeURIComponent(user.login)}`;
  return {
    login: user.login,
    id: user.id,
    node_id: `U_${user.id}`,
    avatar_url: `${world.urls.server}/avatars/${user.id}`,
    gravatar_id: '',
    url: api,
    html_url: htmlOf(world, user),
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    repos_url: `${api}/repos`,
    events_url: `${api}/events{/privacy}`,
    received_events_url: `${api}/received_events`,
    type: user.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** A team of `organization`; https://docs.github.com/en/rest/teams/teams */
export function teamAnswer({ urls }: World, organization: string, slug: string) {
  const api = `${urls.api}/orgs/${organization}/teams/${slug}`;
  return {
    id: idFrom(slug),
    node_id: `T_${Buffer.from(slug).toString('base64url')}`,
    name: slug,
    slug,
    description: null,
    privacy: 'closed',
    notification_setting: 'notifications_enabled',
    permission: 'pull',
    type: 'organization',
    url: api,
    html_url: `${urls.server}/orgs/${organization}/teams/${slug}`,
    members_url: `${api}/members{/member}`,
    repositories_url: `${api}/repos`,
  };
}

/** The App behind a bot, in short; https://docs.github.com/en/rest/apps/apps */
export function appAnswer(world: World, organization: string, { id, login }: User) {
  const slug = login.replace('[bot]', '');
  return {
    id,
    slug,
    node_id: `A_${id}`,
    name: slug,
    description: null,
    owner: { ...userAnswer(world, world.actors.user(organization)), type: 'Organization' },
    external_url: `${world.urls.server}/${organization}`,
    html_url: `${world.urls.server}/apps/${slug}`,
    created_at: ACCOUNT_CREATED,
    updated_at: ACCOUNT_CREATED,
    permissions: { metadata: 'read', checks: 'write' },
    events: [],
  };
}

/** An account by itself. */
function profileAnswer(world: World, user: User) {
  const owned = [...world.repositories.values()].filter(({ owner }) => owner === user.login);
  return {
    ...userAnswer(world, user),
    ...{ name: user.login, company: null, blog: '', location: null, email: null, hireable: null, bio: null },
    ...{ public_repos: owned.filter((one) => !one.private).length, public_gists: 0, followers: 0, following: 0 },
    ...{ twitter_username: null, created_at: ACCOUNT_CREATED, updated_at: ACCOUNT_CREATED },
  };
}

const ACCOUNT_CREATED = '2011-01-25T18:44:36Z';

/** A bot's page is that of its App. */
function htmlOf({ urls }: World, { login, type }: User): string {
  return type === 'Bot' ? `${urls.server}/apps/${login.replace('[bot]', '')}` : `${urls.server}/${login}`;
}

/** Accounts, the caller's limits, and who may do what in a repository. */
export const userRoutes = [
  globalRoute('GET /user', ({ world, actor }) => {
    if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication');
    if (actor.kind !== 'pat' && actor.kind !== 'classic')
      throw new Refusal(403, 'Resource not accessible by integration');
    return { status: 200, data: profileAnswer(world, actor) };
  }),
  globalRoute('GET /users/{username}', ({ world, params }) => {
    const user = world.actors.find(params['username'] ?? '');
    if (user === undefined) throw notFound();
    return { status: 200, data: profileAnswer(world, user) };
  }),
  globalRoute('GET /rate_limit', ({ world, actor }) => {
    const [core, graphql] = [world.limits.stateOf(actor, 'core'), world.limits.stateOf(actor, 'graphql')];
    return { status: 200, data: { resources: { core, graphql, search: core }, rate: core } };
  }),
  repositoryRoute('GET /collaborators/{username}/permission', 'metadata=read', ({ world, repository, params }) => {
    const login = params['username'] ?? '';
    const user = world.actors.find(login);
    if (user === undefined) throw notFound();
    const role = repository.settings.roles[login] ?? (login === 'octo-admin' ? 'admin' : 'none');
    const permission = {
      admin: 'admin',
      maintain: 'write',
      write: 'write',
      triage: 'read',
      read: 'read',
      none: 'none',
    }[role];
    return {
      status: 200,
      data: { permission, role_name: role, user: { ...userAnswer(world, user), role_name: role } },
    };
  }),
];
