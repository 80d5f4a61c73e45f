import { eventText } from '#shared/runner/event.ts';

/** The checked-out commit. */
export interface Checkout {
  readonly sha: string;
  readonly parents: readonly string[];
}

/** What is known about the run before git is asked about the base. */
export interface ComparisonQuestion {
  readonly eventName: string;
  /** The event payload. */
  readonly event: Readonly<Record<string, unknown>>;
  /** `refs/heads/…`, `refs/tags/…`, `refs/pull/…/merge`. */
  readonly ref: string;
  readonly checkout: Checkout;
  /** The inputs `base` and `head`; `''` where not given. `head` is resolved to a commit, or undefined where it is unknown. */
  readonly base: string;
  readonly head: string | undefined;
}

/** Which trees to compare; `full` where there is nothing right to compare with. */
export type Comparison =
  | { readonly kind: 'full'; readonly reasonCode: FullWithoutBase; readonly detail: string }
  | {
      readonly kind: 'compare';
      /** A commit, or the name of a branch or tag. */
      readonly base: string;
      /** Compare with the common ancestor; where that stays unknown, with `base` itself, which shows more changes, never fewer. */
      readonly viaMergeBase: boolean;
    };

export type FullWithoutBase = 'no-base' | 'new-branch' | 'tag' | 'head-not-checked-out';

const ZERO = /^0+$/;

/** Decides by the event and the inputs what the checked-out commit is compared with. */
export function planComparison(question: ComparisonQuestion): Comparison {
  const { checkout, base, head } = question;
  if (head !== '' && head !== checkout.sha) return notCheckedOut('The input `head`', checkout);
  if (base !== '') {
    return ZERO.test(base)
      ? full('new-branch', 'The input `base` is the zero SHA: there is no commit before this one.')
      : { kind: 'compare', base, viaMergeBase: true };
  }
  switch (question.eventName) {
    case 'pull_request':
    case 'pull_request_target':
      return planPullRequest(question);
    case 'merge_group':
      return planMergeGroup(question);
    case 'push':
      return planPush(question);
    default:
      return full('no-base', `The event ${question.eventName || '(none)'} has no base to compare with.`);
  }
}

function planPullRequest({ event, eventName, checkout }: ComparisonQuestion): Comparison {
  const head = eventText(event, 'pull_request', 'head', 'sha');
  const base = eventText(event, 'pull_request', 'base', 'sha');
  const [first, second] = checkout.parents;
  // The test merge of the pull request: its first parent is the base that it was made on.
  if (first !== undefined && second !== undefined && second === head) {
    return { kind: 'compare', base: first, viaMergeBase: false };
  }
  if (checkout.sha === head && base !== '') return { kind: 'compare', base, viaMergeBase: true };
  if (eventName === 'pull_request' && checkout.parents.length === 2 && first !== undefined) {
    return { kind: 'compare', base: first, viaMergeBase: false };
  }
  return notCheckedOut('The head of the pull request', checkout);
}

function planMergeGroup({ event, checkout }: ComparisonQuestion): Comparison {
  const base = eventText(event, 'merge_group', 'base_sha');
  const head = eventText(event, 'merge_group', 'head_sha');
  if (head !== checkout.sha) return notCheckedOut('The head of the merge group', checkout);
  if (base === '' || ZERO.test(base)) return full('no-base', 'The merge group names no base.');
  return { kind: 'compare', base, viaMergeBase: false };
}

function planPush({ event, ref, checkout }: ComparisonQuestion): Comparison {
  if (ref.startsWith('refs/tags/')) return full('tag', `${ref} is a tag: what it releases is tested as a whole.`);
  const before = eventText(event, 'before');
  const after = eventText(event, 'after');
  if (after !== '' && after !== checkout.sha) return notCheckedOut('The pushed commit', checkout);
  if (before !== '' && !ZERO.test(before)) return { kind: 'compare', base: before, viaMergeBase: false };
  const trunk = eventText(event, 'repository', 'default_branch');
  if (before === '') return full('no-base', 'The push event names no commit before it.');
  if (trunk === '' || ref === `refs/heads/${trunk}`) {
    return full('new-branch', 'This is the first push of the default branch: there is nothing before it.');
  }
  return { kind: 'compare', base: trunk, viaMergeBase: true };
}

function notCheckedOut(what: string, checkout: Checkout): Comparison {
  return full('head-not-checked-out', `${what} is not the commit that is checked out (${checkout.sha.slice(0, 12)}).`);
}

function full(reasonCode: FullWithoutBase, detail: string): Comparison {
  return { kind: 'full', reasonCode, detail };
}

const REQUEST = /\[full tests\]/i;

/** Whether somebody asked for all tests: `[full tests]` in a commit's message, or a label `full tests` (also `full-tests`). */
export function asksForFull(messages: readonly string[], event: Readonly<Record<string, unknown>>): boolean {
  if (messages.some((message) => REQUEST.test(message))) return true;
  const pull = event['pull_request'];
  const labels = typeof pull === 'object' && pull !== null && 'labels' in pull ? pull.labels : [];
  return Array.isArray(labels) && labels.some((label) => /^full[ -]tests$/i.test(eventText(label, 'name')));
}
