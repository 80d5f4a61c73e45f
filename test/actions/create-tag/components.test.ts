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

  test('with nothing to build say so, because an empty matrix fails its job', async () => {
    await service.run({ with: { components } });
    const { report } = await service.run({ sha: await service.commit('docs: b'), with: { components } });
    expect(report.outputs).toMatchObject({ build: false, matrix: { include: [] }, reason: 'no-changes' });
    expect((await service.run()).report.outputs.build).toBe(true);
  });
});

describe('what is told of several services', () => {
  test('has all that a deploy pull request of one needs', async () => {
    await service.run({ with: { components } });
    const sha = await service.commit('feat: a', { path: 'libraries/b' });
    const { report } = await service.run({ sha, with: { components, release: 'publish' } });
    const notes = expect.stringContaining('### Features\n\n- a');
    const entry = { tag: 'backend/v0.2.0', sha, bump: 'minor', error: '', 'superseding-tag': '', notes };
    expect(report.outputs).toMatchObject({
      build: true,
      components: [
        { ...entry, 'release-url': expect.stringContaining('/releases/') },
        { bump: 'none', notes: '' },
      ],
      matrix: { include: [entry] },
      notes: expect.stringMatching(/^## `backend\/v0\.2\.0`\n\n### Features\n\n- a[^\n]+$/),
      decision: {
        sha,
        components: [{ prefix: 'backend/v', version: '0.2.0', commitCount: 1 }, { outcome: 'no-changes' }],
      },
    });
  });

  test('is why each was refused', async () => {
    const { report } = await service.run({ with: { components }, token: service.github.tokens.readOnly });
    const refused = { reason: 'missing-permission', error: expect.stringContaining('contents=write'), created: false };
    expect(report).toMatchObject({
      reasonCode: 'missing-permission',
      outputs: { reason: 'missing-permission', build: false, components: [refused, refused] },
    });
  });

  test('is that a release failed, while the others can be built', async () => {
    service.github.faults.add({
      kind: 'status',
      status: 422,
      body: { message: 'Validation Failed' },
      match: { method: 'POST', path: '/releases' },
      times: 1,
    });
    const { report } = await service.run({ with: { components, release: 'publish' } });
    const rows = report.outputs.components as Record<string, unknown>[];
    const failed = rows.find(({ reason }) => reason === 'release-failed');
    expect(failed).toMatchObject({ created: true, error: expect.stringContaining('Validation Failed') });
    expect(report).toMatchObject({ reasonCode: 'release-failed', outputs: { created: true, build: true } });
    expect(report.outputs.matrix).toMatchObject({ include: [{ reason: 'created' }] });
    expect(report.summary).toMatch(/\| release-failed \|[^|]+Validation Failed/);
  });

  test('is told once, where it is of all', async () => {
    const token = service.github.tokens.workflow;
    const { report } = await service.run({ with: { components, token, 'workflow-token': token } });
    expect(report.annotations).toMatchObject([{ title: 'No workflow starts on the tag' }]);
  });

  test('fits into an environment variable and into the job summary, whatever was merged', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `service-${index}`);
    const title = '_[*]_ '.repeat(40);
    for (let round = 0; round < 60; round++) {
      const files = Object.fromEntries(names.map((name) => [`${name}/a`, `${round}\n`]));
      await service.github.commit(service.repository, { message: `feat(${round}): ${title}"é" ${round}`, files });
    }
    const sha = service.github.records(service.repository).refs.get('refs/heads/main') ?? '';
    const lines = names.map((name) => `${name}/v=${name}`).join('\n');
    const { report } = await service.run({ sha, with: { components: lines, 'dry-run': 'true' } });
    const { outputs, summary } = report;
    for (const name of ['components', 'matrix', 'decision', 'notes'] as const)
      expect(Buffer.byteLength(JSON.stringify(outputs[name]))).toBeLessThan(128_000);
    expect(Buffer.byteLength(summary)).toBeLessThan(1_024_000);
    for (const name of names) expect(summary).toContain(`| \`${name}/v\` | \`${name}/v0.1.0\` | dry-run |`);
    expect(summary.split('<details>')).toHaveLength(summary.split('</details>').length);
    for (const entry of outputs.components as { notes: string }[]) expect(entry.notes).toContain('… shortened');
  });
});
