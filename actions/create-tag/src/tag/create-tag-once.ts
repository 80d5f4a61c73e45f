import type { GitHubClient } from '#shared/github/client.ts';
import { explained, explainGitHubError, reasonOfGitHubError } from '#shared/github/reasons.ts';
import { createRef, listMatchingRefs, readRef } from '#shared/github/refs.ts';
import { isUncertain, messageOf, statusOf } from '#shared/github/request-error.ts';
import { createTagObject, type NewTag, type TagObject } from '#shared/github/tags.ts';
import { missingCommit } from '../history/find-place.ts';
import { userError } from '../reasons.ts';
import { findTagRuleset } from './find-tag-ruleset.ts';
import { tagObjectSha } from './plan-tag-object.ts';

/**
 * How the attempt ended. `created`: the tag is on the commit; `taken`: the name exists, so read all tags again to see
 * on which commit; `burned`: the name is locked, `because` of what could be found out; `unclear`: nothing is there, try
 * again.
 */
export type Creation = { readonly kind: 'created'; readonly object: TagObject } | FailedCreation;

/** An attempt that made no tag. */
export type FailedCreation =
  | { readonly kind: 'taken' }
  | { readonly kind: 'burned'; readonly because: string }
  | { readonly kind: 'unclear'; readonly error: unknown };

/**
 * Creates an annotated tag, or finds out what stands in its way. A failed write is never believed: the ref is read
 * again, unless GitHub says that it exists; then the tags are read again anyway.
 */
export async function createTagOnce(
  github: GitHubClient,
  repository: string,
  { tag, signed }: { tag: NewTag; signed: boolean },
): Promise<Creation> {
  let object: TagObject;
  try {
    object = await createTagObject(github, repository, tag);
  } catch (error) {
    return afterFailedObject(error, repository, tag);
  }
  if (signed) assertSigned(object, tag);
  try {
    await createRef(github, repository, { name: `tags/${tag.tag}`, sha: object.sha });
    return { kind: 'created', object };
  } catch (error) {
    return afterFailedRef(github, repository, { tag, object, error });
  }
}

// The signature covers every byte, so an object that GitHub has changed would not verify.
function assertSigned(object: TagObject, tag: NewTag): void {
  const expected = tagObjectSha(tag);
  if (object.sha === expected) return;
  throw userError('signature-mismatch', `GitHub made tag object ${object.sha}, but ${expected} was signed.`);
}

// A tag object without a ref is nothing, so only a refusal needs to be told.
function afterFailedObject(error: unknown, repository: string, tag: NewTag): Creation {
  if (mayPass(error)) return { kind: 'unclear', error };
  if (statusOf(error) === 422 && /object/i.test(messageOf(error))) {
    throw missingCommit(tag.commitSha, repository, error);
  }
  throw explainGitHubError(error, `writing the tag object ${tag.tag}`);
}

async function afterFailedRef(
  github: GitHubClient,
  repository: string,
  { tag, object, error }: { tag: NewTag; object: TagObject; error: unknown },
): Promise<Creation> {
  if (!mayPass(error) && statusOf(error) !== 422) throw explainGitHubError(error, `creating the tag ${tag.tag}`);
  if (statusOf(error) === 422 && /already exists/i.test(messageOf(error))) return { kind: 'taken' };
  const found = await explained(`reading the tag ${tag.tag} again`, () =>
    readRef(github, repository, `tags/${tag.tag}`),
  );
  // The same fields make the same object, so this is the tag that was to be made, whoever made it.
  if (found?.sha === object.sha) return { kind: 'created', object };
  if (found !== undefined) return { kind: 'taken' };
  if (reasonOfGitHubError(error) === 'reference-update-failed')
    return afterRefusedName(github, repository, { tag, error });
  // An object that was written a moment ago may be unknown to another node of GitHub.
  if (mayPass(error) || /object does not exist/i.test(messageOf(error))) return { kind: 'unclear', error };
  throw explainGitHubError(error, `creating the tag ${tag.tag}`);
}

// GitHub says no more than "Reference update failed" of a name that a rule, another tag or an immutable release locks.
async function afterRefusedName(
  github: GitHubClient,
  repository: string,
  { tag: { tag }, error }: { tag: NewTag; error: unknown },
): Promise<Creation> {
  const ruleset = await findTagRuleset(github, repository, tag);
  if (ruleset.kind === 'forbids') {
    const message = `The ruleset "${ruleset.name}" does not let this token create the tag ${tag}.`;
    throw userError('ruleset-violation', message, { cause: error });
  }
  const inTheWay = await findTagInTheWay(github, repository, tag);
  if (inTheWay !== undefined) {
    const message = `The tag ${inTheWay} exists, so ${tag} cannot: one of the two names would be a folder of the other.`;
    const remedy = 'Choose another `prefix` or version, or delete that tag.';
    throw userError('github-refused', message, { remedy, cause: error });
  }
  const hidden = ruleset.kind === 'unseen' ? 'a ruleset that this token cannot see forbids it, or ' : '';
  return { kind: 'burned', because: `${hidden}an immutable release has used it before` };
}

async function findTagInTheWay(github: GitHubClient, repository: string, tag: string): Promise<string | undefined> {
  for (const folder of foldersOf(tag)) {
    const above = await explained(`reading the tag ${folder}`, () => readRef(github, repository, `tags/${folder}`));
    if (above !== undefined) return folder;
  }
  const below = await explained(`reading the tags below ${tag}`, () =>
    listMatchingRefs(github, repository, `tags/${tag}/`),
  );
  return below[0]?.ref.slice('refs/tags/'.length);
}

function foldersOf(tag: string): string[] {
  const parts = tag.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

// A conflict says nothing about what happened either.
function mayPass(error: unknown): boolean {
  return isUncertain(error) || statusOf(error) === 409;
}
