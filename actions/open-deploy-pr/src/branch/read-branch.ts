import { CODE_OWNER_PATHS, ownersOf, parseCodeOwners } from '#shared/code-owners/parse-code-owners.ts';
import { coordinates, type GitHubClient } from '#shared/github/client.ts';
import { readBlobs, readBranchFiles } from '#shared/github/read-files.ts';
import { explained } from '#shared/github/reasons.ts';
import { readRef } from '#shared/github/refs.ts';
import { messageOf, statusOf } from '#shared/github/request-error.ts';
import { findImages } from '#shared/manifest/find-images.ts';
import type { BranchState } from '../facts/deploy-facts.ts';
import { directionOf } from '../facts/plan-direction.ts';
import { userError } from '../reasons.ts';
import type { ChangeHint } from './parse-changes.ts';
import {
  type ChangedFile,
  changesSettingsAlone,
  confirmHints,
  type ImageState,
  imageStateOf,
  once,
  planDiff,
} from './plan-branch.ts';

/** What to look at. */
export interface BranchRequest {
  readonly repository: string;
  readonly branch: string;
  readonly base: string;
  readonly image: string;
  readonly version: string;
  readonly digest: string;
  readonly hints: readonly ChangeHint[] | undefined;
}

/** The branch as it is, or why there is nothing to open a pull request for. */
export type ReadBranch =
  | BranchState
  | { readonly nothing: 'already-deployed'; readonly why: string }
  | { readonly nothing: 'overtaken'; readonly why: string; readonly version: string };

const MAX_FILES = 100;

/** Reads what the deploy branch changes and checks that it is what was asked; throws a UserError when it is not. */
export async function readBranch(github: GitHubClient, request: BranchRequest): Promise<ReadBranch> {
  const { repository, branch, base, version, image } = request;
  const changed = await explained(`comparing ${branch} with ${base}`, () => readChangedFiles(github, request));
  if (changed === undefined) {
    if (request.hints?.length === 0) return nothing(`${base} has ${version} already, and there is no branch ${branch}`);
    throw userError('branch-not-found', `${repository} has no branch ${branch}.`);
  }
  const { files, owners } = await explained(`reading the files of ${branch}`, () =>
    readTexts(github, request, changed.files.slice(0, MAX_FILES)),
  );
  const { diff, unseenFiles } = planDiff(files);
  unseenFiles.push(...changed.files.slice(MAX_FILES).map(({ path }) => path));
  if (files.length === 0 || (diff.length === 0 && unseenFiles.length === 0)) {
    return nothing(`${branch} changes nothing on top of ${base}`);
  }
  const before = await imagesOf(files, 'before', image);
  const after = await imagesOf(files, 'after', image);
  const hints = request.hints ?? [];
  const isSettingsAlone = changesSettingsAlone(hints, { diff, unseenFiles });
  const state = { headSha: changed.headSha, isSettingsAlone, diff, unseenFiles, owners };
  if (after.tags.length === 0 && isSettingsAlone) return { ...state, previousVersions: [version], digest: undefined };
  if (after.tags.length === 0 && confirmHints(hints, diff, version))
    return { ...state, previousVersions: once(hints.map(({ oldTag }) => oldTag)), digest: undefined };
  if (!isOnly(after.tags, version)) return elsewhere(request, before, after);
  const digest = after.digests[0];
  if (request.digest !== '' && digest !== undefined && !isOnly(after.digests, request.digest)) {
    throw userError('digest-mismatch', `${branch} pins ${after.digests.join(', ')}, not ${request.digest}.`);
  }
  return { ...state, previousVersions: before.tags, digest };
}

