import { isBreaking, parseCommits } from '#shared/commits/parse-commit.ts';
import type { DeployFacts } from './deploy-facts.ts';
import { isMajorStep } from './plan-direction.ts';

/** How careful a reviewer should be, and the facts that say so (plain text, nothing untrusted). */
export interface Risk {
  readonly level: 'low' | 'medium' | 'high';
  readonly facts: readonly string[];
}

const MANY_COMMITS = 100;

/** Weighs the facts: each is worth points, three make a high risk, one a medium one. */
export function planRisk(facts: DeployFacts): Risk {
  const weighed = [...weighStep(facts), ...weighRange(facts), ...weighBranch(facts)];
  const points = weighed.reduce((sum, [weight]) => sum + weight, 0);
  const level = points >= 3 ? 'high' : points >= 1 ? 'medium' : 'low';
  return { level, facts: weighed.map(([, text]) => text) };
}

type Weighed = readonly [points: number, text: string];

function weighStep(facts: DeployFacts): Weighed[] {
  const { direction, mode, migrations, skippedProof, branch, previousVersion, version } = facts;
  const found: Weighed[] = [];
  if (mode === 'hotfix') found.push([2, 'emergency release']);
  if (skippedProof !== undefined) found.push([1, `not verified in ${skippedProof} first`]);
  if (direction === 'rollback') {
    found.push(migrations.length > 0 ? [3, 'rolls back over migrations'] : [1, 'rolls back']);
  }
  if (direction === 'unknown') found.push([1, 'cannot tell whether it goes forward or back']);
  if (direction === 'forward' && isMajorStep(previousVersion, version)) found.push([1, 'major version step']);
  if (branch.digest === undefined) found.push([0, 'no digest pinned']);
  return found;
}

function weighRange({ range, migrations, flags, direction }: DeployFacts): Weighed[] {
  if (range === undefined) return [[1, 'the changes of the service could not be read']];
  const found: Weighed[] = [[range.totalCommits > MANY_COMMITS ? 1 : 0, counted(range.totalCommits, 'commit')]];
  const breaking = range.commits.filter(({ message }) => parseCommits(message).some((commit) => isBreaking(commit)));
  if (breaking.length > 0) found.push([2, `${counted(breaking.length, 'commit')} with breaking changes`]);
  if (migrations.length === 0) found.push([0, 'no migrations']);
  else if (direction !== 'rollback') found.push([1, counted(migrations.length, 'migration file')]);
  const rewritten = migrations.filter(({ status }) => status !== 'added');
  if (rewritten.length > 0 && direction !== 'rollback') found.push([2, 'existing migrations are changed']);
  if (flags.length > 0) found.push([1, `${counted(flags.length, 'file')} with feature flags touched`]);
  if (range.status === 'diverged') found.push([1, 'the new version lacks commits of the old one']);
  if (!range.isFileListComplete) found.push([1, 'too many files to look for migrations in all of them']);
  return found;
}

function weighBranch({ branch, version, digest }: DeployFacts): Weighed[] {
  const own = (text: string) => text.includes(version) || (digest !== undefined && text.includes(digest));
  const others = branch.diff.filter((line) => !own(line.new)).length;
  const found: Weighed[] = [];
  if (branch.isSettingsAlone) found.push([1, 'settings change, the version stays']);
  else if (others > 0 || branch.unseenFiles.length > 0) found.push([2, 'the branch changes more than the image']);
  if (branch.previousVersions.length > 1) found.push([1, 'the manifests had different versions before']);
  return found;
}

/** `1 commit`, `2 commits`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
