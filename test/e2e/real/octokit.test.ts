import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { retry } from '@octokit/plugin-retry';
import { throttling } from '@octokit/plugin-throttling';
import { Octokit } from '@octokit/rest';
import { type GitHubSandbox, startGitHub } from '../../sandbox/github/server.ts';

const place = { owner: 'acme', repo: 'thoughts' };
const Client = Octokit.plugin(retry, throttling);
let folder: string;
let github: GitHubSandbox;
let first: string;
let throttled: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'octokit-'));
  github = await startGitHub({ folder });
  ({ sha: first } = await github.createRepository({ owner: 'acme', name: 'thoughts', files: { 'a.txt': 'a\n' } }));
  github.addRefs(
    'acme/thoughts',
    Object.fromEntries(Array.from({ length: 250 }, (_, at) => [`refs/tags/v1.${at}.0`, first])),
  );
});

afterAll(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

beforeEach(() => {
  throttled = [];
  github.faults.clear();
  github.requests.clear();
});

/** Octokit as anybody would set it up, but for the address; its own waiting is shortened. */
function connect(auth: string) {
  const note = (kind: string) => (after: number, _options: object, _octokit: unknown, count: number) => {
    throttled.push(`${kind} after ${after} s`);
    return after < 5 && count < 1;
  };
  return new Client({
    ...{ auth, baseUrl: github.apiUrl, log: { debug() {}, info() {}, warn() {}, error() {} } },
    retry: { retryAfterBaseValue: 10 },
    throttle: { onRateLimit: note('primary'), onSecondaryRateLimit: note('secondary') },
  });
}

describe('@octokit/rest with its plugins', () => {
  test('paginate follows the links to the end', async () => {
    const octokit = connect(github.tokens.app);
    const tags = await octokit.paginate(octokit.rest.repos.listTags, { ...place, per_page: 100 });
    expect(tags).toHaveLength(250);
    expect(new Set(tags.map(({ name }) => name)).size).toBe(250);
    expect(github.requests.count('/tags')).toBe(3);
  });

  test('retry asks again after 502 and a reset, and not after 404', async () => {
    const octokit = connect(github.tokens.app);
    github.faults.add({ kind: 'status', status: 502 });
    github.faults.add({ kind: 'reset-before' });
    expect((await octokit.rest.repos.get(place)).data.full_name).toBe('acme/thoughts');
    expect([...github.requests].map(({ status }) => status)).toEqual([502, 0, 200]);
    await expect(octokit.rest.repos.get({ ...place, repo: 'none' })).rejects.toMatchObject({ status: 404 });
    expect(github.requests.count('/none')).toBe(1);
  });

  test('throttling understands both limits by their headers', async () => {
    const octokit = connect(github.tokens.app);
    const message = 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.';
    github.faults.add({ kind: 'status', status: 403, headers: { 'retry-after': '1' }, body: { message } });
    expect((await octokit.rest.repos.get(place)).status).toBe(200);
    const reset = String(Math.ceil(Date.now() / 1000) + 3600);
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': reset };
    github.faults.add({ kind: 'status', status: 403, headers, body: { message: 'API rate limit exceeded' } });
    await expect(octokit.rest.repos.get(place)).rejects.toMatchObject({ status: 403 });
    expect(throttled).toEqual(['secondary after 1 s', expect.stringMatching(/^primary after 360\d s$/)]);
  });

  test('a release goes through: tree, commit, branch, pull request, label, merge, tag, deployment', async () => {
    const { rest } = connect(github.tokens.admin);
    const blob = { path: 'b.txt', mode: '100644' as const, type: 'blob' as const, content: 'b\n' };
    const tree = await rest.git.createTree({ ...place, base_tree: first, tree: [blob] });
    const commit = await rest.git.createCommit({ ...place, message: 'feat: b', tree: tree.data.sha, parents: [first] });
    await rest.git.createRef({ ...place, ref: 'refs/heads/topic', sha: commit.data.sha });
    const pull = await rest.pulls.create({ ...place, title: 'feat: b', head: 'topic', base: 'main', body: 'why' });
    const pull_number = pull.data.number;
    await rest.issues.addLabels({ ...place, issue_number: pull_number, labels: ['release'] });
    const merged = await rest.pulls.merge({ ...place, pull_number, merge_method: 'squash' });
    const object = { object: merged.data.sha, type: 'commit' as const };
    const tag = await rest.git.createTag({ ...place, ...object, tag: 'v2.0.0', message: 'v2.0.0' });
    await rest.git.createRef({ ...place, ref: 'refs/tags/v2.0.0', sha: tag.data.sha });
    const wanted = { ref: 'v2.0.0', environment: 'staging', required_contexts: [], auto_merge: false };
    const deployment = await rest.repos.createDeployment({ ...place, ...wanted });
    if (deployment.status !== 201) throw new Error(`The deployment was answered by ${deployment.status}`);
    await rest.repos.createDeploymentStatus({ ...place, deployment_id: deployment.data.id, state: 'success' });

    expect((await rest.pulls.get({ ...place, pull_number })).data).toMatchObject({ merged: true, state: 'closed' });
    expect((await rest.repos.getContent({ ...place, path: 'b.txt' })).data).toMatchObject({ encoding: 'base64' });
    await expect(rest.git.createRef({ ...place, ref: 'refs/tags/v2.0.0', sha: first })).rejects.toMatchObject({
      ...{ status: 422, response: { data: { message: 'Reference already exists' } } },
    });
  }, 60_000);
});