// The branch holds something else: another run was faster, or the inputs are wrong.
function elsewhere(request: BranchRequest, before: ImageState, after: ImageState): ReadBranch {
  const { branch, version, image, base } = request;
  if (isOnly(before.tags, version)) return nothing(`${base} has ${version} already`);
  const [found] = after.tags;
  if (found !== undefined && after.tags.length === 1 && directionOf(version, found) === 'forward') {
    return { nothing: 'overtaken', version: found, why: `${branch} holds ${found}, which is newer than ${version}` };
  }
  const tags = after.tags.length === 0 ? 'no tag' : after.tags.join(', ');
  throw userError('version-not-on-branch', `${branch} sets ${image} to ${tags}, not to ${version}.`);
}

function nothing(why: string): ReadBranch {
  return { nothing: 'already-deployed', why };
}

function isOnly(found: readonly string[], wanted: string): boolean {
  return found.length === 1 && found[0] === wanted;
}

interface Changed {
  readonly path: string;
  /** The blob on the branch; undefined where the file was removed. */
  readonly sha: string | undefined;
  readonly previousPath: string;
}

async function readChangedFiles(
  github: GitHubClient,
  { repository, base, branch }: BranchRequest,
): Promise<{ headSha: string; files: Changed[] } | undefined> {
  try {
    const { data } = await github.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
      ...coordinates(repository),
      basehead: `${base}...${branch}`,
    });
    const files = (data.files ?? []).map((file) => ({
      path: file.filename,
      sha: file.status === 'removed' ? undefined : (file.sha ?? undefined),
      previousPath: file.previous_filename ?? file.filename,
    }));
    // From the answer that the files are from: a head that is read later may be another one. It names 250 commits at most.
    const last = data.commits.length === data.total_commits ? data.commits.at(-1) : undefined;
    const head = last ?? (await readRef(github, repository, `heads/${branch}`));
    return { headSha: head?.sha ?? '', files };
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    const words = messageOf(error);
    if (/no common ancestor/i.test(words)) throw userError('base-not-found', words, { cause: error });
    if ((await readRef(github, repository, `heads/${base}`)) !== undefined) return undefined;
    throw userError('base-not-found', `${repository} has no branch ${base} that the token can see.`, { cause: error });
  }
}

async function readTexts(
  github: GitHubClient,
  { repository, base }: BranchRequest,
  changed: readonly Changed[],
): Promise<{ files: ChangedFile[]; owners: readonly string[] }> {
  const shas = once(changed.map(({ sha }) => sha));
  const paths = once(changed.map(({ previousPath }) => previousPath));
  const [sides, blobs] = await Promise.all([
    readBranchFiles(github, repository, { base, files: [...paths, ...CODE_OWNER_PATHS] }),
    readBlobs(github, repository, shas),
  ]);
  const files = changed.map(({ path, sha, previousPath }) => ({
    path,
    before: sides.blobs.get(previousPath)?.text,
    after: sha === undefined ? undefined : blobs.get(sha)?.text,
  }));
  const codeOwners = CODE_OWNER_PATHS.map((path) => sides.blobs.get(path)?.text).find((text) => text !== undefined);
  const rules = parseCodeOwners(codeOwners ?? '');
  return {
    // What the base has by now too is no change any more.
    files: files.filter(({ before, after }) => before === undefined || before !== after),
    owners: once(changed.flatMap(({ path }) => ownersOf(rules, path))),
  };
}

async function imagesOf(files: readonly ChangedFile[], side: 'before' | 'after', image: string): Promise<ImageState> {
  const found = await Promise.all(files.map((file) => findImages(file[side] ?? '', file.path)));
  return imageStateOf(found.flat(), image);
}

/** The versions of the image that `base` has now in these files. */
export async function readBaseVersions(
  github: GitHubClient,
  { repository, base, image }: Pick<BranchRequest, 'repository' | 'base' | 'image'>,
  files: readonly string[],
): Promise<readonly string[]> {
  const { blobs } = await explained(`reading ${base} after the merge`, () =>
    readBranchFiles(github, repository, { base, files }),
  );
  const found = await Promise.all([...blobs].map(([path, { text }]) => findImages(text ?? '', path)));
  return imageStateOf(found.flat(), image).tags;
}
