import { type BreakingScope, isBreaking, type ParsedCommit } from '#shared/commits/parse-commit.ts';
import { type Bump, higherBump } from './bump.ts';
import { type BumpRule, findRule, ruleText } from './parse-rules.ts';

/** Where the step of a commit may come from. */
export type Source = 'commits' | 'pr-title' | 'labels';

/** How commits turn into a bump. */
export interface BumpPolicy {
  readonly rules: readonly BumpRule[];
  /** What commits do when no rule fits any of them. */
  readonly defaultBump: 'none' | 'patch' | 'minor';
  /** `cancel`: a revert and what it reverts both count for nothing when both are in the range. */
  readonly revert: 'patch' | 'cancel' | 'ignore';
  readonly breaking: BreakingScope;
  /** Who is asked, in this order: the first that says anything about a commit decides it. */
  readonly source: readonly Source[];
  /** Authors (bots) of whose commits only the first line is read, in lower case. */
  readonly ignoreBodyAuthors: readonly string[];
}

/** What something asks for, and the rule in words. */
export interface Verdict {
  readonly bump: Bump;
  readonly rule: string;
}

const BREAKING = 'breaking';

/** The verdict where nothing was said. */
export const silent: Verdict = { bump: 'none', rule: 'no rule' };

/** Whether a verdict is that nothing was said, whoever passed it on. */
export function isSilent({ rule }: Pick<Verdict, 'rule'>): boolean {
  return rule === silent.rule;
}

/** The first of the verdicts with the highest bump; `silent` where there are none. */
export function strongest(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce(
    (best, verdict) => (best === silent || higherBump(verdict.bump, best.bump) !== best.bump ? verdict : best),
    silent,
  );
}

/** What the commits inside one message ask for together. */
export function judgeParts(parts: readonly ParsedCommit[], policy: BumpPolicy): Verdict {
  return strongest(parts.map((part) => judgePart(part, policy)));
}

function judgePart(part: ParsedCommit, policy: BumpPolicy): Verdict {
  const rule = findRule(policy.rules, part);
  const byType = rule === undefined ? undefined : { bump: rule.bump, rule: ruleText(rule) };
  if (isBreaking(part, policy.breaking)) return judgeBreaking(part, policy, byType);
  if (byType !== undefined) return byType;
  // A revert that cancels something in the range never comes here.
  if (part.revert !== undefined && policy.revert !== 'ignore') return { bump: 'patch', rule: 'revert: patch' };
  return silent;
}

// A rule for `breaking` may ask for less than the rule for the type of the commit does.
function judgeBreaking(
  { scope, breakingIn }: ParsedCommit,
  { rules }: BumpPolicy,
  byType: Verdict | undefined,
): Verdict {
  const rule = findRule(
    rules.filter(({ type }) => type === BREAKING),
    { type: BREAKING, scope },
  );
  const bump = rule?.bump ?? 'major';
  if (byType !== undefined && higherBump(byType.bump, bump) !== bump) return byType;
  return { bump, rule: `${rule === undefined ? BREAKING : ruleText(rule)} (${breakingIn})` };
}
