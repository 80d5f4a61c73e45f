import { UserError } from '#shared/errors.ts';
import { compareTags, type TaggedVersion } from '#shared/semver/version.ts';
import { channelOf, tagsOnChannel } from '../../actions/create-tag/src/version/plan-channel.ts';
import { type History, type Policy, planTag, type TagPlan } from '../../actions/create-tag/src/version/plan-tag.ts';
import { taggedVersion } from '../../actions/create-tag/src/version/plan-version.ts';
import { chooseRules } from './choose-rules.ts';
import { explainMiss } from './explain-miss.ts';
import { inOrder, keyOf, type Release } from './read-releases.ts';
import { likelyFirst, type ReplayRules, rulesText } from './replay-rules.ts';

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
  /** The inputs that decided. */
  readonly rules: string;
  readonly commits: readonly string[];
}

interface Decision {
  readonly rules: ReplayRules;
  readonly plan: TagPlan | UserError;
  /** The version, or why there is none. */
  readonly decided: string;
}

/** Decides every release as the action would and gives those that differ. Of several rules its other releases tell which were a project's. */
export function replayReleases(releases: readonly Release[], candidates: readonly ReplayRules[]): Miss[] {
  const repositories = new Map<string, Release[]>();
  for (const release of inOrder(releases)) {
    const own = repositories.get(release.repository) ?? [];
    repositories.set(release.repository, own);
    own.push(release);
  }
  return [...repositories.values()].flatMap((own) => replayRepository(own, likelyFirst(candidates, own)));
}

function replayRepository(releases: readonly Release[], candidates: readonly ReplayRules[]): Miss[] {
  const decided = Array.from(withHistories(releases), ({ release, history }) => {
    const decisions = decideByEach(release, history, candidates);
    const right = decisions.map((decision) => decision.decided === release.released);
    return { release, decisions, line: release.prefix, right };
  });
  const chosen = chooseRules(decided);
  return decided.flatMap(({ release, decisions, right }, index) => {
    const rules = chosen[index] ?? 0;
    const decision = decisions[rules];
    return decision === undefined || right[rules] === true ? [] : [missOf(release, decision)];
  });
}

// What the action would read at each release. The tags are those that the file has named before; the list grows.
function* withHistories(releases: readonly Release[]): Generator<{ release: Release; history: History }> {
  const byVersion = new Map(releases.map((release) => [keyOf(release, release.released), release]));
  const tagsByLine = new Map<string, TaggedVersion[]>();
  for (const release of releases) {
    const { prefix, previous, released } = release;
    const line = keyOf(release, '');
    const known = tagsByLine.get(line) ?? [];
    tagsByLine.set(line, known);
    if (previous !== '') insert(known, taggedVersion(previous, prefix));
    yield { release, history: historyOf(release, known, byVersion) };
    insert(known, taggedVersion(released, prefix));
  }
}

// Highest first; most versions are higher than all before.
function insert(tags: TaggedVersion[], tag: TaggedVersion): void {
  const found = tags.findIndex((other) => compareTags(other, tag) <= 0);
  const index = found < 0 ? tags.length : found;
  if (tags[index]?.version !== tag.version) tags.splice(index, 0, tag);
}

// A prerelease of another channel is no base: then the commits are those since the release before it, as far as the file
// has its line. Where the file begins with prereleases, they are all that there is to go on.
function historyOf(
  release: Release,
  known: readonly TaggedVersion[],
  byVersion: ReadonlyMap<string, Release>,
): History {
  const { previous, prefix, released } = release;
  const channel = channelOf(released);
  const tags = tagsOnChannel(known, channel);
  const commits: Release['commits'][number][] = [];
  for (let at: Release | undefined = release; at !== undefined; at = byVersion.get(keyOf(release, at.previous))) {
    // The release of prereleases may list theirs again.
    const seen = new Set(commits.map(({ sha }) => sha));
    commits.push(...at.commits.filter(({ sha }) => !seen.has(sha)));
    const base = tags.find(({ version }) => version === at?.previous);
    if (base === undefined && (at.previous !== '' || tags.length > 0)) continue;
    const containedPrerelease =
      channel === '' && base !== undefined && base.version !== previous ? taggedVersion(previous, prefix) : undefined;
    const place = base === undefined ? ({ kind: 'first' } as const) : ({ kind: 'after', base } as const);
    return { tags, known, place, commits, containedPrerelease };
  }
  const base = taggedVersion(previous, prefix);
  return { tags, known, place: { kind: 'after', base }, commits: release.commits };
}

// Most releases do not depend on most settings, and parsing takes the time.
function decideByEach(release: Release, history: History, candidates: readonly ReplayRules[]): Decision[] {
  const made = new Map<string, Decision>();
  const { place } = history;
  return candidates.map((rules) => {
    const { zeroMajor, zeroMinor, initialVersion } = rules.inputs;
    const young = place.kind === 'after' && place.base.major === 0;
    const key = JSON.stringify([young && [zeroMajor, zeroMinor], place.kind === 'first' && initialVersion, rules.tool]);
    const decision = made.get(key) ?? decide(release, history, rules);
    made.set(key, decision);
    return { ...decision, rules };
  });
}

function decide({ prefix, released }: Release, history: History, rules: ReplayRules): Decision {
  // A release without a change of its own follows that of a dependency; a person would ask for the patch.
  const bump = history.commits.length === 0 ? 'patch' : 'auto';
  const policy: Policy = { ...rules.inputs, bump, prefix, channel: channelOf(released) };
  try {
    const plan = planTag(history, policy);
    return { rules, plan, decided: plan.tag?.version ?? 'none' };
  } catch (error) {
    if (error instanceof UserError) return { rules, plan: error, decided: error.reasonCode };
    throw error;
  }
}

function missOf(release: Release, { rules, plan, decided }: Decision): Miss {
  const { where, repository, prefix, previous, released } = release;
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
    rules: rulesText(rules),
    commits: judged.map(({ sha, header, bump, rule }) => `${sha.slice(0, 12)} ${bump} [${rule}] ${header}`),
  };
}
