/** How far a version moves, lowest first. */
export const bumps = ['none', 'patch', 'minor', 'major'] as const;

/** One step of semantic versioning; `none` makes no version. */
export type Bump = (typeof bumps)[number];

/** The higher of two bumps. */
export function higherBump(a: Bump, b: Bump): Bump {
  return bumps.indexOf(a) >= bumps.indexOf(b) ? a : b;
}

/** A commit as the decision sees it. */
export interface HistoryCommit {
  readonly sha: string;
  /** The whole message: untrusted text. */
  readonly message: string;
  /** The GitHub login of the author, else the name in the commit. */
  readonly author?: string;
  /** The author's GitHub account, where there is one. */
  readonly login?: string | undefined;
  /** The node id of that account. */
  readonly accountId?: string | undefined;
  /** The pull request that this commit merged, where it was read. */
  readonly pull?: MergedPull;
}

/** A pull request as far as it decides a version; its texts are untrusted. */
export interface MergedPull {
  readonly number: number;
  readonly title: string;
  readonly labels: readonly string[];
  /** The login of who opened it, as the REST API spells it: `dependabot[bot]`. */
  readonly author?: string;
}
