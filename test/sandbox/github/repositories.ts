import { join } from 'node:path';
import { type Actor, may } from './actors.ts';
import { openGitDiff } from './git-diff.ts';
import { initGitFolder, openGitStore, writeCommit } from './git-store.ts';
import { writeTree } from './git-trees.ts';
import type { Repository, RepositoryRecords } from './model.ts';
import { openRefStore } from './ref-store.ts';
import { repositoryRoute } from './router.ts';
import { defaultSettings } from './settings.ts';
import { userAnswer } from './users.ts';
import type { World } from './world.ts';

/** What `createRepository` takes; `files` are the first commit on the default branch. */
export interface NewRepository {
  readonly owner: string;
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  readonly private?: boolean;
  readonly defaultBranch?: string;
}

/** Makes a repository with one commit. */
export async function createRepository(world: World, options: NewRepository): Promise<Repository> {
  const { defaultBranch = 'main' } = options;
  initGitFolder(folderOf(world, options), defaultBranch);
  const repository = openRepository(world, blankRecords(world, options));
  const { git, refs } = repository;
  const changes = Object.entries(options.files).map(([path, text]) => ({
    path,
    mode: '100644',
    sha: git.write('blob', Buffer.from(text)),
  }));
  const tree = await writeTree(git, undefined, changes);
  const person = { name: 'Octo Admin', email: 'octo-admin@example.com', date: world.now().toISOString() };
  world.actors.claimEmail(person.email, 'octo-admin');
  const sha = writeCommit(git, { tree, parents: [], author: person, committer: person, message: 'Initial commit' });
  refs.set(`refs/heads/${defaultBranch}`, sha);
  return repository;
}

/** Takes in a repository whose git folder is there; its refs are known after a `reload`. */
export function openRepository(world: World, records: RepositoryRecords): Repository {
  const folder = folderOf(world, records);
  const stores = { git: openGitStore(folder), refs: openRefStore(folder), diff: openGitDiff(folder) };
  const repository = { ...records, ...stores, alone: oneAtATime() };
  world.repositories.set(repository.fullName.toLowerCase(), repository);
  return repository;
}

function folderOf(world: World, { owner, name }: { owner: string; name: string }): string {
  return join(world.folder, owner, `${name}.git`);
}

/** https://docs.github.com/en/rest/repos/repos#get-a-repository */
export const repositoryRoutes = [
  repositoryRoute('GET ', 'metadata=read', ({ world, repository, actor }) => ({
    status: 200,
    data: repositoryAnswer(world, repository, actor),
  })),
];

/** A repository as the API shows it; the merge settings only to those who may see them. */
export function repositoryAnswer(world: World, repository: Repository, actor?: Actor) {
  const { fullName, owner, settings } = repository;
  const canWrite = actor !== undefined && may(actor, 'contents', 'write');
  // Tokens of Apps read `false` everywhere, whatever they may do.
  const personal = actor?.kind === 'pat' || actor?.kind === 'classic';
  return {
    id: repository.id,
    node_id: `R_${repository.id}`,
    name: repository.name,
    full_name: fullName,
    private: repository.private,
    visibility: repository.private ? 'private' : 'public',
    owner: { ...userAnswer(world, world.actors.user(owner)), type: 'Organization' },
    html_url: `${world.urls.server}/${fullName}`,
    url: `${world.urls.api}/repos/${fullName}`,
    clone_url: `${world.urls.server}/${fullName}.git`,
    git_url: `${world.urls.server}/${fullName}.git`,
    description: null,
    fork: false,
    archived: false,
    disabled: false,
    default_branch: repository.defaultBranch,
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    pushed_at: repository.pushedAt,
    permissions: {
      admin: canWrite && personal,
      maintain: false,
      push: canWrite && personal,
      triage: canWrite && personal,
      pull: personal,
    },
    ...(canWrite ? mergeSettings(settings) : {}),
  };
}

function mergeSettings(settings: Repository['settings']) {
  return {
    allow_merge_commit: settings.allowMergeCommit,
    allow_squash_merge: settings.allowSquashMerge,
    allow_rebase_merge: settings.allowRebaseMerge,
    allow_auto_merge: settings.allowAutoMerge,
    delete_branch_on_merge: settings.deleteBranchOnMerge,
    allow_update_branch: false,
  };
}

function blankRecords(world: World, options: NewRepository): RepositoryRecords {
  return {
    id: world.nextId(),
    owner: options.owner,
    name: options.name,
    fullName: `${options.owner}/${options.name}`,
    private: options.private ?? false,
    defaultBranch: options.defaultBranch ?? 'main',
    createdAt: world.timestamp(),
    pushedAt: world.timestamp(),
    settings: defaultSettings(),
    pulls: new Map(),
    labels: new Map(),
    comments: [],
    statuses: [],
    checkRuns: [],
    deployments: [],
    releases: [],
    dispatches: [],
    asyncMerges: new Map(),
    lastNumber: 0,
  };
}

function oneAtATime(): Repository['alone'] {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const next = last.then(work, work);
    last = next.catch(() => {});
    return next;
  };
}
