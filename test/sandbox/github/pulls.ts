import { may } from './actors.ts';
import { changedFiles } from './changed-files.ts';
import { commitAnswer } from './commits.ts';
import { compareCommits, isAncestor } from './git-graph.ts';
import { pullOf } from './labels.ts';
import type { PullRequest, Repository } from './model.ts';
import { optionalFlag, optionalText, requiredText } from './parameters.ts';
import { pullAnswer, pullListed, treesOf } from './pull-answer.ts';
import { closePull } from './pull-follow.ts';
import { type FieldError, invalid, Refusal } from './refusals.ts';
import { resolveCommit } from './revisions.ts';
import { type Answer, page, type RepositoryCall, repositoryRoute } from './router.ts';

const MAX_TITLE = 256;
const MAX_BODY = 65_536;
// Of the lists of a pull request; what goes beyond is not shown on any page.
const MAX_FILES = 3000;
const MAX_COMMITS = 250;

/** https://docs.github.com/en/rest/pulls/pulls */
export const pullRoutes = [
  repositoryRoute('GET /pulls', 'pull_requests=read', listPulls),
  repositoryRoute('POST /pulls', 'pull_requests=write', createPull),
  repositoryRoute('GET /pulls/{number}', 'pull_requests=read', async (call) => ({
    status: 200,
    data: await pullAnswer(call, pullOf(call)),
  })),
  repositoryRoute('PATCH /pulls/{number}', 'pull_requests=write', updatePull),
  repositoryRoute('GET /pulls/{number}/files', 'pull_requests=read', async (call) => {
    const pull = pullOf(call);
    const trees = await treesOf(call.repository, pull);
    const files = await changedFiles(call.world, call.repository, { ...trees, sha: pull.headSha });
    return page(call, files.slice(0, MAX_FILES));
  }),
  repositoryRoute('GET /pulls/{number}/commits', 'pull_requests=read', async (call) => {
    const pull = pullOf(call);
    const { commits } = await compareCommits(call.repository.git, pull.baseSha, pull.headSha);
    return page(
      call,
      commits.slice(0, MAX_COMMITS).map((commit) => commitAnswer(call.world, call.repository, commit)),
    );
  }),
  repositoryRoute('GET /commits/{sha}/pulls', 'pull_requests=read; contents=read', async (call) => {
    const sha = await resolveCommit(call.repository, call.params['sha'] ?? '');
    if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${call.params['sha']}`);
    const found = await pullsOfCommit(call.repository, sha);
    return page(
      call,
      found.map((pull) => pullListed(call, pull)),
    );
  }),
];

/** Pull requests that brought `sha` or that hold it. */
export async function pullsOfCommit(repository: Repository, sha: string): Promise<PullRequest[]> {
  const found: PullRequest[] = [];
  for (const pull of repository.pulls.values()) {
    const holds = pull.mergeCommitSha === sha && pull.mergedAt !== null;
    if (holds || (await bringsCommit(repository, pull, sha))) found.push(pull);
  }
  return found;
}

const broughtBy = new WeakMap<PullRequest, { pair: string; shas: ReadonlySet<string> }>();

async function bringsCommit({ git }: Repository, pull: PullRequest, sha: string): Promise<boolean> {
  const pair = `${pull.baseSha} ${pull.headSha}`;
  let known = broughtBy.get(pull);
  if (known?.pair !== pair) {
    const { commits } = await compareCommits(git, pull.baseSha, pull.headSha);
    known = { pair, shas: new Set(commits.map((commit) => commit.sha)) };
    broughtBy.set(pull, known);
  }
  return known.shas.has(sha);
}

function listPulls(call: RepositoryCall): Answer {
  const { repository, query } = call;
  const state = query.get('state') ?? 'open';
  const head = query.get('head');
  const base = query.get('base');
  const [field, descending] = [query.get('sort') ?? 'created', (query.get('direction') ?? 'desc') === 'desc'];
  const found = [...repository.pulls.values()]
    .filter((pull) => state === 'all' || pull.state === state)
    .filter((pull) => head === null || !head.includes(':') || isHead(head, repository.owner, pull.headRef))
    .filter((pull) => base === null || base === pull.baseRef)
    .sort((a, b) => (field === 'updated' ? a.updatedAt.localeCompare(b.updatedAt) : 0) || a.number - b.number);
  if (descending) found.reverse();
  return page(call, found, (slice) => slice.map((pull) => pullListed(call, pull as PullRequest)));
}

async function createPull(call: RepositoryCall): Promise<Answer> {
  const { world, repository, actor, body } = call;
  if (actor.kind === 'GITHUB_TOKEN' && !repository.settings.actionsMayCreatePullRequests) {
    throw new Refusal(403, 'GitHub Actions is not permitted to create or approve pull requests.');
  }
  const title = requiredText(body, 'title');
  const base = requiredText(body, 'base');
  const given = requiredText(body, 'head');
  const head = given.startsWith(`${repository.owner}:`) ? given.slice(repository.owner.length + 1) : given;
  const text = optionalText(body, 'body') ?? null;
  const shas = await obeyNewPull(repository, { title, text, base, head });
  repository.lastNumber += 1;
  const pull: PullRequest = {
    ...blankPull,
    id: world.nextId(),
    number: repository.lastNumber,
    author: world.actors.user(actor.login),
    createdAt: world.timestamp(),
    updatedAt: world.timestamp(),
    ...{ title, body: text, headRef: head, baseRef: base, ...shas },
    draft: optionalFlag(body, 'draft') ?? false,
    labels: [],
    requestedReviewers: [],
    requestedTeams: [],
    reviews: [],
    lag: repository.settings.nodeLag,
  };
  repository.pulls.set(pull.number, pull);
  repository.refs.set(`refs/pull/${pull.number}/head`, pull.headSha);
  return { status: 201, data: await pullAnswer(call, pull) };
}

const blankPull = {
  state: 'open',
  closedAt: null,
  mergedAt: null,
  mergedBy: null,
  mergeCommitSha: null,
  autoMerge: null,
  queued: null,
  mergeable: null,
  mergeableFor: '',
  testMergeSha: null,
} as const;

/** Everything for which GitHub refuses a new pull request, all at once where GitHub does. */
async function obeyNewPull(
  repository: Repository,
  { title, text, base, head }: { title: string; text: string | null; base: string; head: string },
): Promise<{ headSha: string; baseSha: string }> {
  const [headSha, baseSha] = [repository.refs.get(`refs/heads/${head}`), repository.refs.get(`refs/heads/${base}`)];
  const errors: FieldError[] = textErrors(title, text);
  if (baseSha === undefined) errors.push({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  if (headSha === undefined) errors.push({ resource: 'PullRequest', field: 'head', code: 'invalid' });
  if (errors.length > 0 || headSha === undefined || baseSha === undefined) throw invalid(...errors);
  const taken = [...repository.pulls.values()].some(
    (pull) => pull.state === 'open' && pull.headRef === head && pull.baseRef === base,
  );
  const refuse = (message: string) => invalid({ resource: 'PullRequest', code: 'custom', message });
  if (taken) throw refuse(`A pull request already exists for ${repository.owner}:${head}.`);
  const { mergeBase, aheadBy } = await compareCommits(repository.git, baseSha, headSha);
  if (mergeBase === undefined) throw refuse(`The ${head} branch has no history in common with ${base}`);
  if (aheadBy === 0) throw refuse(`No commits between ${base} and ${head}`);
  return { headSha, baseSha };
}

async function updatePull(call: RepositoryCall): Promise<Answer> {
  const { world, repository, actor, body } = call;
  const pull = pullOf(call);
  const title = optionalText(body, 'title') ?? pull.title;
  const text = body['body'] === undefined ? pull.body : (optionalText(body, 'body') ?? null);
  const errors = textErrors(title, text);
  if (errors.length > 0) throw invalid(...errors);
  const state = optionalText(body, 'state') ?? pull.state;
  if (state === 'open' && pull.state === 'closed') await reopen(repository, pull);
  const base = optionalText(body, 'base');
  const baseSha = base === undefined ? undefined : repository.refs.get(`refs/heads/${base}`);
  if (base !== undefined && baseSha === undefined)
    throw invalid({ resource: 'PullRequest', field: 'base', code: 'invalid' });
  if (base !== undefined && baseSha !== undefined) {
    Object.assign(pull, { baseRef: base, baseSha });
    // Who may not write could otherwise have it merged elsewhere.
    if (!may(actor, 'contents', 'write')) pull.autoMerge = null;
  }
  if (state === 'closed' && pull.state === 'open') closePull(world, pull);
  Object.assign(pull, { title, body: text, updatedAt: world.timestamp() });
  return { status: 200, data: await pullAnswer(call, pull) };
}

async function reopen(repository: Repository, pull: PullRequest): Promise<void> {
  const refuse = (message: string) => invalid({ resource: 'PullRequest', code: 'custom', field: 'state', message });
  if (pull.mergedAt !== null) throw refuse('state cannot be changed. The pull request cannot be reopened.');
  const head = repository.refs.get(`refs/heads/${pull.headRef}`);
  if (head === undefined) throw refuse(`state cannot be changed. The ${pull.headRef} branch has been deleted.`);
  if (!(await isAncestor(repository.git, pull.headSha, head))) {
    throw refuse(`state cannot be changed. The ${pull.headRef} branch was force-pushed or recreated.`);
  }
  Object.assign(pull, { state: 'open', closedAt: null, headSha: head });
}

function textErrors(title: string, text: string | null): FieldError[] {
  const errors: FieldError[] = [];
  const long = (field: string, most: number) =>
    errors.push({
      resource: 'Issue',
      code: 'custom',
      field,
      message: `${field} is too long (maximum is ${most} characters)`,
    });
  if (title.trim() === '') errors.push({ resource: 'PullRequest', code: 'missing_field', field: 'title' });
  if (title.length > MAX_TITLE) long('title', MAX_TITLE);
  if ((text ?? '').length > MAX_BODY) long('body', MAX_BODY);
  return errors;
}

// Logins are the same in every case, branches are not.
function isHead(head: string, owner: string, branch: string): boolean {
  const end = head.indexOf(':');
  return head.slice(0, end).toLowerCase() === owner.toLowerCase() && head.slice(end + 1) === branch;
}
