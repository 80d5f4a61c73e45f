import type { Actor, User } from './actors.ts';
import type { GitDiff } from './git-diff.ts';
import type { GitStore } from './git-store.ts';
import type { RefStore } from './ref-store.ts';
import type { RepositorySettings } from './settings.ts';

export type MergeMethod = 'merge' | 'squash' | 'rebase';

export interface Review {
  readonly id: number;
  readonly user: User;
  readonly body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED' | 'PENDING';
  readonly commitId: string;
  readonly submittedAt: string;
}

export interface AutoMerge {
  readonly enabledBy: Actor;
  readonly enabledAt: string;
  readonly method: MergeMethod;
  readonly title: string;
  readonly message: string;
}

/** A pull request's place in the merge queue: `order` says who came first, `headSha` is the head that was queued. */
export interface QueueEntry {
  readonly by: Actor;
  readonly order: number;
  readonly at: string;
  readonly headSha: string;
  group: MergeGroup | null;
}

/** A queued pull request merged onto the branch and those before it, for checks to run on; refs are full names. */
export interface MergeGroup {
  readonly repository: string;
  readonly headSha: string;
  readonly headRef: string;
  readonly baseSha: string;
  readonly baseRef: string;
  readonly at: string;
}

/** A pull request within one repository; `mergeableFor` names the pair of commits that `mergeable` was computed for. */
export interface PullRequest {
  readonly id: number;
  readonly number: number;
  readonly author: User;
  readonly createdAt: string;
  readonly headRef: string;
  title: string;
  body: string | null;
  state: 'open' | 'closed';
  draft: boolean;
  headSha: string;
  baseRef: string;
  baseSha: string;
  updatedAt: string;
  closedAt: string | null;
  mergedAt: string | null;
  mergedBy: User | null;
  mergeCommitSha: string | null;
  labels: string[];
  requestedReviewers: User[];
  requestedTeams: string[];
  reviews: Review[];
  autoMerge: AutoMerge | null;
  queued: QueueEntry | null;
  mergeable: boolean | null;
  mergeableFor: string;
  /** The merge that was tried to compute `mergeable`; it is on no branch. */
  testMergeSha: string | null;
  lag: number;
}

export interface Label {
  readonly id: number;
  name: string;
  color: string;
  description: string | null;
}

export interface Comment {
  readonly id: number;
  readonly issue: number;
  readonly user: User;
  readonly createdAt: string;
  body: string;
  updatedAt: string;
}

export interface CommitStatus {
  readonly id: number;
  readonly sha: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly context: string;
  readonly description: string | null;
  readonly targetUrl: string | null;
  readonly creator: User;
  readonly createdAt: string;
}

export interface CheckRun {
  readonly id: number;
  readonly sha: string;
  readonly name: string;
  readonly app: User;
  status: string;
  conclusion: string | null;
  detailsUrl: string | null;
  startedAt: string;
  completedAt: string | null;
}

export interface DeploymentStatus {
  readonly id: number;
  readonly state: string;
  readonly description: string;
  readonly environment: string;
  readonly logUrl: string;
  readonly environmentUrl: string;
  readonly creator: User;
  readonly createdAt: string;
}

export interface Deployment {
  readonly id: number;
  readonly ref: string;
  readonly sha: string;
  readonly task: string;
  readonly environment: string;
  readonly description: string | null;
  readonly payload: unknown;
  readonly transient: boolean;
  readonly production: boolean;
  readonly creator: User;
  readonly createdAt: string;
  updatedAt: string;
  readonly statuses: DeploymentStatus[];
}

export interface Release {
  readonly id: number;
  readonly author: User;
  readonly createdAt: string;
  tag: string;
  target: string;
  name: string | null;
  body: string | null;
  draft: boolean;
  prerelease: boolean;
  immutable: boolean;
  makeLatest: boolean;
  publishedAt: string | null;
}

/** A workflow started by repository_dispatch or workflow_dispatch. */
export interface Dispatch {
  readonly runId: number;
  readonly event: 'repository_dispatch' | 'workflow_dispatch';
  readonly workflow: string;
  readonly ref: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly createdAt: string;
  readonly actor: string;
}

/** A merge that was asked for in the background, and what became of it. */
export interface AsyncMerge {
  readonly pull: PullRequest;
  result: { status: 'pending' | 'merged' | 'failed'; details: object };
}

/** Everything that GitHub knows of one repository. */
export interface Repository {
  readonly id: number;
  readonly owner: string;
  readonly name: string;
  readonly fullName: string;
  readonly private: boolean;
  readonly defaultBranch: string;
  readonly createdAt: string;
  readonly git: GitStore;
  readonly diff: GitDiff;
  readonly refs: RefStore;
  readonly settings: RepositorySettings;
  readonly pulls: Map<number, PullRequest>;
  readonly labels: Map<string, Label>;
  readonly comments: Comment[];
  readonly statuses: CommitStatus[];
  readonly checkRuns: CheckRun[];
  readonly deployments: Deployment[];
  readonly releases: Release[];
  readonly dispatches: Dispatch[];
  readonly asyncMerges: Map<string, AsyncMerge>;
  lastNumber: number;
  pushedAt: string;
  /** Runs one change at a time, as GitHub's own transactions do. */
  alone<T>(work: () => Promise<T>): Promise<T>;
}

/** A repository without what reads and writes its git folder. */
export type RepositoryRecords = Omit<Repository, 'git' | 'refs' | 'diff' | 'alone'>;

/** A ref that moved; `triggersWorkflows` is false when GITHUB_TOKEN moved it. */
export interface Push {
  readonly repository: string;
  readonly ref: string;
  readonly before: string;
  readonly after: string;
  readonly actor: string;
  readonly triggersWorkflows: boolean;
}
