import type { Commit, Git } from '#shared/git/git.ts';
import type { FileChange } from '#shared/git/parse-git.ts';
import { eventText } from '#shared/runner/event.ts';
import type { Runner } from '#shared/runner/runner.ts';
import type { Inputs } from '../inputs.ts';
import type { FullReason } from '../reasons.ts';
import { asksForFull, type Comparison, planComparison } from './plan-comparison.ts';

/** What the change is: the files that differ, or the reason why that cannot be told. */
export type Change =
  | { readonly kind: 'full'; readonly reasonCode: FullReason; readonly detail: string; readonly head: string }
  | {
      readonly kind: 'changes';
      readonly base: string;
      readonly head: string;
      readonly files: readonly FileChange[];
      /** True where the common ancestor stayed unknown, so changes of the base branch are among the files. */
      readonly widened: boolean;
    };

const DEEPEN_TO = 100;

/** Finds base and head of the run, fetching at most three times what a shallow clone lacks. */
export async function readChanges(
  git: Git,
  runner: Runner,
  inputs: Pick<Inputs, 'select' | 'base' | 'head'>,
): Promise<Change> {
  const checkout = await git.readCommit('HEAD');
  if (checkout === undefined)
    return { kind: 'full', reasonCode: 'no-base', detail: 'The repository has no commit yet.', head: '' };
  if (inputs.select === 'all') {
    const detail = 'The input select asks for all tests.';
    return { kind: 'full', reasonCode: 'full-requested', detail, head: checkout.sha };
  }
  const head = inputs.head === '' ? '' : (await git.readCommit(inputs.head))?.sha;
  const { eventName, ref } = runner.context;
  const comparison = planComparison({ eventName, event: runner.event, ref, checkout, base: inputs.base, head });
  const messages = [checkout.message, eventText(runner.event, 'head_commit', 'message')];
  if (comparison.kind === 'full') return { ...comparison, head: checkout.sha };
  const base = await findBase(git, comparison.base, checkout);
  for (const parent of checkout.parents.slice(1)) messages.push((await git.readCommit(parent))?.message ?? '');
  if (asksForFull(messages, runner.event)) {
    return {
      kind: 'full',
      reasonCode: 'full-requested',
      detail: 'A commit message or a label asks for all tests.',
      head: checkout.sha,
    };
  }
  if (typeof base === 'string') {
    const detail = `The base ${comparison.base} is not in this clone and cannot be fetched: ${base}`;
    return { kind: 'full', reasonCode: 'base-unavailable', detail, head: checkout.sha };
  }
  return compare(git, comparison, { base, checkout });
}

async function compare(
  git: Git,
  comparison: Extract<Comparison, { kind: 'compare' }>,
  { base, checkout }: { base: Commit; checkout: Commit },
): Promise<Change> {
  if (base.sha === checkout.sha) {
    const detail = 'Base and head are the same commit: there is no change to select by.';
    return { kind: 'full', reasonCode: 'same-commit', detail, head: checkout.sha };
  }
  const ancestor = comparison.viaMergeBase ? await findMergeBase(git, base.sha, checkout.sha) : base.sha;
  if (ancestor === checkout.sha) {
    const detail = `The base already contains the checked-out commit ${checkout.sha.slice(0, 12)}.`;
    return { kind: 'full', reasonCode: 'same-commit', detail, head: checkout.sha };
  }
  const from = ancestor ?? base.sha;
  const files = await git.diff(from, checkout.sha);
  return { kind: 'changes', base: from, head: checkout.sha, files, widened: ancestor === undefined };
}

// Answers git's message where the base cannot be had.
async function findBase(git: Git, base: string, checkout: Commit): Promise<Commit | string> {
  const local = await readAnyRef(git, base);
  const missing = checkout.parents.length === 2 && base === checkout.parents[0] ? checkout.parents : [base];
  if (local !== undefined) return local;
  const depth = (await git.isShallow()) ? { depth: 1 } : {};
  const isSha = /^[0-9a-f]{40,64}$/.test(base);
  const attempts = isSha ? [missing, [base]] : [[branchSpec(base)], [`+refs/tags/${base}:refs/tags/${base}`]];
  let problem = '';
  for (const refs of attempts.slice(0, isSha && missing.length === 1 ? 1 : 2)) {
    problem = (await git.fetch(refs, depth)) ?? '';
    if (problem === '') break;
  }
  return (await readAnyRef(git, base)) ?? (problem || 'git does not know it');
}

async function readAnyRef(git: Git, name: string): Promise<Commit | undefined> {
  if (/^[0-9a-f]{40,64}$|^HEAD\b|[~^@:]/.test(name)) return git.readCommit(name);
  const short = name.replace(/^refs\/heads\//, '').replace(/^origin\//, '');
  // The branch of the remote first: a local branch of that name may be the one that is checked out.
  return (await git.readCommit(`refs/remotes/origin/${short}`)) ?? git.readCommit(name);
}

function branchSpec(name: string): string {
  const short = name.replace(/^refs\/heads\//, '').replace(/^origin\//, '');
  return `+refs/heads/${short}:refs/remotes/origin/${short}`;
}

async function findMergeBase(git: Git, base: string, head: string): Promise<string | undefined> {
  const known = await git.mergeBase(base, head);
  if (known !== undefined || !(await git.isShallow())) return known;
  await git.fetch([base, head], { depth: DEEPEN_TO });
  return git.mergeBase(base, head);
}
