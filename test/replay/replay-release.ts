import { UserError } from '#shared/errors.ts';
import { compareTags, type TaggedVersion } from '#shared/semver/version.ts';
import { tagsOnChannel } from '../../actions/create-tag/src/history/read-tags.ts';
import { channelOf } from '../../actions/create-tag/src/version/plan-channel.ts';
import { type Policy, planTag, type TagPlan } from '../../actions/create-tag/src/version/plan-tag.ts';
import { taggedVersion } from '../../actions/create-tag/src/version/plan-version.ts';
import { explainMiss } from './explain-miss.ts';
import { inOrder, type Release } from './read-releases.ts';
import type { ReplayRules } from './replay-rules.ts';

/** A release that was decided in another way than it was published. */
export interface Miss {
  /** The line of the release, `file:line`. */
  readonly where: string;
  readonly repository: string;
  readonly prefix: string;
  readonly previous: string;
  readonly released: string;
  readonly decided: string;
  readonly because: string;
  /** Why the two differ, as far as the recorded commits tell. */
  readonly reason: string;
  readonly commits: readonly string[];
}

/** Decides every release as the action would and gives those that differ. */
export function replayReleases(
  releases: readonly Release[],
  candidatesFor: (repository: string) => readonly ReplayRules[],
): Miss[] {
  const tagsByLine = new Map<string, Map<string, TaggedVersion>>();
  const explained = new Map<string, number[]>();
  return inOrder(releases).flatMap((release) => {
    const { repository, prefix, previous, released } = release;
    const known = tagsByLine.get(`${repository} ${prefix}`) ?? new Map<string, TaggedVersion>();
    tagsByLine.set(`${repository} ${prefix}`, known);
    if (previous !== '') known.set(previous, taggedVersion(previous, prefix));
    const tags = [...known.values()].sort((a, b) => compareTags(b, a));
    known.set(released, taggedVersion(released, prefix));
    const misses = candidatesFor(repository).map((rules) => replay(release, tags, rules));
    const scores = explained.get(repository) ?? misses.map(() => 0);
    const best = misses[scores.indexOf(Math.max(...scores))];
    explained.set(
      repository,
      scores.map((score, index) => score + (misses[index] === undefined ? 1 : 0)),
    );
    return best === undefined ? [] : [best];
  });
}

// The same decision as the action's, from `planTag` on; only the reading is from a file. The tags are those that the
// file has named before, as the action would read them.
function replay(release: Release, tags: readonly TaggedVersion[], rules: ReplayRules): Miss | undefined {
  const { where, repository, prefix, previous, released, commits } = release;
  const base = previous === '' ? undefined : taggedVersion(previous, prefix);
  const place = base === undefined ? ({ kind: 'first' } as const) : ({ kind: 'after', base } as const);
  const channel = channelOf(released);
  const policy: Policy = { ...rules, prefix, channel };
  const history = { tags: tagsOnChannel(tags, channel), known: tags, place, commits };
  const plan = decide(() => planTag(history, policy));
  const decided = plan instanceof UserError ? plan.reasonCode : (plan.tag?.version ?? 'none');
  if (decided === released) return undefined;
  const judged = plan instanceof UserError ? [] : plan.commits;
  return {
    where,
    repository,
    prefix,
    previous,
    released,
    decided,
    because: plan instanceof UserError ? plan.message : plan.because,
    reason: explainMiss(release, plan),
    commits: judged.map(({ sha, header, bump, rule }) => `${sha.slice(0, 12)} ${bump} [${rule}] ${header}`),
  };
}

function decide(plan: () => TagPlan): TagPlan | UserError {
  try {
    return plan();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
