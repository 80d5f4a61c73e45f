import type { Actor } from './actors.ts';
import { isAncestor } from './git-graph.ts';
import type { Repository } from './model.ts';
import { Refusal } from './refusals.ts';
import { page, repositoryRoute } from './router.ts';
import type { Rule } from './settings.ts';

/** A ref that somebody wants to create, move (`before` and `after`) or delete. */
export interface RefChange {
  readonly ref: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The rules that bind `name` (without `refs/heads/` or `refs/tags/`). */
export function rulesFor({ settings }: Repository, target: Rule['target'], name: string): readonly Rule[] {
  return settings.rules.filter((rule) => rule.target === target && globOf(rule.pattern).test(name));
}

/** What the rules have against a change, one text each; empty when it may happen. */
export async function violations(repository: Repository, actor: Actor, change: RefChange): Promise<string[]> {
  const [target, name] = split(change.ref);
  if (target === undefined) return [];
  const found: string[] = target === 'tag' ? lockedTag(repository, name, change) : [];
  for (const rule of rulesFor(repository, target, name)) {
    if (rule.bypass?.includes(actor.login) && actor.kind !== 'GITHUB_TOKEN') continue;
    found.push(...(await violationsOf(repository, rule, change)));
  }
  return found;
}

/** 422 unless the rules allow the change; https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets */
export async function obeyRules(repository: Repository, actor: Actor, change: RefChange): Promise<void> {
  const found = await violations(repository, actor, change);
  if (found.length === 0) return;
  throw new Refusal(422, `Repository rule violations found\n\n${found.join('\n\n')}\n\n`);
}

/** https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch */
export const ruleRoutes = [
  repositoryRoute('GET /rules/branches/{branch*}', 'metadata=read', (call) =>
    page(call, rulesFor(call.repository, 'branch', call.params['branch'] ?? '').flatMap(ruleAnswers)),
  ),
];

/** The tag of an immutable release stays as it is, and its name stays used even after both are deleted. */
function lockedTag({ settings, releases }: Repository, name: string, { before }: RefChange): string[] {
  if (before === undefined) {
    return settings.burnedTags.includes(name) ? ['tag_name was used by an immutable release'] : [];
  }
  const locked = releases.some(({ tag, immutable }) => immutable && tag === name);
  return locked ? ['Cannot change a tag that is used by an immutable release.'] : [];
}

async function violationsOf(repository: Repository, rule: Rule, { before, after }: RefChange): Promise<string[]> {
  const found: string[] = [];
  if (before === undefined && rule.restrictCreations)
    found.push('Cannot create ref due to creations being restricted.');
  if (after === undefined && rule.restrictDeletions) found.push('Cannot delete this protected ref.');
  if (before === undefined || after === undefined) return found;
  if (rule.restrictUpdates) found.push('Cannot update this protected ref.');
  if (rule.requirePullRequest) found.push('Changes must be made through a pull request.');
  if (rule.mergeQueue) found.push('Changes must be made through the merge queue');
  const missing = rule.requiredChecks?.length ?? 0;
  if (missing > 0) found.push(`${missing} of ${missing} required status checks are expected.`);
  if (rule.blockForcePushes && !(await isAncestor(repository.git, before, after))) {
    found.push('Cannot force-push to this branch');
  }
  return found;
}

function ruleAnswers(rule: Rule): unknown[] {
  const source = { ruleset_source_type: 'Repository', ruleset_source: rule.pattern, ruleset_id: 1 };
  const answers: unknown[] = [];
  const add = (type: string, parameters?: unknown) =>
    answers.push({ type, ...source, ...(parameters === undefined ? {} : { parameters }) });
  if (rule.restrictCreations) add('creation');
  if (rule.restrictUpdates) add('update');
  if (rule.restrictDeletions) add('deletion');
  if (rule.blockForcePushes) add('non_fast_forward');
  if (rule.requirePullRequest) add('pull_request', pullRequestParameters(rule.requirePullRequest));
  if (rule.requiredChecks !== undefined) {
    add('required_status_checks', {
      required_status_checks: rule.requiredChecks.map((context) => ({ context })),
      strict_required_status_checks_policy: rule.strictChecks ?? false,
    });
  }
  if (rule.mergeQueue) add('merge_queue', { merge_method: 'SQUASH', grouping_strategy: 'ALLGREEN' });
  return answers;
}

function pullRequestParameters({
  approvals = 0,
  dismissStaleReviews = false,
}: NonNullable<Rule['requirePullRequest']>) {
  return {
    required_approving_review_count: approvals,
    dismiss_stale_reviews_on_push: dismissStaleReviews,
    require_code_owner_review: false,
    require_last_push_approval: false,
    required_review_thread_resolution: false,
    allowed_merge_methods: ['merge', 'squash', 'rebase'],
  };
}

function split(ref: string): ['branch' | 'tag' | undefined, string] {
  if (ref.startsWith('refs/heads/')) return ['branch', ref.slice(11)];
  return ref.startsWith('refs/tags/') ? ['tag', ref.slice(10)] : [undefined, ref];
}

function globOf(pattern: string): RegExp {
  const source = pattern
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replace(/\*\*?/g, (stars) => (stars === '*' ? '[^/]*' : '.*'));
  return new RegExp(`^${source}$`);
}
