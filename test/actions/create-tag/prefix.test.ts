import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readInputs } from '#shared/inputs.ts';
import { inputSpec } from '../../../actions/create-tag/src/inputs.ts';
import { type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

async function tagHead(...names: string[]): Promise<void> {
  const sha = await service.commit('chore: start');
  service.github.addRefs(service.repository, Object.fromEntries(names.map((name) => [`refs/tags/${name}`, sha])));
}

describe('tags without a prefix', () => {
  test('go on where another tool stopped', async () => {
    await tagHead('1.4.0', 'chart-2.0.0');
    await service.commit('feat: more');
    const { report } = await service.run({ with: { prefix: 'none' } });
    expect(report.outputs).toMatchObject({
      created: true,
      tag: '1.5.0',
      version: '1.5.0',
      previousTag: '1.4.0',
      imageTag: '1.5.0',
    });
    const again = await service.run({ with: { prefix: 'none' } });
    expect(again.report.outputs).toMatchObject({ reason: 'already-tagged', tag: '1.5.0' });
  });

  test('can belong to one of several services', async () => {
    await tagHead('1.4.0', 'web/v2.0.0');
    await service.commit('fix: a', { path: 'api/a' });
    const { report } = await service.run({ with: { components: 'none=api\nweb/v=web' } });
    expect(report.outputs.components).toMatchObject([
      { prefix: '', tag: '1.4.1', created: true },
      { prefix: 'web/v', reason: 'no-changes' },
    ]);
    expect(report.summary).toContain('| `none` | `1.4.1` |');
  });

  test('an empty prefix is one that was not given, and lists can be emptied by the same word', () => {
    const read = (name: string, value: string) => readInputs(inputSpec, { [`INPUT_${name}`]: value });
    expect(read('PREFIX', '').prefix).toBe('v');
    expect(read('IGNORE-BODY-AUTHORS', '').ignoreBodyAuthors).toEqual(['dependabot[bot]', 'renovate[bot]']);
    expect(read('IGNORE-BODY-AUTHORS', 'none').ignoreBodyAuthors).toEqual([]);
    expect(() => read('COMPONENTS', '=services/backend')).toThrow('or "none=..." for tags without a prefix');
  });
});

describe('a second line of versions is not begun by accident', () => {
  test.each([
    ['v', '1.4.0', ['1.4.0', '1.10.0-rc.1', 'release-1.3.0'], '1.10.0-rc.1'],
    ['none', 'v1.4.0', ['v1.4.0'], 'v1.4.0'],
    ['v', 'the only line, whatever its name', ['api-v1.3.0'], 'api-v1.3.0'],
    ['backend/v', 'another separator', ['1.0.0', 'Backend@1.3.0'], 'Backend@1.3.0'],
    ['backend', 'a name that ends where the version begins', ['backend-v1.3.0'], 'backend-v1.3.0'],
  ])('with prefix %s: %s', async (prefix, _, tags, named) => {
    await tagHead(...tags);
    await expect(service.run({ with: { prefix } })).rejects.toMatchObject({
      reasonCode: 'other-prefix',
      message: expect.stringContaining(`but ${named} exists`),
      remedy: expect.stringContaining('`none`'),
    });
    expect(service.github.requests.writes()).toEqual([]);
  });

  test.each([
    ['v', ['v1', 'v1.1', 'v1.2']],
    ['none', ['v1.2']],
  ])('nor beside versions of two numbers, which no prefix makes semantic: %s', async (prefix, tags) => {
    await tagHead(...tags);
    await expect(service.run({ with: { prefix } })).rejects.toMatchObject({
      reasonCode: 'other-prefix',
      message: expect.stringContaining('but v1.2 exists'),
      remedy: expect.stringMatching(/^Set `initial-version`/),
    });
  });

  test.each([
    ['v', 'several services', ['backend/v1.0.0', 'frontend/v1.0.0']],
    ['backend/v', 'the whole repository and another service', ['v1.0.0', '2.0.0', 'frontend/v1.0.0']],
    ['lib', 'a name that only begins alike', ['lib2-1.0.0', 'library-v1.0.0']],
    ['dev', 'a name that ends in v', ['de-1.0.0']],
    ['v', 'no versions at all', ['v1', 'nightly', 'build-20250101']],
    ['v', 'dates', ['20240105.1', '2024.01', '2024.01.05']],
  ])('but with prefix %s beside the tags of %s it is', async (prefix, _, tags) => {
    await tagHead(...tags);
    const { report, requests } = await service.run({ with: { prefix } });
    expect(report.outputs).toMatchObject({ created: true, tag: `${prefix}0.1.0` });
    expect(requests).toBe(6);
  });

  test.each([{ 'initial-version': '0.1.0' }, { version: '2.0.0' }])(
    'and so it is where %p asks for it',
    async (input) => {
      await tagHead('1.4.0');
      const { report, requests } = await service.run({ with: input });
      expect(report.outputs).toMatchObject({ created: true, tag: `v${Object.values(input)[0]}` });
      expect(requests).toBe(5);
    },
  );

  test('a line that has only prereleases of another channel is the same line', async () => {
    await tagHead('v1.0.0-beta.1', '0.9.0');
    const { report } = await service.run({ with: { prerelease: 'rc' } });
    expect(report.outputs).toMatchObject({ created: true, tag: 'v0.1.0-rc.1' });
  });
});
