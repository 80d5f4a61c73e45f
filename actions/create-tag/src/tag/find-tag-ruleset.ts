import picomatch from 'picomatch';
import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { explained } from '#shared/github/reasons.ts';
import { statusOf } from '#shared/github/request-error.ts';

// These rules speak of tags that exist already.
const OF_EXISTING_TAGS = new Set(['update', 'deletion', 'non_fast_forward']);

/** What the rulesets say about a new tag: one that can forbid it, none, or nothing, because the token may not read them. */
export type TagRuleset = { readonly kind: 'forbids'; readonly name: string } | { readonly kind: 'none' | 'unseen' };

/**
 * Looks for an active ruleset that can keep this token from creating `tag`.
 * GitHub's refusal of a new ref names no reason, so the rulesets are what is left to ask.
 * https://docs.github.com/en/rest/repos/rules#get-all-repository-rulesets
 */
export async function findTagRuleset(github: GitHubClient, repository: string, tag: string): Promise<TagRuleset> {
  return explained(`reading the rulesets that bind ${tag}`, async () => {
    const ids = await listTagRulesets(github, repository);
    for (const id of ids ?? []) {
      const { data } = await github.request('GET /repos/{owner}/{repo}/rulesets/{ruleset_id}', {
        ...coordinates(repository),
        ruleset_id: id,
      });
      const names = data.conditions && 'ref_name' in data.conditions ? data.conditions.ref_name : undefined;
      const binds = matches(names?.include, tag) && !matches(names?.exclude, tag);
      const creates = data.rules?.some(({ type }) => !OF_EXISTING_TAGS.has(type)) ?? false;
      if (binds && creates && data.current_user_can_bypass !== 'always') return { kind: 'forbids', name: data.name };
    }
    return { kind: ids === undefined ? 'unseen' : 'none' };
  });
}

async function listTagRulesets(github: GitHubClient, repository: string): Promise<number[] | undefined> {
  try {
    const { data } = await github.request('GET /repos/{owner}/{repo}/rulesets', {
      ...coordinates(repository),
      targets: 'tag',
      per_page: 100,
    });
    return data.filter(({ enforcement, target }) => enforcement === 'active' && target === 'tag').map(({ id }) => id);
  } catch (error) {
    // Plans and servers without rulesets answer so, and to tokens that may not read them.
    if (statusOf(error) === 403 || statusOf(error) === 404) return undefined;
    throw error;
  }
}

function matches(patterns: readonly string[] | undefined, tag: string): boolean {
  return (patterns ?? []).some((pattern) => pattern === '~ALL' || picomatch.isMatch(`refs/tags/${tag}`, pattern));
}
