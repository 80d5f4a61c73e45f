/** One rule of a ruleset or branch protection; `pattern` is a short name or a glob with `*` (`main`, `v*`). */
export interface Rule {
  readonly target: 'branch' | 'tag';
  readonly pattern: string;
  readonly restrictCreations?: boolean;
  readonly restrictUpdates?: boolean;
  readonly restrictDeletions?: boolean;
  readonly blockForcePushes?: boolean;
  /** Changes reach the branch by pull request only. */
  readonly requirePullRequest?: {
    readonly approvals?: number;
    readonly dismissStaleReviews?: boolean;
  };
  /** Contexts of statuses or names of check runs. */
  readonly requiredChecks?: readonly string[];
  /** The head must contain the base's newest commit. */
  readonly strictChecks?: boolean;
  readonly mergeQueue?: boolean;
  /** Every new commit must be verified. */
  readonly requireSignatures?: boolean;
  /** Logins that the rule does not bind; the identity of GITHUB_TOKEN cannot be one, as on GitHub. */
  readonly bypass?: readonly string[];
}

/** What a maintainer sets in the repository's settings; change it at any time. */
export interface RepositorySettings {
  allowAutoMerge: boolean;
  deleteBranchOnMerge: boolean;
  allowMergeCommit: boolean;
  allowSquashMerge: boolean;
  allowRebaseMerge: boolean;
  /** Settings → Actions → "Allow GitHub Actions to create and approve pull requests". */
  actionsMayCreatePullRequests: boolean;
  immutableReleases: boolean;
  /** Tag names that an immutable release used and that are locked for ever. */
  burnedTags: string[];
  rules: Rule[];
  /** Roles by login; who is not named has the role that the token's rights give. */
  roles: Record<string, 'admin' | 'maintain' | 'write' | 'triage' | 'read' | 'none'>;
  /** Accounts and teams that cannot be asked for a review (no access to the repository). */
  notReviewers: string[];
  /** How often a new pull request is unknown to GraphQL, and to what labels, comments on and asks reviews of it, before it appears. */
  nodeLag: number;
}

/** The settings of a new repository. */
export function defaultSettings(): RepositorySettings {
  return {
    allowAutoMerge: false,
    deleteBranchOnMerge: false,
    allowMergeCommit: true,
    allowSquashMerge: true,
    allowRebaseMerge: true,
    actionsMayCreatePullRequests: true,
    immutableReleases: false,
    burnedTags: [],
    rules: [],
    roles: {},
    notReviewers: [],
    nodeLag: 0,
  };
}
