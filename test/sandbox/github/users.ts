import type { User } from './actors.ts';
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
    html_url: `${world.urls.server}/${user.login}`,
    type: user.type,
    user_view_type: 'public',
    site_admin: false,
  };
}

/** Accounts, the caller's limits, and who may do what in a repository. */
export const userRoutes = [
  globalRoute('GET /user', ({ world, actor }) => {
    if (actor.kind === 'anonymous') throw new Refusal(401, 'Requires authentication');
    if (actor.kind !== 'pat' && actor.kind !== 'classic')
      throw new Refusal(403, 'Resource not accessible by integration');
    return { status: 200, data: userAnswer(world, actor) };
  }),
  globalRoute('GET /users/{username}', ({ world, params }) => {
    const user = world.actors.find(params['username'] ?? '');
    if (user === undefined) throw notFound();
    return { status: 200, data: { ...userAnswer(world, user), name: user.login, email: null } };
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
    return { status: 200, data: { permission, role_name: role, user: userAnswer(world, user) } };
  }),
];
