import type { ComparedFile } from '#shared/github/compare.ts';
import type { Direction } from './plan-direction.ts';

/** What a deployment is asked to be. */
export type Mode = 'deploy' | 'promote' | 'rollback' | 'hotfix';

/** What the deploy branch changes, read from the files of base and branch. */
export interface BranchState {
  readonly headSha: string;
  /** The tags of the image on the base branch; more than one where the manifests differ. */
  readonly previousVersions: readonly string[];
  /** Only settings change; the version is the one that runs. */
  readonly isSettingsAlone: boolean;
  /** The digest that the branch pins. */
  readonly digest: string | undefined;
  readonly diff: readonly LineChange[];
  /** Files whose change is no change of single lines, or that are too long to look at. */
  readonly unseenFiles: readonly string[];
  /** Who owns the changed files by the CODEOWNERS file of the base branch, without the owners' own words. */
  readonly owners: readonly string[];
}

/** One changed line of the GitOps repository; the texts are untrusted. */
export interface LineChange {
  readonly file: string;
  /** Counts from 1. */
  readonly line: number;
  readonly old: string;
  readonly new: string;
}

/** A commit between the two versions; its texts are untrusted. */
export interface RangeCommit {
  readonly sha: string;
  readonly message: string;
  readonly author: string;
  /** The author's account, where GitHub knows one. */
  readonly login?: string | undefined;
  /** ISO 8601. */
  readonly date: string;
  /** The number of the pull request that brought it, where GitHub knows it. */
  readonly pull: number | undefined;
}

/** What lies between the deployed version and the new one, read from the service's repository. */
export interface SourceRange {
  /** The git tag of the new version. */
  readonly ref: string;
  readonly previousRef: string;
  /** The commit of the new version. */
  readonly sha: string | undefined;
  /** `behind`: the commits are those that go away. */
  readonly status: 'identical' | 'ahead' | 'behind' | 'diverged';
  /** Newest first; the newest 500. */
  readonly commits: readonly RangeCommit[];
  readonly totalCommits: number;
  /** Accounts whose first contribution is among the commits. */
  readonly newcomers: readonly string[];
  readonly files: readonly ComparedFile[];
  /** False where GitHub named only some of the files. */
  readonly isFileListComplete: boolean;
}

/** That an environment verified the version. */
export interface Proof {
  readonly environment: string;
  /** ISO 8601. */
  readonly verifiedAt: string;
}

/** Everything that the pull request tells. */
export interface DeployFacts {
  readonly service: string;
  readonly environment: string;
  readonly image: string;
  readonly version: string;
  readonly digest: string | undefined;
  readonly previousVersion: string | undefined;
  readonly direction: Direction;
  readonly mode: Mode;
  readonly reason: string;
  readonly branch: BranchState;
  /** `owner/name` of the service's repository. */
  readonly sourceRepository: string;
  /** `https://github.com`, for links. */
  readonly serverUrl: string;
  readonly range: SourceRange | undefined;
  readonly migrations: readonly ComparedFile[];
  readonly flags: readonly ComparedFile[];
  readonly proof: Proof | undefined;
  /** The environment whose proof `mode: hotfix` did not wait for. */
  readonly skippedProof: string | undefined;
  /** The version to go back to: the last one that this environment verified. */
  readonly lastVerified: string | undefined;
  readonly checklist: readonly string[];
  /** Code owners to show. */
  readonly owners: readonly string[];
}
