import { overrideIn } from '#shared/commits/split-message.ts';
import { UserError } from '#shared/errors.ts';
import { compareVersions } from '#shared/semver/version.ts';
import type { HistoryCommit } from '../bump/bump.ts';
import { parentsOf, reachable } from '../bump/plan-merges.ts';
import type { TagPlan } from '../version/plan-tag.ts';
import { type MergeMethod, type OpenPull, parseOpenPull } from './parse-open-pull.ts';
import { type MergeWay, planMergeWays } from './plan-merge-ways.ts';
import type { ReadHistory } from './read-history.ts';

/** What to preview, and how to decide about a history. */
export interface PreviewRequest {
  readonly sha: string;
  readonly event: Readonly<Record<string, unknown>>;
  /** Whether the commit is only the base of the pull request, as on: pull_request_target. */
  readonly isBase: boolean;
  /** Whether the body of a pull request would be read after the merge, where the merged commit is by this account. */
  readonly trustsBody: (login: string) => boolean;
  readonly decide: (history: ReadHistory) => TagPlan;
}

/** A history with the decision about it. */
export interface Decided {
  readonly history: ReadHistory;
  readonly plan: TagPlan;
}

const MERGED = { merge: 'merged', squash: 'squashed', rebase: 'rebased' };

/**
 * The history as it would be once the pull request of the event is merged: of several ways to merge it, the one with the
 * highest version, and then the decision says what the others come to. The history as it is for other events.
 */
export function planPreview(history: ReadHistory, request: PreviewRequest): Decided {
  const pull = parseOpenPull(request.event);
  const { kind } = history.place;
  if (pull !== undefined && request.isBase) {
    const plan = request.decide(history);
    return { history, plan: { ...plan, because: `on: pull_request would preview the merge; ${plan.because}` } };
  }
  if (pull === undefined || (kind !== 'after' && kind !== 'first')) return { history, plan: request.decide(history) };
  const { own, messages } = ownCommits(history, pull, request);
  const ends = planMergeWays(pull, messages).map((way) => endOf(history, { way, pull, own, request }));
  const merged = ends.filter((end) => end.decided !== undefined);
  const [first] = ends;
  if (merged.length === 0 && first?.refused !== undefined) throw first.refused;
  const highest = merged.reduce((a, b) => (compareTagged(b.decided.plan, a.decided.plan) > 0 ? b : a));
  const others = ends.filter((end) => end.text !== highest.text);
  const { plan } = highest.decided;
  return { ...highest.decided, plan: { ...plan, because: `${plan.because}${doubtOf(highest.method, others)}` } };
}

/** What a way of merging comes to: decided or refused, and in few words. */
type End = { readonly method: MergeMethod; readonly text: string } & (
  | { readonly decided: Decided; readonly refused?: undefined }
  | { readonly decided?: undefined; readonly refused: UserError }
);

interface Merge {
  readonly way: MergeWay;
  readonly pull: OpenPull;
  /** The commits of the pull request. */
  readonly own: ReadonlySet<string>;
  readonly request: PreviewRequest;
}

function endOf(read: ReadHistory, merge: Merge): End {
  const { method } = merge.way;
  try {
    const history = mergedHistory(read, merge);
    const plan = merge.request.decide(history);
    return { method, decided: { history, plan }, text: plan.tag?.version ?? 'no version' };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { method, refused: error, text: error.reasonCode };
  }
}

function mergedHistory(history: ReadHistory, { way, pull, own, request }: Merge): ReadHistory {
  const { number, title, labels, author } = pull;
  const isOwn = ({ sha }: HistoryCommit) => own.has(sha);
  const kept = history.commits.filter((commit) =>
    isOwn(commit) ? way.method !== 'squash' : commit.sha !== request.sha,
  );
  const preview = { ...history, commits: kept, preview: number };
  // In a monorepo a pull request that touches no path of the service does nothing to its version.
  if (own.size > 0 && !history.commits.some(isOwn)) return preview;
  const by = way.method === 'squash' ? { author } : {};
  const tip = way.message === undefined ? kept.find(isOwn) : { sha: request.sha, message: way.message, ...by };
  if (tip === undefined) return preview;
  const override = request.trustsBody(tip.author ?? '') ? overrideIn(pull.body) : undefined;
  const merged = { ...tip, message: override ?? tip.message, pull: { number, title, labels, author } };
  return { ...preview, commits: [merged, ...kept.filter((commit) => commit !== tip)] };
}

// The commits that the base lacks; of a test merge the base is the first parent. Merges among them are in no squash.
function ownCommits(
  { listed }: ReadHistory,
  { baseSha, headSha }: OpenPull,
  { sha }: PreviewRequest,
): { own: ReadonlySet<string>; messages: readonly string[] } {
  const parents = parentsOf(listed);
  const merge = sha === headSha ? [] : (parents.get(sha) ?? []);
  const trunk = reachable([merge.length > 1 ? (merge[0] ?? baseSha) : baseSha], parents);
  const commits = listed.filter((commit) => !trunk.has(commit.sha) && (commit.sha !== sha || merge.length < 2));
  const messages = commits.filter((commit) => commit.parents.length < 2).map(({ message }) => message);
  return { own: new Set(commits.map((commit) => commit.sha)), messages: messages.reverse() };
}

function doubtOf(method: MergeMethod, others: readonly End[]): string {
  if (others.length === 0) return '';
  const texts = others
    .filter((end) => end.method !== method)
    .map((end) => `${end.text} if it is ${MERGED[end.method]}`);
  const unknown = 'maybe another version, as the event does not tell which message the repository writes';
  return ` if it is ${MERGED[method]}; ${texts.length > 0 ? [...new Set(texts)].join(', ') : unknown}`;
}

function compareTagged({ tag: a }: TagPlan, { tag: b }: TagPlan): number {
  if (a === undefined || b === undefined) return Number(a !== undefined) - Number(b !== undefined);
  return compareVersions(a.version, b.version);
}
