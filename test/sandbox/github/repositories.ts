import { join } from 'node:path';
import { openGitDiff } from './git-diff.ts';
import { initGitFolder, openGitStore, writeCommit } from './git-store.ts';
import { writeTree } from './git-trees.ts';
import type { Repository, RepositoryRecords } from './model.ts';
import { openRefStore } from './ref-store.ts';
import { fullRepositoryAnswer } from './repository-answer.ts';
import { repositoryRoute } from './router.ts';
import { defaultSettings } from './settings.ts';
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
  const git = openGitStore(folder);
  const stores = { git, refs: openRefStore(git), diff: openGitDiff(folder) };
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
    data: fullRepositoryAnswer(world, repository, actor),
  })),
];

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
