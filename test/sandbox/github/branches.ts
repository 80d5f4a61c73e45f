import { commitAnswer } from './commits.ts';
import { readCommit } from './git-store.ts';
import type { Repository } from './model.ts';
import { Refusal } from './refusals.ts';
import { page, repositoryRoute } from './router.ts';
import { rulesFor } from './rules.ts';
import type { World } from './world.ts';

/** https://docs.github.com/en/rest/branches/branches */
export const branchRoutes = [
  repositoryRoute('GET /branches', 'contents=read', (call) => {
    const { world, repository } = call;
    const names = repository.refs.list('refs/heads/').map(({ ref }) => ref.slice(11));
    return page(call, names, (slice) => slice.map((name) => branchAnswer(world, repository, String(name))));
  }),
  repositoryRoute('GET /branches/{branch*}', 'contents=read', async ({ world, repository, params }) => {
    const name = params['branch'] ?? '';
    const sha = repository.refs.get(`refs/heads/${name}`);
    const commit = sha === undefined ? undefined : await readCommit(repository.git, sha);
    if (commit === undefined) throw new Refusal(404, 'Branch not found');
    const self = `${world.urls.api}/repos/${repository.fullName}/branches/${name}`;
    const _links = { self, html: `${world.urls.server}/${repository.fullName}/tree/${name}` };
    const answer = branchAnswer(world, repository, name);
    return { status: 200, data: { ...answer, commit: commitAnswer(world, repository, commit), _links } };
  }),
];

function branchAnswer(world: World, repository: Repository, name: string) {
  const sha = repository.refs.get(`refs/heads/${name}`) ?? '';
  const api = `${world.urls.api}/repos/${repository.fullName}`;
  const checks = rulesFor(repository, 'branch', name).flatMap((rule) => rule.requiredChecks ?? []);
  return {
    name,
    commit: { sha, url: `${api}/commits/${sha}` },
    protected: rulesFor(repository, 'branch', name).length > 0,
    protection: {
      enabled: checks.length > 0,
      required_status_checks: {
        enforcement_level: checks.length > 0 ? 'non_admins' : 'off',
        contexts: checks,
        checks: checks.map((context) => ({ context, app_id: null })),
      },
    },
    protection_url: `${api}/branches/${name}/protection`,
  };
}
