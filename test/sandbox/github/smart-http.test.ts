import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { acme, type Fixture, startFixture } from './sandbox-fixture.ts';

const run = promisify(execFile);
let fixture: Fixture;
let work = '';

beforeAll(async () => {
  fixture = await startFixture();
});
afterAll(() => fixture.close());
beforeEach(async () => {
  fixture.github.settings('acme/thoughts').rules = [];
  work = await mkdtemp(join(fixture.folder, 'work-'));
  await git('clone', '-q', remote(fixture.github.tokens.app), '.');
});

function remote(token: string): string {
  return `${fixture.github.serverUrl.replace('://', `://x-access-token:${token}@`)}/acme/thoughts`;
}

async function git(...args: string[]): Promise<string> {
  const environment = {
    PATH: process.env['PATH'],
    HOME: fixture.folder,
    GIT_TERMINAL_PROMPT: '0',
    GIT_CONFIG_NOSYSTEM: '1',
  };
  const identity = ['-c', 'user.name=Mona', '-c', 'user.email=mona@example.com'];
  const { stdout, stderr } = await run('git', [...identity, ...args], { cwd: work, env: environment });
  return stdout + stderr;
}

async function commitFile(name: string): Promise<void> {
  await writeFile(join(work, name), `${name}\n`);
  await git('add', '.');
  await git('commit', '-qm', `feat: ${name}`);
}

describe('git over HTTP', () => {
  test('a push to a protected branch is refused in words and changes nothing', async () => {
    fixture.github.settings('acme/thoughts').rules = [
      { target: 'branch', pattern: 'main', requirePullRequest: { approvals: 1 } },
    ];
    await commitFile('direct.txt');
    await expect(git('push', 'origin', 'HEAD:main')).rejects.toThrow(
      /GH013: Repository rule violations found for refs\/heads\/main[\s\S]*Changes must be made through a pull request[\s\S]*remote rejected/,
    );
    await expect(git('push', '-q', 'origin', 'HEAD:refs/heads/allowed')).resolves.toBeDefined();
  });

  test('a ref of more than 255 bytes is refused in words', async () => {
    await expect(git('push', 'origin', `HEAD:refs/tags/v1.0.0-${'a'.repeat(239)}`)).rejects.toThrow(
      /GH005: Sorry, refs longer than 255 bytes are not allowed[\s\S]*pre-receive hook declined/,
    );
    await expect(git('push', '-q', 'origin', `HEAD:refs/tags/v1.0.0-${'a'.repeat(238)}`)).resolves.toBeDefined();
  });

  test('a fast-forward passes where force pushes are blocked, a forced push does not', async () => {
    fixture.github.settings('acme/thoughts').rules = [{ target: 'branch', pattern: 'main', blockForcePushes: true }];
    await commitFile(`forward-${Date.now()}.txt`);
    await git('push', '-q', 'origin', 'HEAD:main');
    await git('commit', '-q', '--amend', '-m', 'feat: rewritten');
    await expect(git('push', '-f', 'origin', 'HEAD:main')).rejects.toThrow(/Cannot force-push to this branch/);
  });

  test('GITHUB_TOKEN pushes without starting workflows, and never workflow files', async () => {
    const { github } = fixture;
    const pushes: boolean[] = [];
    const stop = github.onPush(({ triggersWorkflows }) => pushes.push(triggersWorkflows));
    await commitFile('bot.txt');
    await git('push', '-q', remote(github.tokens.workflow), 'HEAD:refs/heads/bot');
    await git('push', '-q', remote(github.tokens.app), 'HEAD:refs/heads/app');
    stop();
    expect(pushes).toEqual([false, true]);
    await run('mkdir', ['-p', join(work, '.github/workflows')]);
    await commitFile('.github/workflows/ci.yml');
    const classic = github.issueToken({ kind: 'classic', login: 'octo-classic', scopes: ['repo'] });
    await expect(git('push', remote(classic), 'HEAD:refs/heads/bot')).rejects.toThrow(
      'refusing to allow a Personal Access Token to create or update workflow `.github/workflows/ci.yml` without `workflow` scope',
    );
    await expect(git('push', remote(github.tokens.workflow), 'HEAD:refs/heads/bot')).rejects.toThrow(
      'refusing to allow a GitHub App to create or update workflow `.github/workflows/ci.yml` without `workflows` permission',
    );
  });

  test('a token that may not write is told so, and a missing one is asked for', async () => {
    await commitFile('denied.txt');
    await expect(git('push', remote(fixture.github.tokens.readOnly), 'HEAD:refs/heads/denied')).rejects.toThrow(/403/);
    const anonymous = `${fixture.github.serverUrl}/acme/thoughts`;
    await expect(git('push', anonymous, 'HEAD:refs/heads/denied')).rejects.toThrow(/could not read Username/);
    expect(await git('ls-remote', anonymous, 'main')).toContain('refs/heads/main');
  });

  test('refs of pull requests can be fetched, deleted branches and nested names leave no trace', async () => {
    const { number, sha } = await fixture.openPull({ branch: 'nested/name' });
    const rest = fixture.rest();
    await rest.git.deleteRef({ ...acme, ref: 'heads/nested/name' });
    await rest.git.createRef({ ...acme, ref: 'refs/heads/nested', sha });
    await git('fetch', '-q', 'origin', `refs/pull/${number}/head`);
    expect(await git('rev-parse', 'FETCH_HEAD')).toContain(sha);
    await git('push', '-q', 'origin', ':nested');
    await expect(rest.git.getRef({ ...acme, ref: 'heads/nested' })).rejects.toMatchObject({ status: 404 });
  });

  test('a shallow clone without blobs works, and an archive holds the tree', async () => {
    const partial = join(fixture.folder, 'partial');
    await git('clone', '-q', '--depth=1', '--filter=blob:none', remote(fixture.github.tokens.readOnly), partial);
    const archive = await fetch(`${fixture.github.apiUrl}/repos/acme/thoughts/tarball/main`);
    await writeFile(join(work, 'archive.tar.gz'), Buffer.from(await archive.arrayBuffer()));
    const { stdout } = await run('tar', ['-tzf', join(work, 'archive.tar.gz')]);
    expect(stdout).toMatch(/^acme-thoughts-[0-9a-f]{7}\/README\.md$/m);
  });
});
