import type { Actor } from './actors.ts';
import type { Repository } from './model.ts';
import { notFound } from './refusals.ts';
import { page, repositoryRoute } from './router.ts';
import { binds, ruleAnswers } from './rules.ts';
import type { Rule } from './settings.ts';
import type { World } from './world.ts';

/** https://docs.github.com/en/rest/repos/rules#get-all-repository-rulesets; each rule of the sandbox is a ruleset of its own. */
export const rulesetRoutes = [
  repositoryRoute('GET /rulesets', 'metadata=read', (call) => {
    const targets = call.query.get('targets')?.split(',');
    const answers = call.repository.settings.rules.map((rule, index) =>
      rulesetAnswer(call.world, call.repository, { rule, index, actor: call.actor }),
    );
    return page(
      call,
      answers.filter(({ target }) => targets === undefined || targets.includes(target)),
    );
  }),
  repositoryRoute('GET /rulesets/{id}', 'metadata=read', ({ world, repository, actor, params }) => {
    const index = Number(params['id']) - 1;
    const rule = repository.settings.rules[index];
    if (rule === undefined) throw notFound();
    const folder = rule.target === 'tag' ? 'tags' : 'heads';
    return {
      status: 200,
      data: {
        ...rulesetAnswer(world, repository, { rule, index, actor }),
        conditions: { ref_name: { include: [`refs/${folder}/${rule.pattern}`], exclude: [] } },
        rules: ruleAnswers(rule).map(({ type, parameters }) => ({
          type,
          ...(parameters === undefined ? {} : { parameters }),
        })),
      },
    };
  }),
];

function rulesetAnswer(
  world: World,
  repository: Repository,
  { rule, index, actor }: { rule: Rule; index: number; actor: Actor },
) {
  return {
    id: index + 1,
    node_id: `RRS_${repository.id}_${index + 1}`,
    name: `${rule.target} ${rule.pattern}`,
    target: rule.target,
    source_type: 'Repository',
    source: repository.fullName,
    enforcement: 'active',
    current_user_can_bypass: binds(rule, actor) ? 'never' : 'always',
    created_at: repository.createdAt,
    updated_at: repository.createdAt,
    _links: { self: { href: `${world.urls.api}/repos/${repository.fullName}/rulesets/${index + 1}` } },
  };
}
