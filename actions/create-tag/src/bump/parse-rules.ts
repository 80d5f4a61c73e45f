import { NotAllowed } from '#shared/inputs.ts';
import { type Bump, bumps } from './bump.ts';

/** What commits of one type, and perhaps one scope, do to the version; both may hold `*`. The type `breaking` stands for every breaking change. */
export interface BumpRule {
  readonly type: string;
  readonly scope: string | undefined;
  readonly bump: Bump;
}

/** What counts without any rule; a rule of the input for the same type comes before these. */
export const defaultRules: readonly BumpRule[] = [
  { type: 'feat', scope: undefined, bump: 'minor' },
  { type: 'feature', scope: undefined, bump: 'minor' },
  { type: 'fix', scope: undefined, bump: 'patch' },
  { type: 'perf', scope: undefined, bump: 'patch' },
];

const RULE = /^([\w*-]+)(?:\((.+)\))?\s*:\s*(\w+)$/;

/** Reads one line of the input `rules`, `type: bump` or `type(scope): bump`. Throws NotAllowed. */
export function parseRule(line: string): BumpRule {
  const match = RULE.exec(line);
  const bump = bumps.find((candidate) => candidate === match?.[3]?.toLowerCase());
  if (match === null || bump === undefined) {
    throw new NotAllowed(`lines such as "perf: patch" or "feat(api): minor" with ${bumps.join(', ')}`);
  }
  return { type: (match[1] ?? '').toLowerCase(), scope: match[2]?.trim(), bump };
}

/** A rule as the input spells it. */
export function ruleText({ type, scope, bump }: BumpRule): string {
  return `${type}${scope === undefined ? '' : `(${scope})`}: ${bump}`;
}

/**
 * The rule for a commit's type and scope: rules with a scope come before rules without, the input's before the
 * defaults, and of equals the last one wins. Undefined when none fits.
 */
export function findRule(
  rules: readonly BumpRule[],
  commit: { type: string | undefined; scope: string | undefined },
): BumpRule | undefined {
  const fitting = [...defaultRules, ...rules].filter((rule) => fits(rule, commit));
  return fitting.findLast(({ scope }) => scope !== undefined) ?? fitting.at(-1);
}

function fits(rule: BumpRule, commit: { type: string | undefined; scope: string | undefined }): boolean {
  if (!matchesAnyCase(rule.type, commit.type ?? '')) return false;
  return rule.scope === undefined || (commit.scope !== undefined && matchesAnyCase(rule.scope, commit.scope));
}

function matchesAnyCase(pattern: string, text: string): boolean {
  return matchesPattern(pattern.toLowerCase(), text.toLowerCase());
}

/** Whether a text is what a pattern means; `*`, the only wildcard, stands for anything. In time linear in the text for each `*`. */
export function matchesPattern(pattern: string, value: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return value === first;
  const last = rest.pop() ?? '';
  if (!value.startsWith(first) || !value.endsWith(last) || value.length < first.length + last.length) return false;
  let position = first.length;
  for (const part of rest) {
    const found = value.indexOf(part, position);
    if (found < 0) return false;
    position = found + part.length;
  }
  return position <= value.length - last.length;
}
