import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../support/action-manifest.ts';
import { type Service, startService } from './start-service.ts';

/** A repository as another tool left it, and inputs that the README's row gives for it. */
interface Move {
  readonly from: string;
  /** The tags that the tool has made. */
  readonly tags: readonly string[];
  /** What was merged since. */
  readonly message: string;
  readonly path?: string;
  readonly branch?: string;
  readonly inputs: Readonly<Record<string, string>>;
  /** The tag that follows. */
  readonly next: string;
}

const mathieudutour = 'mathieudutour/github-tag-action';
const anothrNick = 'anothrNick/github-tag-action';
const around = 'moving tags `v1`, titles, `workflow_dispatch` inputs';

const moves: readonly Move[] = [
  {
    from: mathieudutour,
    tags: ['v1.2.3'],
    message: 'Update README',
    inputs: { 'default-bump': 'patch' },
    next: 'v1.2.4',
  },
  {
    from: mathieudutour,
    tags: ['v1.2.3'],
    message: 'feat: a',
    branch: 'develop',
    inputs: { branches: 'main\ndevelop', prerelease: 'beta' },
    next: 'v1.3.0-beta.1',
  },
  {
    from: mathieudutour,
    tags: ['api-1.2.3'],
    message: 'hotfix: a',
    inputs: { prefix: 'api-', rules: 'hotfix: patch' },
    next: 'api-1.2.4',
  },
  {
    from: anothrNick,
    tags: ['1.2.3'],
    message: 'Login works #patch',
    inputs: { prefix: 'none', 'default-bump': 'minor' },
    next: '1.3.0',
  },
  {
    from: anothrNick,
    tags: ['v1.2.3'],
    message: 'fix: login',
    inputs: { 'default-bump': 'minor' },
    next: 'v1.2.4',
  },
  {
    from: anothrNick,
    tags: [],
    message: 'Begin',
    inputs: { prefix: 'none', 'initial-version': '0.0.1' },
    next: '0.0.1',
  },
  {
    from: 'release-please',
    tags: ['api-v0.2.3'],
    message: 'feat!: a',
    inputs: { prefix: 'api-v', 'zero-major': 'major' },
    next: 'api-v1.0.0',
  },
  {
    from: 'release-please',
    tags: ['api-v0.2.3'],
    message: 'chore: a\n\nRelease-As: 0.9.0',
    inputs: { prefix: 'api-v' },
    next: 'api-v0.9.0',
  },
  {
    from: 'semantic-release',
    tags: [],
    message: 'feat: a',
    inputs: { 'zero-major': 'major', 'initial-version': '1.0.0' },
    next: 'v1.0.0',
  },
  {
    from: 'semantic-release',
    tags: ['1.2.3'],
    message: 'perf: a',
    inputs: { 'zero-major': 'major', prefix: 'none', rules: 'perf: minor' },
    next: '1.3.0',
  },
  {
    from: 'semantic-release',
    tags: ['v1.2.3'],
    message: 'fix: a',
    branch: '1.x',
    inputs: { 'branch-rules': '1.x' },
    next: 'v1.2.4',
  },
  {
    from: 'changesets',
    tags: ['@acme/ui@1.2.3', '@acme/icons@2.0.0'],
    message: 'feat: a',
    path: 'packages/ui/a.ts',
    inputs: { prefix: '@acme/ui@', paths: 'packages/ui' },
    next: '@acme/ui@1.3.0',
  },
  { from: around, tags: ['v1', 'v1.2', 'v1.2.3'], message: 'fix: a', inputs: {}, next: 'v1.2.4' },
];

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

async function arrive({ tags, message, path, branch }: Move): Promise<{ sha: string; ref: string }> {
  const before = await service.commit('chore: before');
  service.github.addRefs(service.repository, Object.fromEntries(tags.map((tag) => [`refs/tags/${tag}`, before])));
  const place = branch === undefined ? {} : { branch, parents: [before] };
  const sha = await service.commit(message, { ...place, ...(path === undefined ? {} : { path }) });
  return { sha, ref: `refs/heads/${branch ?? 'main'}` };
}

describe('a team that comes from', () => {
  test.each(moves)('$from goes on from $tags with $inputs', async (move) => {
    const { report } = await service.run({ ...(await arrive(move)), with: move.inputs });
    expect(report.outputs.tag).toBe(move.next);
    expect(Object.keys(service.tags()).sort()).toEqual([...move.tags, move.next].sort());
  });

  test('a tool with moving tags and titles of releases: tags stay where they are, a release is named like its tag', async () => {
    const { sha, ref } = await arrive({
      from: around,
      tags: ['v1', 'v1.2.3'],
      message: 'fix: a',
      inputs: {},
      next: '',
    });
    const before = service.tags()['v1'];
    const { report } = await service.run({ sha, ref, with: { release: 'publish' } });
    expect(report.outputs).toMatchObject({ tag: 'v1.2.4', major: 1 });
    expect(service.tags()['v1']).toBe(before);
    expect(service.github.records(service.repository).releases).toMatchObject([{ tag: 'v1.2.4', name: 'v1.2.4' }]);
  });

  test('any tool of the table of the README, which names every input that it needs', async () => {
    const readme = await readFile(join(projectRoot, 'actions/create-tag/README.md'), 'utf8');
    const [, table = ''] = /## Coming from\n([\s\S]*?)\n## /.exec(readme) ?? [];
    const rows = [...table.matchAll(/^\| (.+?) \| (.+) \|$/gm)].map(([, tool = '', text = '']) => ({ tool, text }));
    expect([...new Set(moves.map(({ from }) => from))]).toEqual(rows.slice(2).map(({ tool }) => tool));
    for (const { from, inputs } of moves) {
      const { text = '' } = rows.find(({ tool }) => tool === from) ?? {};
      for (const name of Object.keys(inputs))
        expect([from, text]).toEqual([from, expect.stringContaining(`\`${name}`)]);
    }
  });
});
