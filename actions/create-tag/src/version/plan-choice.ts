import { compareVersions, type TaggedVersion } from '#shared/semver/version.ts';
import type { Bump } from '../bump/bump.ts';
import { highestBump, type JudgedCommit } from '../bump/plan-bump.ts';
import type { BumpPolicy } from '../bump/plan-message-bump.ts';
import {
  effectiveBump,
  firstVersion,
  type Line,
  nextVersion,
  releaseOf,
  requestedVersion,
  taggedVersion,
} from './plan-version.ts';

const MAX_REFUSED = 3;

/** What a person decided about versions. */
export interface VersionPolicy extends BumpPolicy {
  readonly bump: 'auto' | Bump;
  /** An explicit version, or `''`. */
  readonly version: string;
  /** The version when there is no tag yet. */
  readonly initialVersion: string;
  /** What a breaking change does below 1.0.0. */
  readonly zeroMajor: 'patch' | 'minor' | 'major';
  /** What a feature does below 1.0.0. */
  readonly zeroMinor: 'patch' | 'minor';
  /** The channel of prereleases (`beta`), or `''` for releases. */
  readonly channel: string;
}

/** What the choice depends on. */
export interface Question {
  readonly base: TaggedVersion | undefined;
  /** A prerelease above the base that the commit contains too; its release is the least that comes next. */
  readonly containedPrerelease: TaggedVersion | undefined;
  /** Newest first. */
  readonly commits: readonly JudgedCommit[];
  readonly line: Line;
}

/** Something that a person has asked for and did not get. */
export interface Warning {
  readonly title: string;
  /** May hold untrusted text. */
  readonly message: string;
}

/** The version to make, undefined for none, and why. */
export interface Choice {
  readonly version: string | undefined;
  readonly because: string;
  readonly deciding: readonly JudgedCommit[];
  readonly warnings: readonly Warning[];
}

/** Chooses the next version: what was asked for explicitly, else what the commits ask for. */
export function chooseVersion(question: Question, policy: VersionPolicy): Choice {
  if (policy.version !== '') return withBreaking(choice(policy.version, 'the input version asks for it'), question);
  if (policy.bump === 'none') return choice(undefined, 'the input bump is none');
  const { asked, warnings } = policy.bump === 'auto' ? releaseAs(question) : { asked: undefined, warnings: [] };
  const chosen = withBreaking(atLeastPrerelease(asked ?? byStep(question, policy), question), question);
  return { ...chosen, warnings: [...warnings, ...chosen.warnings] };
}

function atLeastPrerelease(chosen: Choice, { base, containedPrerelease }: Question): Choice {
  if (base === undefined || containedPrerelease === undefined || chosen.version === undefined) return chosen;
  if (compareVersions(chosen.version, containedPrerelease.version) > 0) return chosen;
  const version = releaseOf(containedPrerelease);
  return {
    ...chosen,
    version,
    because: `${chosen.because}; at least ${version}, as the commit holds ${containedPrerelease.tag}`,
  };
}

function choice(version: string | undefined, because: string, deciding: readonly JudgedCommit[] = []): Choice {
  return { version, because, deciding, warnings: [] };
}

function byStep({ base, containedPrerelease, commits, line }: Question, policy: VersionPolicy): Choice {
  if (base === undefined && commits.length === 0 && policy.bump === 'auto') {
    return choice(undefined, 'there is no commit that counts');
  }
  if (base === undefined) return choice(firstVersion(policy.initialVersion, line), 'there is no earlier version');
  if (policy.bump !== 'auto') {
    return choice(nextVersion(base, policy.bump, line), `the input bump is ${policy.bump}`);
  }
  const asked = highestBump(commits, policy, (bump) => effectiveBump(base, bump, policy));
  if (asked.bump !== 'none') {
    return choice(nextVersion(base, asked.bump, line), reasonOf(asked, policy), asked.deciding);
  }
  const prerelease = containedPrerelease ?? (base.prerelease.length > 0 && line.channel === '' ? base : undefined);
  if (prerelease !== undefined) return choice(releaseOf(prerelease), `it releases ${prerelease.tag}`);
  return choice(undefined, 'no commit since the last version asks for one');
}

function reasonOf(
  { bump, asRead, deciding }: ReturnType<typeof highestBump>,
  policy: Pick<VersionPolicy, 'defaultBump'>,
): string {
  if (deciding.length === 0) return `no rule fits any commit, and default-bump is ${policy.defaultBump}`;
  const count = deciding.length === 1 ? '1 commit asks' : `${deciding.length} commits ask`;
  const lowered = bump === asRead ? '' : `, which below 1.0.0 is ${bump}`;
  return `${count} for ${asRead} (${[...new Set(deciding.map(({ rule }) => rule))].join(', ')})${lowered}`;
}

// The newest commit that asks wins; what it asks must be a version above the base.
function releaseAs({ base, commits, line }: Question): { asked: Choice | undefined; warnings: Warning[] } {
  const warnings: Warning[] = [];
  for (const commit of commits) {
    if (commit.releaseAs === undefined) continue;
    const named = `Release-As: ${commit.releaseAs.slice(0, 60)} of commit ${commit.sha.slice(0, 7)}`;
    const answer = requestedVersion(commit.releaseAs, base, line);
    if ('version' in answer) return { asked: choice(answer.version, `${named} asks for it`, [commit]), warnings };
    if (warnings.length < MAX_REFUSED) {
      warnings.push({ title: 'Release-As not used', message: `${named} ${answer.refused}` });
    }
  }
  return { asked: undefined, warnings };
}

// From 1.0.0 on nobody expects a breaking change in less than a major version.
function withBreaking(chosen: Choice, { base, commits }: Question): Choice {
  if (chosen.version === undefined || base === undefined || base.major === 0) return chosen;
  const breaking = commits.filter(({ bump }) => bump === 'major');
  const [first] = breaking;
  if (first === undefined) return chosen;
  const enough = nextVersion(base, 'major', { channel: '', tags: [] });
  if (compareVersions(releaseOf(taggedVersion(chosen.version, '')), enough) >= 0) return chosen;
  const who = `commit ${first.sha.slice(0, 7)} (${first.rule})${breaking.length > 1 ? ` and ${breaking.length - 1} more ask` : ' asks'}`;
  const message = `${chosen.version} hides a breaking change: ${who} for ${enough}`;
  const warning = { title: 'Breaking change overruled', message };
  return { ...chosen, warnings: [...chosen.warnings, warning] };
}
