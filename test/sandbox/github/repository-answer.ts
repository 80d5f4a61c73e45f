import { type Actor, may } from './actors.ts';
import type { Repository } from './model.ts';
import { userAnswer } from './users.ts';
import type { World } from './world.ts';

/** A repository inside other answers, as in the combined status of a commit. */
export function minimalRepositoryAnswer(world: World, repository: Repository) {
  const { fullName, owner } = repository;
  return {
    id: repository.id,
    node_id: `R_${repository.id}`,
    name: repository.name,
    full_name: fullName,
    private: repository.private,
    owner: { ...userAnswer(world, world.actors.user(owner)), type: 'Organization' },
    html_url: `${world.urls.server}/${fullName}`,
    description: null,
    fork: false,
    url: `${world.urls.api}/repos/${fullName}`,
    ...linksOf(world, repository),
  };
}

/** A repository as pull requests embed it; the merge settings only to those who may see them. */
export function repositoryAnswer(world: World, repository: Repository, actor?: Actor) {
  const { fullName, settings } = repository;
  const canWrite = actor !== undefined && may(actor, 'contents', 'write');
  // Tokens of Apps read `false` everywhere, whatever they may do.
  const personal = actor?.kind === 'pat' || actor?.kind === 'classic';
  const open = [...repository.pulls.values()].filter(({ state }) => state === 'open').length;
  const git = `${world.urls.server}/${fullName}.git`;
  return {
    ...minimalRepositoryAnswer(world, repository),
    ...{ clone_url: git, git_url: git, ssh_url: git, svn_url: `${world.urls.server}/${fullName}` },
    visibility: repository.private ? 'private' : 'public',
    default_branch: repository.defaultBranch,
    created_at: repository.createdAt,
    updated_at: repository.pushedAt,
    pushed_at: repository.pushedAt,
    ...{ archived: false, disabled: false, license: null, mirror_url: null, homepage: null, language: null, size: 0 },
    ...{ has_issues: true, has_projects: true, has_wiki: true, has_pages: false, has_downloads: true },
    ...{ has_discussions: false, topics: [], is_template: false, allow_forking: true },
    ...{ forks: 0, forks_count: 0, stargazers_count: 0, watchers: 0, watchers_count: 0 },
    ...{ open_issues: open, open_issues_count: open, web_commit_signoff_required: false },
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

/** A repository by itself; https://docs.github.com/en/rest/repos/repos#get-a-repository */
export function fullRepositoryAnswer(world: World, repository: Repository, actor: Actor) {
  return { ...repositoryAnswer(world, repository, actor), subscribers_count: 0, network_count: 0 };
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

/** What follows the repository's URL, by the name of the link; some are templates of RFC 6570. */
const LINKS = {
  archive_url: '/{archive_format}{/ref}',
  assignees_url: '/assignees{/user}',
  blobs_url: '/git/blobs{/sha}',
  branches_url: '/branches{/branch}',
  collaborators_url: '/collaborators{/collaborator}',
  comments_url: '/comments{/number}',
  commits_url: '/commits{/sha}',
  compare_url: '/compare/{base}...{head}',
  contents_url: '/contents/{+path}',
  contributors_url: '/contributors',
  deployments_url: '/deployments',
  downloads_url: '/downloads',
  events_url: '/events',
  forks_url: '/forks',
  git_commits_url: '/git/commits{/sha}',
  git_refs_url: '/git/refs{/sha}',
  git_tags_url: '/git/tags{/sha}',
  hooks_url: '/hooks',
  issue_comment_url: '/issues/comments{/number}',
  issue_events_url: '/issues/events{/number}',
  issues_url: '/issues{/number}',
  keys_url: '/keys{/key_id}',
  labels_url: '/labels{/name}',
  languages_url: '/languages',
  merges_url: '/merges',
  milestones_url: '/milestones{/number}',
  notifications_url: '/notifications{?since,all,participating}',
  pulls_url: '/pulls{/number}',
  releases_url: '/releases{/id}',
  stargazers_url: '/stargazers',
  statuses_url: '/statuses/{sha}',
  subscribers_url: '/subscribers',
  subscription_url: '/subscription',
  tags_url: '/tags',
  teams_url: '/teams',
  trees_url: '/git/trees{/sha}',
} as const;

function linksOf({ urls }: World, { fullName }: Repository): Record<keyof typeof LINKS, string> {
  const links = Object.entries(LINKS).map(([name, rest]) => [name, `${urls.api}/repos/${fullName}${rest}`]);
  return Object.fromEntries(links) as Record<keyof typeof LINKS, string>;
}
