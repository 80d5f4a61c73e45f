import picomatch from 'picomatch';
import type { UserError } from '#shared/errors.ts';
import { userError } from '../reasons.ts';

/** One rule: changed files that match `when` run no test, all tests, or the tests that match `tests`. */
export interface Rule {
  readonly when: readonly string[];
  readonly run: 'none' | 'all' | 'tests';
  readonly tests: readonly string[];
  /** Whether the rule applies to a changed file; in `when` the last matching glob wins, `!` takes away. */
  readonly matches: (path: string) => boolean;
}

/** The rules file. */
export interface Rules {
  readonly rules: readonly Rule[];
  /** Globs of tests that always run. */
  readonly always: readonly string[];
}

/** Rules that say nothing. */
export const noRules: Rules = { rules: [], always: [] };

/** Checks what YAML yields for the rules file. Throws one UserError `bad-rules` with every problem. */
export function parseRules(document: unknown, file: string): Rules {
  const problems: string[] = [];
  if (document === null || document === undefined) return noRules;
  if (!isRecord(document)) throw badRules(file, ['the file must have the keys `rules` and `always`']);
  for (const key of Object.keys(document)) {
    if (key !== 'rules' && key !== 'always') problems.push(`unknown key \`${key}\`; allowed: rules, always`);
  }
  const listed = document['rules'] ?? [];
  if (!Array.isArray(listed)) problems.push('`rules` must be a list');
  const rules = (Array.isArray(listed) ? listed : []).map((item, index) =>
    parseRule(item, `rule ${index + 1}`, problems),
  );
  const always = globsOf(document['always'] ?? []);
  if (always === undefined) problems.push('`always` must be a glob or a list of globs');
  if (problems.length > 0) throw badRules(file, problems);
  return { rules, always: always ?? [] };
}

/** Refuses globs that match nothing or everything; throws one UserError `bad-rules` with every problem. */
export function checkRules(
  rules: Rules,
  { file, paths, tests }: { file: string; paths: readonly string[]; tests: readonly string[] },
): void {
  const problems: string[] = [];
  for (const [index, rule] of rules.rules.entries()) {
    const count = paths.filter((path) => rule.matches(path)).length;
    const name = `rule ${index + 1} (${rule.when.join(', ')})`;
    if (count === 0) problems.push(`${name}: \`when\` matches no file of the repository`);
    else if (count === paths.length && paths.length > 1)
      problems.push(`${name}: \`when\` matches every file of the repository`);
    if (rule.run === 'tests' && !tests.some(globMatcher(rule.tests))) problems.push(`${name}: \`run\` matches no test`);
  }
  if (rules.always.length > 0 && !tests.some(globMatcher(rules.always))) problems.push('`always` matches no test');
  if (problems.length > 0) throw badRules(file, problems);
}

/** A matcher for a list of globs in which the last match wins and `!` takes away. */
export function globMatcher(globs: readonly string[]): (path: string) => boolean {
  const steps = globs.map((glob) => {
    const negated = glob.startsWith('!');
    const body = (negated ? glob.slice(1) : glob).replace(/^\.?\//, '').replace(/\/$/, '/**');
    return { negated, matches: picomatch(body, { dot: true }) };
  });
  return (path) => {
    for (let index = steps.length - 1; index >= 0; index--) {
      const step = steps[index];
      if (step?.matches(path) === true) return !step.negated;
    }
    return false;
  };
}

function parseRule(item: unknown, name: string, problems: string[]): Rule {
  const record = isRecord(item) ? item : {};
  for (const key of Object.keys(record)) {
    if (key !== 'when' && key !== 'run') problems.push(`${name}: unknown key \`${key}\`; allowed: when, run`);
  }
  const when = globsOf(record['when']);
  if (when === undefined || when.length === 0) problems.push(`${name}: \`when\` must be a glob or a list of globs`);
  else if (when.every((glob) => glob.startsWith('!'))) problems.push(`${name}: \`when\` has only globs that take away`);
  const run = record['run'];
  const tests = run === 'none' || run === 'all' ? [] : globsOf(run);
  if (tests === undefined || (tests.length === 0 && run !== 'none' && run !== 'all')) {
    problems.push(`${name}: \`run\` must be none, all, or globs of tests`);
  }
  return {
    when: when ?? [],
    run: run === 'none' || run === 'all' ? run : 'tests',
    tests: tests ?? [],
    matches: globMatcher(when ?? []),
  };
}

function globsOf(value: unknown): string[] | undefined {
  const list = Array.isArray(value) ? value : [value];
  return list.every((item) => typeof item === 'string' && item.trim() !== '') ? list : undefined;
}

function badRules(file: string, problems: readonly string[]): UserError {
  return userError('bad-rules', [`${file} has problems:`, ...problems.map((one) => `- ${one}`)].join('\n'), {
    remedy: `Correct ${file}, or name another file in the input \`rules\`.`,
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
