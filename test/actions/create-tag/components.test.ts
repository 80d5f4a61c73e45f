import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

let service: Service;
const components = 'backend/v=services/backend, libraries\nfrontend/v=services/frontend\n';
beforeEach(async () => {
  service = await startService();
  for (const name of ['backend', 'frontend', 'libraries'])
    await service.commit('chore: start', { path: `services/${name}/a` });
});
afterEach(() => service.close());

describe('several services in one run', () => {
  test('each get their own version, and only those that changed', async () => {
    const first = await service.run({ with: { components } });
    expect(Object.keys(service.tags())).toEqual(['backend/v0.1.0', 'frontend/v0.1.0']);
    expect(first.report.outputs).toMatchObject({ created: true, tag: undefined });
    await service.commit('feat: a', { path: 'libraries/b' });
    const { report } = await service.run({ sha: await service.commit('docs: b'), with: { components } });
    expect(report.outputs.components).toMatchObject([
      {
        prefix: 'backend/v',
        tag: 'backend/v0.2.0',
        'image-tag': 'v0.2.0',
        'previous-tag': 'backend/v0.1.0',
        reason: 'created',
      },
      { prefix: 'frontend/v', tag: '', reason: 'no-changes', created: false },
    ]);
    expect(report.outputs.matrix).toMatchObject({ include: [{ prefix: 'backend/v' }] });
    expect(report.summary).toContain('### 🏷️ 2 services');
  });

  test('read the tags once, and a run again writes nothing', async () => {
    await service.run({ with: { components } });
    service.github.requests.clear();
    const { report } = await service.run({ with: { components } });
    expect(service.github.requests.count('matching-refs')).toBe(1);
    expect(service.github.requests.writes()).toEqual([]);
    expect(report.outputs).toMatchObject({ created: false, reason: 'already-tagged' });
    expect(report.outputs.matrix).toMatchObject({ include: [{ tag: 'backend/v0.1.0' }, { tag: 'frontend/v0.1.0' }] });
  });

  test('do not keep each other when one is refused', async () => {
    service.github
      .settings(service.repository)
      .rules.push({ target: 'tag', pattern: 'backend/*', restrictCreations: true });
    const { report } = await service.run({ with: { components } });
    expect(Object.keys(service.tags())).toEqual(['frontend/v0.1.0']);
    expect(report).toMatchObject({ reasonCode: 'ruleset-violation', outputs: { created: true } });
    expect(report.failure).toMatch(/^backend\/v: .*bypass actor/s);
  });

  test('make none of their releases the latest by themselves', async () => {
    await service.run({ with: { components, release: 'publish' } });
    const { releases } = service.github.records(service.repository);
    expect(releases.map(({ makeLatest }) => makeLatest)).toEqual([false, false]);
  });
});
