import { UserError } from '#shared/errors.ts';
import { compareVersions, parseTag, type TaggedVersion } from '#shared/semver/version.ts';
import { type Policy, planTag, type TagPlan, taggedVersion } from '../../actions/create-tag/src/plan-tag.ts';
import { explainMiss } from './explain-miss.ts';
import { inOrder, type Release } from './read-releases.ts';
import type { ReplayRules } from './replay-rules.ts';

/** A release that was decided in another way than it was published. */
export interface Miss {
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
export function replayReleases(releases: readonly Release[], rulesFor: (repository: string) => ReplayRules): Miss[] {
  const tagsByLine = new Map<string, Map<string, TaggedVersion>>();
  return inOrder(releases).flatMap((release) => {
    const line = `${release.repository} ${release.prefix}`;
    const known = tagsByLine.get(line) ?? new Map<string, TaggedVersion>();
    tagsByLine.set(line, known);
    const miss = unreadable(release) ?? replay(release, known, rulesFor(release.repository));
    return miss === undefined ? [] : [miss];
  });
}

function unreadable({ repository, prefix, previous, released }: Release): Miss | undefined {
  const strange = [previous, released].find(
    (text) => text !== '' && parseTag(`${prefix}${text}`, prefix) === undefined,
  );
  if (strange === undefined) return undefined;
  const reason = `"${strange}" is no semantic version`;
  return { repository, prefix, previous, released, decided: 'none', because: '', reason, commits: [] };
}

// The same decision as the action's, from `planTag` on; only the reading is from a file. The tags are those that the
// file has named before, as the action would read them.
function replay(release: Release, known: Map<string, TaggedVersion>, rules: ReplayRules): Miss | undefined {
  const { repository, prefix, previous, released, commits } = release;
  const base = previous === '' ? undefined : taggedVersion(previous, prefix);
  if (base !== undefined) known.set(previous, base);
  const place = base === undefined ? ({ kind: 'first' } as const) : ({ kind: 'after', base } as const);
  const channel = channelOf(taggedVersion(released, prefix));
  const tags = [...known.values()].sort((a, b) => compareVersions(b.version, a.version));
  known.set(released, taggedVersion(released, prefix));
  const policy: Policy = { ...rules, prefix, channel };
  const plan = decide(() => planTag({ tags, place, commits }, policy));
  const decided = plan instanceof UserError ? plan.reasonCode : (plan.tag?.version ?? 'none');
  if (decided === released) return undefined;
  const judged = plan instanceof UserError ? [] : plan.commits;
  return {
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

// The one input that changes from release to release: a project runs the action with `prerelease` on that branch.
function channelOf({ prerelease: [name] }: TaggedVersion): string {
  return typeof name === 'string' ? name.replace(/[.-]?\d+$/, '') : '';
}

function decide(plan: () => TagPlan): TagPlan | UserError {
  try {
    return plan();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
}
