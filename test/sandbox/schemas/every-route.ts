import { acme, type Fixture } from '../github/sandbox-fixture.ts';

/** Asks each route of the sandbox GitHub at least once and gets an answer of success. */
export async function askEveryRoute(fixture: Fixture): Promise<void> {
  const { github } = fixture;
  const workflow = 'on:\n  workflow_dispatch:\njobs: {}\n';
  const files = { '.github/workflows/ci.yml': workflow, 'docs/a.md': 'a\n' };
  const sha = await github.commit('acme/thoughts', { message: 'ci: a workflow', files });
  await askAccounts(fixture);
  await askGit(fixture, sha);
  await askFiles(fixture, sha);
  await askVerdicts(fixture, sha);
  await askReleases(fixture);
  await askDeployments(fixture);
  await askRuns(fixture);
  await askPulls(fixture);
  await askMerges(fixture);
}

/** Asks for what GitHub answers in ways that its description does not hold. */
export async function askBeyondDescription({ github, rest }: Fixture): Promise<void> {
  const main = { ...acme, ref: 'refs/heads/other', sha: '0'.repeat(40) };
  const refused = [
    rest('ghs_unknown').repos.get(acme),
    rest(github.tokens.readOnly).git.createRef(main),
    rest().git.createRef(main),
    rest().repos.createCommitStatus({ ...acme, sha: main.sha, state: 'success' }),
    rest().actions.createWorkflowDispatch({ ...acme, workflow_id: 'ci.yml', ref: 'main', inputs: { colour: 'red' } }),
  ];
  await Promise.allSettled(refused);
  await rest().issues.addLabels({ ...acme, issue_number: 1, labels: ['plain'] });
  await rest().pulls.list({ ...acme, state: 'all' });
}

async function askAccounts({ github, rest }: Fixture): Promise<void> {
  const admin = rest(github.tokens.admin);
  await admin.users.getAuthenticated();
  await admin.users.getByUsername({ username: 'octo-admin' });
  await admin.rateLimit.get();
  await admin.repos.get(acme);
  await admin.repos.getCollaboratorPermissionLevel({ ...acme, username: 'octo-admin' });
  await admin.issues.createLabel({ ...acme, name: 'deploy', color: '00ff00', description: 'Deploys' });
  await admin.issues.getLabel({ ...acme, name: 'deploy' });
  await admin.issues.listLabelsForRepo(acme);
}

async function askGit({ rest }: Fixture, head: string): Promise<void> {
  const { git, repos } = rest();
  const blob = await git.createBlob({ ...acme, content: 'new\n' });
  await git.getBlob({ ...acme, file_sha: blob.data.sha });
  const parent = await git.getCommit({ ...acme, commit_sha: head });
  const entry = { path: 'new.txt', mode: '100644', type: 'blob', sha: blob.data.sha } as const;
  const tree = await git.createTree({ ...acme, base_tree: parent.data.tree.sha, tree: [entry] });
  await git.getTree({ ...acme, tree_sha: tree.data.sha, recursive: '1' });
  const made = { message: 'feat: new', tree: tree.data.sha, parents: [head] };
  const { sha } = (await git.createCommit({ ...acme, ...made })).data;
  await git.createRef({ ...acme, ref: 'refs/heads/side', sha: head });
  await git.updateRef({ ...acme, ref: 'heads/side', sha });
  await git.getRef({ ...acme, ref: 'heads/side' });
  await git.listMatchingRefs({ ...acme, ref: 'heads/' });
  const tag = await git.createTag({ ...acme, tag: 'v1.0.0', message: 'v1.0.0', object: sha, type: 'commit' });
  await git.getTag({ ...acme, tag_sha: tag.data.sha });
  await git.createRef({ ...acme, ref: 'refs/tags/v1.0.0', sha: tag.data.sha });
  await repos.listTags(acme);
  await git.deleteRef({ ...acme, ref: 'heads/side' });
}

async function askFiles({ github, rest }: Fixture, head: string): Promise<void> {
  github.settings('acme/thoughts').rules.push({ target: 'branch', pattern: 'locked', ...everyRule });
  const { repos } = rest();
  await repos.getContent({ ...acme, path: 'docs' });
  await repos.getContent({ ...acme, path: 'docs/a.md', ref: 'main' });
  await repos.listBranches(acme);
  await repos.getBranch({ ...acme, branch: 'main' });
  await repos.getBranchRules({ ...acme, branch: 'locked' });
  const [ruleset] = (await repos.getRepoRulesets(acme)).data;
  await repos.getRepoRuleset({ ...acme, ruleset_id: ruleset?.id ?? 0 });
  await repos.listCommits({ ...acme, path: 'docs', per_page: 1 });
  await repos.getCommit({ ...acme, ref: head });
  await repos.compareCommitsWithBasehead({ ...acme, basehead: `${head}...v1.0.0` });
  await repos.downloadTarballArchive({ ...acme, ref: 'main' });
}

const everyRule = {
  ...{ restrictCreations: true, restrictUpdates: true, restrictDeletions: true, blockForcePushes: true },
  ...{ requirePullRequest: { approvals: 1 }, requiredChecks: ['build'], strictChecks: true, mergeQueue: true },
};

