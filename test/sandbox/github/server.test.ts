import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { getOctokit } from '@actions/github';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type GitHubSandbox, startGitHub } from './server.ts';

const run = promisify(execFile);
let folder = '';
let github: GitHubSandbox;
const acme = { owner: 'acme', repo: 'thoughts' };

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
  github = await startGitHub({ folder: join(folder, 'github') });
  await github.createRepository({
    owner: 'acme',
    name: 'thoughts',
    files: { 'README.md': 'hello\n', 'src/a.ts': 'a\n' },
  });
});

afterAll(async () => {
  await github.close();
  await rm(folder, { recursive: true, force: true });
});

function octokit(token = github.tokens.app) {
  return getOctokit(token, { baseUrl: github.apiUrl }).rest;
}

async function git(cwd: string, ...args: string[]): Promise<string> {
  const environment = { PATH: process.env['PATH'], HOME: folder, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_NOSYSTEM: '1' };
  const identity = ['-c', 'user.name=Mona', '-c', 'user.email=mona@example.com'];
  const { stdout, stderr } = await run('git', [...identity, ...args], { cwd, env: environment });
  return stdout + stderr;
}

const remote = (token: string, name = 'acme/thoughts') =>
  `${github.serverUrl.replace('://', `://x-access-token:${token}@`)}/${name}.git`;

describe('one repository, three ways in', () => {
  test('git clones what the API shows, and the API shows what git pushes', async () => {
    const work = join(folder, 'clone');
    await git(folder, 'clone', '-q', remote(github.tokens.admin), work);
    expect(await readFile(join(work, 'README.md'), 'utf8')).toBe('hello\n');
    await writeFile(join(work, 'pushed.txt'), 'pushed\n');
    await git(work, 'checkout', '-q', '-b', 'topic');
    await git(work, 'add', '.');
    await git(work, 'commit', '-qm', 'feat: pushed by git');
    const pushes: unknown[] = [];
    const stop = github.onPush((push) => pushes.push(push));
    await git(work, 'push', '-q', 'origin', 'topic');
    stop();
    expect(pushes).toMatchObject([{ repository: 'acme/thoughts', ref: 'refs/heads/topic', triggersWorkflows: true }]);
    const { data } = await octokit().repos.compareCommitsWithBasehead({ ...acme, basehead: 'main...topic' });
    expect(data).toMatchObject({ status: 'ahead', total_commits: 1 });
    expect(data.files).toMatchObject([{ filename: 'pushed.txt', status: 'added', additions: 1 }]);
    expect(data.files?.[0]?.patch).toBe('@@ -0,0 +1 @@\n+pushed');
  });

  test('an annotated tag made by the API is one that git verifies as whole', async () => {
    const rest = octokit();
    const head = (await rest.git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
    const tagger = { name: 'Bot', email: 'bot@example.com', date: '2024-05-01T10:00:00Z' };
    const tag = await rest.git.createTag({
      ...acme,
      tag: 'v1.0.0',
      message: 'v1.0.0',
      object: head,
      type: 'commit',
      tagger,
    });
    await rest.git.createRef({ ...acme, ref: 'refs/tags/v1.0.0', sha: tag.data.sha });
    const refs = await rest.git.listMatchingRefs({ ...acme, ref: 'tags/v' });
    expect(refs.data).toMatchObject([{ ref: 'refs/tags/v1.0.0', object: { type: 'tag', sha: tag.data.sha } }]);
    const { folder: bare } = github.records('acme/thoughts').git;
    expect(await git(bare, 'fsck', '--strict')).not.toMatch(/error|missing/);
    expect(await git(bare, 'cat-file', '-p', 'v1.0.0')).toContain('tagger Bot <bot@example.com> 1714557600 +0000');
    await expect(rest.git.createRef({ ...acme, ref: 'refs/tags/v1.0.0', sha: head })).rejects.toMatchObject({
      status: 422,
      message: expect.stringContaining('Reference already exists'),
    });
  });

  test('a tree, a commit and a ref become a pull request that merges for real', async () => {
    const rest = octokit();
    const head = (await rest.git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
    const { data: tree } = await rest.git.createTree({
      ...acme,
      base_tree: head,
      tree: [
        { path: 'src/a.ts', mode: '100644', type: 'blob', content: 'changed\n' },
        { path: 'README.md', mode: '100644', type: 'blob', sha: null },
      ],
    });
    const { data: commit } = await rest.git.createCommit({
      ...acme,
      message: 'chore: change',
      tree: tree.sha,
      parents: [head],
    });
    expect(commit.verification.verified).toBe(true);
    await rest.git.createRef({ ...acme, ref: 'refs/heads/deploy/demo', sha: commit.sha });
    const { data: pull } = await rest.pulls.create({
      ...acme,
      title: 'Deploy',
      head: 'deploy/demo',
      base: 'main',
      body: 'x',
    });
    expect(pull).toMatchObject({ number: 1, mergeable: null, user: { login: 'trunkline-bot[bot]', type: 'Bot' } });
    const again = await rest.pulls.get({ ...acme, pull_number: 1 });
    expect(again.data).toMatchObject({ mergeable: true, mergeable_state: 'clean', changed_files: 2 });
    const { data: merged } = await rest.pulls.merge({
      ...acme,
      pull_number: 1,
      sha: commit.sha,
      merge_method: 'squash',
    });
    const main = (await rest.git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
    expect(merged).toMatchObject({ merged: true, sha: main });
    const content = await rest.repos.getContent({ ...acme, path: 'src/a.ts' });
    expect(content.data).toMatchObject({ type: 'file', content: Buffer.from('changed\n').toString('base64') });
    await expect(rest.repos.getContent({ ...acme, path: 'README.md' })).rejects.toMatchObject({ status: 404 });
  });

  test('a deployment that succeeds makes the one before it inactive', async () => {
    const rest = octokit(github.tokens.workflow);
    const create = () =>
      rest.repos.createDeployment({
        ...acme,
        ref: 'v1.0.0',
        environment: 'demo',
        auto_merge: false,
        required_contexts: [],
      });
    const ids: number[] = [];
    for (const answer of [await create(), await create()]) {
      if (answer.status !== 201) throw new Error('not created');
      ids.push(answer.data.id);
      await rest.repos.createDeploymentStatus({ ...acme, deployment_id: answer.data.id, state: 'success' });
    }
    const old = await rest.repos.listDeploymentStatuses({ ...acme, deployment_id: ids[0] ?? 0 });
    expect(old.data.map(({ state }) => state)).toEqual(['inactive', 'success']);
    const list = await rest.repos.listDeployments({ ...acme, environment: 'demo' });
    expect(list.data.map(({ id }) => id)).toEqual([ids[1], ids[0]]);
  });
});

describe('the request log and the scripted faults', () => {
  test('a write whose reply is dropped took effect all the same', async () => {
    const rest = octokit();
    const sha = (await rest.git.getRef({ ...acme, ref: 'heads/main' })).data.object.sha;
    github.requests.clear();
    github.faults.add({ kind: 'reset-after', match: { method: 'POST', path: '/git/refs' } });
    await expect(rest.git.createRef({ ...acme, ref: 'refs/heads/lost-reply', sha })).rejects.toThrow();
    expect((await rest.git.getRef({ ...acme, ref: 'heads/lost-reply' })).data.object.sha).toBe(sha);
    expect([...github.requests]).toMatchObject([
      { number: 1, method: 'POST', path: '/repos/acme/thoughts/git/refs', status: 0, write: true },
      { number: 2, method: 'GET', status: 200, write: false, actor: 'trunkline-bot[bot]' },
    ]);
  });
});
