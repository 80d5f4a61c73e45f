import { NotAllowed } from '#shared/inputs.ts';
import { matchesPattern } from '../bump/parse-rules.ts';
import type { Core } from './plan-version.ts';

/** The versions of a maintenance branch: `1.x` (minor undefined) or `1.4.x`. */
export interface VersionRange {
  readonly major: number;
  readonly minor: number | undefined;
}

/** A maintenance branch or several (`*` in the name); without a range the end of the branch's name is one. */
export interface BranchRule {
  readonly branch: string;
  readonly range: VersionRange | undefined;
}

/** Reads one line of the input `branch-rules`: `1.x`, `release/1.4.x`, `release/*` or `legacy: 1.x`. Throws NotAllowed. */
export function parseBranchRule(line: string): BranchRule {
  const [branch = '', text] = line.split(/\s*:\s*/, 2);
  const range = text === undefined ? rangeIn(branch) : parseRange(text);
  if (branch === '' || /\s/.test(branch) || (range === undefined && (text !== undefined || !branch.endsWith('*')))) {
    throw new NotAllowed('lines such as "1.x", "release/1.4.x", "release/*" or "legacy: 1.x"');
  }
  return { branch, range };
}

/** The range of the versions that belong to `branch`, or undefined when it is no maintenance branch: no rule matches, or none that gives a range. */
export function rangeOfBranch(rules: readonly BranchRule[], branch: string): VersionRange | undefined {
  for (const rule of rules) {
    const range = matchesPattern(rule.branch, branch) ? (rule.range ?? rangeIn(branch)) : undefined;
    if (range !== undefined) return range;
  }
  return undefined;
}

/** Whether a version belongs to the range. */
export function isInRange({ major, minor }: Core, range: VersionRange): boolean {
  return major === range.major && (range.minor === undefined || minor === range.minor);
}

/** Whether a version lies above everything in the range, and so on the trunk or another branch. */
export function isAboveRange({ major, minor }: Core, range: VersionRange): boolean {
  return major > range.major || (major === range.major && range.minor !== undefined && minor > range.minor);
}

/** `1.x` or `1.4.x`. */
export function rangeText({ major, minor }: VersionRange): string {
  return minor === undefined ? `${major}.x` : `${major}.${minor}.x`;
}

function rangeIn(branch: string): VersionRange | undefined {
  return parseRange(branch.slice(branch.lastIndexOf('/') + 1));
}

function parseRange(text: string): VersionRange | undefined {
  const match = /^v?(\d{1,9})(?:\.(\d{1,9}))?\.x$/.exec(text);
  if (match === null) return undefined;
  return { major: Number(match[1]), minor: match[2] === undefined ? undefined : Number(match[2]) };
}
