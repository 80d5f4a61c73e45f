import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { encodeTag } from '../../sandbox/github/git-objects.ts';
import { readCommit } from '../../sandbox/github/git-store.ts';
import { type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

function tagObject(object: string, type: 'commit' | 'tree' | 'tag'): string {
  const { git } = service.github.records(service.repository);
  const tagger = { name: 'Mona', email: 'mona@example.com', date: '2025-01-01T00:00:00Z' };
  return git.write('tag', encodeTag({ object, type, tag: 'odd', tagger, message: 'odd\n' }));
}

async function treeOf(sha: string): Promise<string> {
  return (await readCommit(service.github.records(service.repository).git, sha))?.tree ?? '';
}

describe('a version tag', () => {
  test('that is on no commit has no say, with an object of its own or without', async () => {
    const { sha } = (await service.run()).report.outputs;
    const tree = await treeOf(String(sha));
    const refs = { 'refs/tags/v9.0.0': tree, 'refs/tags/v8.0.0': tagObject(tree, 'tree') };
    service.github.addRefs(service.repository, refs);
    await service.commit('fix: a');
    expect((await service.run()).report.outputs).toMatchObject({ tag: 'v0.1.1', created: true });
  });

  test('that was deleted after it was read is not taken for a missing commit', async () => {
    await service.run();
    await service.commit('fix: a');
    const body = { message: 'Not Found' };
    service.github.faults.add({ kind: 'status', status: 404, body, match: { path: '/compare/v0.1.0' } });
    expect((await service.run()).report.outputs).toMatchObject({ tag: 'v0.1.1', created: true });
  });

  test('that names a tag object which names another is on the commit of the last one', async () => {
    await service.run();
    const sha = await service.commit('fix: a');
    const nested = tagObject(tagObject(sha, 'commit'), 'tag');
    service.github.addRefs(service.repository, { 'refs/tags/v0.2.0': nested });
    for (const inputs of [{}, { version: '0.2.0' }]) {
      const { report } = await service.run({ with: inputs });
      expect(report.outputs).toMatchObject({ tag: 'v0.2.0', reason: 'already-tagged' });
    }
  });
});
