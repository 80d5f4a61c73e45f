import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { projectRoot } from '../../support/action-manifest.ts';
import { type ActRun, checkOut, copySuite, refuseOthers, runAct } from './act-run.ts';

const service = 'acme/thoughts-backend';
const gitops = 'acme/gitops';

let folder: string;
let sandbox: Sandbox;
let suite: string;
let others: string[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'trunkline-act-'));
  sandbox = await startSandbox({ folder });
  suite = await copySuite(folder);
  others = await refuseOthers(folder);
}, 60_000);

afterAll(async () => {
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

/** The example caller of the README for a workflow, as somebody would copy it. */
async function exampleOf(workflow: string, edits: Readonly<Record<string, string>>): Promise<string> {
  const readme = await readFile(join(projectRoot, 'README.md'), 'utf8');
  const block =
    [...readme.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].find((match) =>
      match[1]?.includes(`/${workflow}.yml@SHA`),
    )?.[1] ?? '';
  const text = block.replace(/OWNER\/trunkline\/(.*)@SHA/, 'acme/trunkline/$1@v1');
  return Object.entries(edits).reduce((edited, [from, to]) => {
    expect(edited).toContain(from);
    return edited.replace(from, to);
  }, text);
}

async function callerOf(checkout: string, name: string, text: string): Promise<string> {
  await mkdir(join(checkout, '.github', 'workflows'), { recursive: true });
  await writeFile(join(checkout, '.github', 'workflows', name), text);
  return `.github/workflows/${name}`;
}

describe('the reusable workflows under act, called as the README says', () => {
  test('test-pull-request selects, runs the shards, and its gate is right', async () => {
    const checkout = join(folder, 'pull-request');
    const base = sandbox.github.records(service).refs.get('refs/heads/main') ?? '';
    const change = {
      branch: 'topic',
      message: 'feat: longer',
      files: {
        'src/text.js':
          "export function normalizeText(text) {\n  return String(text ?? '').replace(/\\s+/g, ' ').trim().slice(0, 300);\n}\n",
      },
    };
    const head = await sandbox.github.commit(service, change);
    await checkOut(sandbox.github, { repository: service, folder: checkout, branch: 'topic' });
    const edits = { '      node-version: 24\n': '', '      install: npm ci\n': '', 'shards: 4': 'shards: 2' };
    const workflow = await callerOf(checkout, 'test.yml', await exampleOf('test-pull-request', edits));
    const payload = {
      pull_request: { number: 1, base: { sha: base, ref: 'main' }, head: { sha: head, ref: 'topic' } },
    };
    const run = await runAct(sandbox.github, { checkout, workflow, event: 'pull_request', payload, suite, others });
    expect([run.exitCode, run.log]).toEqual([
      0,
      expect.stringContaining('subset: 2 tests of 4 affected by 1 changed file.'),
    ]);
    expect(run.log).toMatch(/gate.*Job succeeded/);

    await writeFile(join(checkout, 'src', 'text.js'), "export const normalizeText = () => 'broken';\n");
    await promisify(execFile)('git', [
      '-C',
      checkout,
      '-c',
      'user.name=a',
      '-c',
      'user.email=a@b',
      'commit',
      '--quiet',
      '--all',
      '--message',
      'fix: x',
    ]);
    const broken = await runAct(sandbox.github, {
      checkout,
      workflow,
      event: 'pull_request',
      payload: { pull_request: { number: 1, base: { sha: base, ref: 'main' } } },
      suite,
      others,
    });
    expect([broken.exitCode, broken.log]).toEqual([1, expect.stringMatching(/gate.*Job failed/)]);
  }, 120_000);

  test('release-service goes from the merge to a deploy pull request, and verify-deploy to the next environment', async () => {
    const { github, registry } = sandbox;
    const text = await readFile(join(projectRoot, 'test', 'fixtures', 'thoughts-backend', 'src', 'text.js'), 'utf8');
    const sha = await github.commit(service, {
      branch: 'main',
      message: 'feat: longer thoughts',
      files: { 'src/text.js': text.replace('280', '300') },
    });
    const released = join(folder, 'release');
    await checkOut(github, { repository: service, folder: released, branch: 'main' });
    const files = Object.fromEntries(
      await Promise.all(
        ['server', 'app', 'config', 'store', 'text', 'routes/health', 'routes/thoughts', 'routes/version'].map(
          async (name) => [`src/${name}.js`, await readFile(join(released, 'src', `${name}.js`), 'utf8')] as const,
        ),
      ),
    );
    const digest = await sandbox.publish({
      tag: 'v1.5.0',
      files: { ...files, 'package.json': '{"type":"module"}\n' },
      revision: sha,
    });
    const edits = {
      'image: ghcr.io/acme/thoughts-backend': `image: ${registry.host}/${service}\n      digest: ${digest}`,
      '      node-version: 24\n': '',
      '      install: npm ci\n': '',
      '      gitops-app-id: ${{ secrets.GITOPS_APP_ID }}\n': '      gitops-token: ${{ secrets.GITOPS_TOKEN }}\n',
      '      gitops-app-private-key: ${{ secrets.GITOPS_APP_PRIVATE_KEY }}\n': '',
    };
    const workflow = await callerOf(released, 'release.yml', await exampleOf('release-service', edits));
    const payload = {
      ref: 'refs/heads/main',
      after: sha,
      repository: { name: 'thoughts-backend', full_name: service, default_branch: 'main' },
    };
    const secrets = { GITOPS_TOKEN: github.tokens.app };
    const run = await runAct(github, { checkout: released, workflow, event: 'push', payload, suite, others, secrets });
    expect(failedSteps(run)).toEqual([]);
    expect(github.records(service).refs.get('refs/tags/v1.5.0')).toMatch(/^[0-9a-f]{40}$/);
    const [pull] = [...github.records(gitops).pulls.values()];
    expect(parseDeployMarker(pull?.body ?? '')).toMatchObject({ environment: 'staging', version: 'v1.5.0', digest });

    const merged = await merge(pull?.number ?? 0);
    const verified = join(folder, 'verify');
    await checkOut(github, { repository: gitops, folder: verified, branch: 'main' });
    const caller = await exampleOf('verify-deploy', { 'acme-deployer[bot]': 'trunkline-bot[bot]' });
    const clusterSecrets = {
      KUBERNETES_API_URL: sandbox.cluster.url,
      KUBERNETES_TOKEN: sandbox.cluster.tokens.verify,
      ...secrets,
    };
    const verification = await runAct(github, {
      ...{ checkout: verified, suite, others, secrets: clusterSecrets, event: 'push' },
      workflow: await callerOf(verified, 'verify.yml', caller),
      payload: {
        ref: 'refs/heads/main',
        after: merged,
        repository: { name: 'gitops', full_name: gitops, default_branch: 'main' },
      },
    });
    expect(failedSteps(verification)).toEqual([]);
    const next = [...github.records(gitops).pulls.values()].at(-1);
    expect(parseDeployMarker(next?.body ?? '')).toMatchObject({
      environment: 'production',
      version: 'v1.5.0',
      mode: 'promote',
    });
  }, 180_000);
});

async function merge(number: number): Promise<string> {
  const response = await fetch(`${sandbox.github.apiUrl}/repos/${gitops}/pulls/${number}/merge`, {
    method: 'PUT',
    headers: { authorization: `token ${sandbox.github.tokens.admin}`, 'content-type': 'application/json' },
    body: '{}',
  });
  return ((await response.json()) as { sha: string }).sha;
}

// What act says about failures, or [] when the run succeeded; the lines before a failure tell why.
function failedSteps({ exitCode, log }: ActRun): string[] {
  if (exitCode === 0) return [];
  const lines = log.split('\n');
  const failures = lines.flatMap((line, index) =>
    line.includes('❌') ? lines.slice(Math.max(0, index - 8), index + 1) : [],
  );
  return [`act ended with ${exitCode}`, ...(failures.length > 0 ? failures : lines.slice(-20))];
}
