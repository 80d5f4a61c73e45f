import type { Actor } from './actors.ts';
import { verdictOf } from './check-verdicts.ts';
import { compareCommits, isAncestor } from './git-graph.ts';
import { peel } from './git-store.ts';
import type { Repository } from './model.ts';
import { Refusal } from './refusals.ts';
import { page, repositoryRoute } from './router.ts';
import type { Rule } from './settings.ts';
import { verificationOf } from './signatures.ts';

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
    if (binds(rule, actor)) found.push(...(await violationsOf(repository, rule, change)));
  }
  return [...new Set(found)];
}

/** Whether the rule holds for the actor; nobody bypasses one with GITHUB_TOKEN. */
export function binds({ bypass }: Rule, { login, kind }: Actor): boolean {
  return kind === 'GITHUB_TOKEN' || bypass?.includes(login) !== true;
}

/** The contexts that the rules of a branch require. */
export function requiredChecksOf(repository: Repository, branch: string): readonly string[] {
  return [...new Set(rulesFor(repository, 'branch', branch).flatMap((rule) => rule.requiredChecks ?? []))];
}

/** What is said of required checks that have not succeeded: one by its name, several by their number. */
export function missingChecks(repository: Repository, sha: string, contexts: readonly string[]): string[] {
  const verdicts = contexts.map((context) => verdictOf(repository, sha, context));
  const states = verdicts.filter((verdict) => verdict !== 'success').map((verdict) => CHECK_STATES[verdict]);
  const [first] = states;
  if (first === undefined) return [];
  if (contexts.length === 1) return [`Required status check "${contexts[0]}" is ${first}.`];
  const count = `${states.length} of ${contexts.length} required status checks`;
  const counts = [...new Set(states)].map((state) => `${states.filter((one) => one === state).length} ${state}`);
  return [counts.length === 1 ? `${count} are ${first}.` : `${count} have not succeeded: ${counts.join(' and ')}.`];
}

const CHECK_STATES = { missing: 'expected', pending: 'in progress', failure: 'failing' } as const;

/** 422 unless the rules allow the change; https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets */
export async function obeyRules(repository: Repository, actor: Actor, change: RefChange): Promise<void> {
  const found = await violations(repository, actor, change);
  if (found.length === 0) return;
  throw new Refusal(422, violationsText(found));
}

/** The violations in one text. */
export function violationsText(found: readonly string[]): string {
  return `Repository rule violations found\n\n${found.join('\n\n')}\n\n`;
}

/** https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch */
export const ruleRoutes = [
  repositoryRoute('GET /rules/branches/{branch*}', 'metadata=read', (call) =>
    page(call, rulesFor(call.repository, 'branch', call.params['branch'] ?? '').flatMap(ruleAnswers)),
  ),
];

/** The tag of an immutable release stays as it is, and its name stays used even after both are deleted. */
function lockedTag({ settings, releases }: Repository, name: string, { before, after }: RefChange): string[] {
  if (before === undefined) return settings.burnedTags.includes(name) ? [CREATION] : [];
  const locked = releases.some(({ tag, immutable }) => immutable && tag === name);
  if (!locked) return [];
  return [after === undefined ? 'Cannot delete this tag' : UPDATE];
}

const CREATION = 'Cannot create ref due to creations being restricted.';
const UPDATE = 'Cannot update this protected ref.';

async function violationsOf(repository: Repository, rule: Rule, change: RefChange): Promise<string[]> {
  const { before, after } = change;
  const found: string[] = [];
  if (before === undefined && rule.restrictCreations) found.push(CREATION);
  if (after === undefined) return rule.restrictDeletions ? [`Cannot delete this ${rule.target}`] : [];
  if (rule.requireSignatures && !(await isSigned(repository, change))) {
    found.push('Commits must have verified signatures.');
  }
  if (before === undefined) return found;
  if (rule.restrictUpdates) found.push(UPDATE);
  if (rule.requirePullRequest) found.push('Changes must be made through a pull request.');
  if (rule.mergeQueue) found.push('Changes must be made through the merge queue');
  found.push(...missingChecks(repository, after, rule.requiredChecks ?? []));
  if (rule.blockForcePushes && !(await isAncestor(repository.git, before, after))) {
    found.push(`Cannot force-push to this ${rule.target}`);
  }
  return found;
}

/** Whether GitHub verifies each commit that the change brings. */
async function isSigned({ git, refs, defaultBranch }: Repository, { before, after }: RefChange): Promise<boolean> {
  const tip = after && (await peel(git, after))?.sha;
  const base = before ?? refs.get(`refs/heads/${defaultBranch}`);
  if (tip === undefined || base === undefined) return true;
  const { commits } = await compareCommits(git, base, tip);
  return commits.every(({ signature }) => verificationOf(signature, '').verified);
}

/** How merge queues are set up: GitHub's defaults, but squashed. */
export const QUEUE_PARAMETERS = {
  check_response_timeout_minutes: 60,
  grouping_strategy: 'ALLGREEN',
  max_entries_to_build: 5,
  max_entries_to_merge: 5,
  merge_method: 'SQUASH',
  min_entries_to_merge: 1,
  min_entries_to_merge_wait_minutes: 5,
} as const;

/** The rule as the API lists it, an entry for each of its parts. */
export function ruleAnswers(rule: Rule): { readonly type: string; readonly parameters?: unknown }[] {
  const source = { ruleset_source_type: 'Repository', ruleset_source: rule.pattern, ruleset_id: 1 };
  const answers: { type: string; parameters?: unknown }[] = [];
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
  if (rule.requireSignatures) add('required_signatures');
  if (rule.mergeQueue) add('merge_queue', QUEUE_PARAMETERS);
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
