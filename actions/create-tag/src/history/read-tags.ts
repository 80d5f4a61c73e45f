import type { GitHubClient } from '#shared/github/client.ts';
import { explained } from '#shared/github/reasons.ts';
import { type GitRef, listMatchingRefs } from '#shared/github/refs.ts';
import { compareTags, parseTag, type TaggedVersion } from '#shared/semver/version.ts';

/** A version tag with the object that its ref names. */
export interface VersionTag extends TaggedVersion {
  readonly ref: GitRef;
}

/** Every tag whose name starts with `prefix`; one request however many there are. */
export function readTagRefs(github: GitHubClient, repository: string, prefix: string): Promise<GitRef[]> {
  return explained('reading the tags', () => listMatchingRefs(github, repository, `tags/${prefix}`));
}

/** The tags that are `prefix` and a semantic version, highest first. */
export function versionTags(refs: readonly GitRef[], prefix: string): VersionTag[] {
  return refs
    .flatMap((ref) => {
      const version = parseTag(ref.ref.slice('refs/tags/'.length), prefix);
      return version === undefined ? [] : [{ ...version, ref }];
    })
    .sort((a, b) => compareTags(b, a));
}
