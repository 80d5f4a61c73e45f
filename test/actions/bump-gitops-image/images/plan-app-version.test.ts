import { describe, expect, test } from '@jest/globals';
import { loadYaml } from '#shared/manifest/parse-manifest.ts';
import { addAppVersions } from '../../../../actions/bump-gitops-image/src/images/plan-app-version.ts';
import { planBump, scanFiles, selectTargets } from '../../../../actions/bump-gitops-image/src/plan-bump.ts';
import { anywhere } from '../../../replay/replay-bump.ts';

/** The files after `acme/api` became v2.0.0 with `app-version: true`. */
async function bump(files: Record<string, string>, digest?: string): Promise<Record<string, string>> {
  const yaml = await loadYaml();
  const sources = Object.entries(files).map(([path, text]) => ({ path, text, mode: '100644' }));
  const scanned = scanFiles(yaml, sources);
  const found = selectTargets(scanned, [{ image: 'acme/api', tag: 'v2.0.0', digest }], anywhere);
  const plan = planBump(yaml, scanned, { targets: addAppVersions(found, scanned), pinDigest: 'keep' });
  expect(plan.problems).toEqual([]);
  return Object.fromEntries(plan.files.map(({ file, after }) => [file.path, after]));
}

const chart = (appVersion: string) =>
  `apiVersion: v2\nname: api\nversion: 1.0.0 # of the chart\nappVersion: ${appVersion}\n`;
const values = (tag: string) => `image:\n  repository: acme/api\n  tag: ${tag}\n`;

describe('the version of a chart follows its image', () => {
  test.each([
    ['the same tag', 'v1.0.0', 'v2.0.0'],
    ['without v', '"1.0.0"', '"2.0.0"'],
  ])('%s', async (_, before, after) => {
    expect(await bump({ 'api/Chart.yaml': chart(before), 'api/values.yaml': values('v1.0.0') })).toEqual({
      'api/Chart.yaml': chart(after),
      'api/values.yaml': values('v2.0.0'),
    });
  });

  test('an empty tag stays empty: the chart fills it in', async () => {
    expect(await bump({ 'api/Chart.yaml': chart('1.0.0'), 'api/values.yaml': values('""') })).toEqual({
      'api/Chart.yaml': chart('2.0.0'),
    });
  });

  test('a digest goes to the values alone', async () => {
    const [old, next] = [`sha256:${'0a'.repeat(32)}`, `sha256:${'f1'.repeat(32)}`];
    expect(await bump({ 'Chart.yaml': chart('v1.0.0'), 'values.yaml': values(`v1.0.0@${old}`) }, next)).toEqual({
      'Chart.yaml': chart('v2.0.0'),
      'values.yaml': values(`v2.0.0@${next}`),
    });
  });
});

describe('and is left alone', () => {
  test.each([
    ['when it is another version', { 'Chart.yaml': chart('0.9.0'), 'values.yaml': values('v1.0.0') }],
    [
      'when the image belongs to a chart inside',
      { 'Chart.yaml': chart('v1.0.0'), 'charts/a/Chart.yaml': chart('v0'), 'charts/a/values.yaml': values('v1.0.0') },
    ],
    [
      'when the image belongs to another chart',
      { 'a/Chart.yaml': chart('v1.0.0'), 'ab/values.yaml': values('v1.0.0') },
    ],
  ])('%s', async (_, files) => {
    const after = await bump(files);
    expect(Object.keys(after)).toEqual([expect.stringContaining('values.yaml')]);
  });
});
