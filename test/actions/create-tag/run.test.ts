import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

describe('the main path', () => {
  test('the first version needs no commit of any type', async () => {
    const { report, requests } = await service.run();
    expect(report.outputs).toMatchObject({ created: true, tag: 'v0.1.0', version: '0.1.0', imageTag: 'v0.1.0' });
    expect(requests).toBeLessThanOrEqual(5);
    expect(Object.keys(service.tags())).toEqual(['v0.1.0']);
  });

  test('the next version follows from the commits since the highest tag', async () => {
    await service.run();
    const fix = await service.run({ sha: await service.commit('fix: a') });
    expect(fix.report.outputs).toMatchObject({
      tag: 'v0.1.1',
      previousTag: 'v0.1.0',
      bump: 'patch',
      reason: 'created',
    });
    await service.commit('docs: b');
    await service.commit('feat(api): c (#7)');
    const feat = await service.run({ sha: await service.commit('fix: d') });
    expect(feat.report.outputs).toMatchObject({ version: '0.2.0', major: 0, minor: 2, patch: 0, bump: 'minor' });
    expect(feat.report.summary).toContain('feat');
    expect(feat.report.outputs.notes).toContain('### Features\n\n- **api:** c ([&#35;7]'.replace('&#35;', '#'));
  });
});