async function askVerdicts({ rest }: Fixture, sha: string): Promise<void> {
  const { repos, checks } = rest();
  await repos.createCommitStatus({
    ...acme,
    sha,
    state: 'success',
    context: 'ci',
    target_url: 'https://ci.example.com',
  });
  await repos.listCommitStatusesForRef({ ...acme, ref: sha });
  await repos.getCombinedStatusForRef({ ...acme, ref: sha });
  const run = await checks.create({ ...acme, name: 'build', head_sha: sha, status: 'in_progress' });
  await checks.update({ ...acme, check_run_id: run.data.id, conclusion: 'success' });
  await checks.listForRef({ ...acme, ref: sha });
}

async function askReleases({ rest }: Fixture): Promise<void> {
  const { repos } = rest();
  await repos.generateReleaseNotes({ ...acme, tag_name: 'v1.0.0' });
  const { data } = await repos.createRelease({ ...acme, tag_name: 'v1.0.0', name: 'v1.0.0', body: 'Notes' });
  await repos.updateRelease({ ...acme, release_id: data.id, body: 'More notes' });
  await repos.getRelease({ ...acme, release_id: data.id });
  await repos.getReleaseByTag({ ...acme, tag: 'v1.0.0' });
  await repos.getLatestRelease(acme);
  await repos.listReleases(acme);
  await repos.deleteRelease({ ...acme, release_id: data.id });
}

async function askDeployments({ rest }: Fixture): Promise<void> {
  const { repos } = rest();
  const made = await repos.createDeployment({ ...acme, ref: 'main', environment: 'staging', required_contexts: [] });
  const { id } = made.data as { id: number };
  await repos.getDeployment({ ...acme, deployment_id: id });
  await repos.listDeployments({ ...acme, environment: 'staging' });
  await repos.createDeploymentStatus({ ...acme, deployment_id: id, state: 'success' });
  await repos.listDeploymentStatuses({ ...acme, deployment_id: id });
  await repos.deleteDeployment({ ...acme, deployment_id: id });
}

async function askRuns({ rest }: Fixture): Promise<void> {
  const { repos, actions } = rest();
  await repos.createDispatchEvent({ ...acme, event_type: 'deploy', client_payload: { version: 'v1.0.0' } });
  const started = { ...acme, workflow_id: 'ci.yml', ref: 'main', return_run_details: true };
  const { data } = await actions.createWorkflowDispatch(started);
  const { workflow_run_id: run_id } = data as unknown as { workflow_run_id: number };
  await actions.getWorkflowRun({ ...acme, run_id });
  await actions.listWorkflowRuns({ ...acme, workflow_id: 'ci.yml', event: 'workflow_dispatch' });
}

async function askPulls(fixture: Fixture): Promise<void> {
  const { number, sha } = await fixture.openPull();
  const { pulls, issues, repos } = fixture.rest();
  const pull = { ...acme, pull_number: number };
  const issue = { ...acme, issue_number: number };
  await pulls.update({ ...pull, body: 'Why' });
  await pulls.get(pull);
  await pulls.list({ ...acme, state: 'open', head: 'acme:topic-1' });
  await pulls.listFiles(pull);
  await pulls.listCommits(pull);
  await repos.listPullRequestsAssociatedWithCommit({ ...acme, commit_sha: sha });
  await issues.addLabels({ ...issue, labels: ['deploy', 'fresh'] });
  await issues.setLabels({ ...issue, labels: ['deploy', 'fresh'] });
  await issues.removeLabel({ ...issue, name: 'fresh' });
  await issues.listLabelsOnIssue(issue);
  const comment = (await issues.createComment({ ...issue, body: 'Hello' })).data.id;
  await issues.updateComment({ ...acme, comment_id: comment, body: 'Hello again' });
  await issues.getComment({ ...acme, comment_id: comment });
  await issues.listComments(issue);
  await issues.deleteComment({ ...acme, comment_id: comment });
  await pulls.requestReviewers({ ...pull, reviewers: ['mona'], team_reviewers: ['platform'] });
  await pulls.listRequestedReviewers(pull);
  await pulls.get(pull);
  await pulls.removeRequestedReviewers({ ...pull, reviewers: ['mona'] });
  const asAdmin = fixture.rest(fixture.github.tokens.admin).pulls;
  const review = (await asAdmin.createReview({ ...pull, event: 'APPROVE' })).data.id;
  await pulls.listReviews(pull);
  await asAdmin.dismissReview({ ...pull, review_id: review, message: 'Stale' });
}

async function askMerges(fixture: Fixture): Promise<void> {
  const { github, rest } = fixture;
  const first = { ...acme, pull_number: (await fixture.openPull()).number };
  await rest().pulls.merge({ ...first, merge_method: 'squash' });
  await rest().pulls.checkIfMerged(first);
  const second = await fixture.openPull();
  const path = `${github.apiUrl}/repos/acme/thoughts/pulls/${second.number}/merge-async`;
  const headers = { authorization: `token ${github.tokens.app}` };
  const accepted = await fetch(path, { method: 'PUT', headers, body: '{"merge_method":"squash"}' });
  const { details } = (await accepted.json()) as { details: { uuid: string } };
  await fetch(`${path}/${details.uuid}`, { headers });
}
