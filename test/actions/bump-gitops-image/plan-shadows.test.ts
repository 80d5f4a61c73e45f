import { describe, expect, test } from '@jest/globals';
import { loadYaml } from '#shared/manifest/parse-manifest.ts';
import { planBump, scanFiles, selectTargets } from '../../../actions/bump-gitops-image/src/plan-bump.ts';
import { findShadowed } from '../../../actions/bump-gitops-image/src/plan-shadows.ts';
import { anywhere } from '../../replay/replay-bump.ts';

/** What hides the bump of `acme/api` to v2 in the files of `base/` (or all, when `everywhere`). */
async function shadowed(files: Record<string, string>, everywhere = false): Promise<string[]> {
  const yaml = await loadYaml();
  const sources = Object.entries(files).map(([path, text]) => ({ path, text, mode: '100644' }));
  const scanned = scanFiles(
    yaml,
    sources.filter(({ text }) => text.includes('api')),
  );
  const own = everywhere
    ? scanned
    : scanned.filter(({ file }) => file.path.includes('base/') || file.path.includes('values.yaml'));
  const targets = selectTargets(own, [{ image: 'acme/api', tag: 'v2', digest: undefined }], anywhere);
  const { changes } = planBump(yaml, scanned, { targets, pinDigest: 'keep' });
  const found = findShadowed(yaml, { changes, targets, scanned, all: () => sources });
  return found.map(({ file, line, by, version }) => `${file}:${line} by ${by} ${version}`);
}

const deployment = 'kind: Deployment\nspec:\n  containers:\n  - image: acme/api:v1\n';
const overlay = (resource: string, entry = 'name: acme/api\n  newTag: v1') =>
  `resources:\n- ${resource}\nimages:\n- ${entry}\n`;

describe('kustomize', () => {
  test('an overlay that sets the tag hides the base; several overlays are told one by one', async () => {
    expect(
      await shadowed({
        'base/app.yaml': deployment,
        'demo/kustomization.yaml': overlay('../base'),
        'live/kustomization.yaml': overlay('../base', 'name: acme/api\n  newName: mirror/api\n  newTag: v0'),
      }),
    ).toEqual(['base/app.yaml:4 by demo/kustomization.yaml:5 v1', 'base/app.yaml:4 by live/kustomization.yaml:6 v0']);
  });

  test('also over another overlay, a component, or by Flux', async () => {
    expect(
      await shadowed({
        'base/kustomization.yaml': overlay('app.yaml'),
        'mid/kustomization.yaml': overlay('../base', 'name: x/api\n  newTag: v1'),
        'top/kustomization.yaml': overlay('../mid'),
        'clusters/api.yaml':
          'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  path: ./base\n  images:\n  - {name: acme/api, newTag: v1}\n',
      }),
    ).toEqual([
      'base/kustomization.yaml:5 by top/kustomization.yaml:5 v1',
      'base/kustomization.yaml:5 by clusters/api.yaml:6 v1',
    ]);
  });

  test.each<[string, Record<string, string>, boolean]>([
    [
      'an overlay that changes along',
      { 'base/app.yaml': 'image: acme/api\n', 'demo/kustomization.yaml': overlay('../base') },
      true,
    ],
    [
      'an overlay of something else',
      { 'base/app.yaml': deployment, 'demo/kustomization.yaml': overlay('../base2') },
      false,
    ],
    [
      'an overlay with another image',
      { 'base/app.yaml': deployment, 'demo/kustomization.yaml': overlay('../base', 'name: acme/api2\n  newTag: v1') },
      false,
    ],
    [
      'an overlay that sets it already',
      { 'base/app.yaml': deployment, 'demo/kustomization.yaml': overlay('../base', 'name: acme/api\n  newTag: v2') },
      false,
    ],
  ])('%s hides nothing', async (_, files, everywhere) => {
    expect(await shadowed(files, everywhere)).toEqual([]);
  });
});

describe('Helm', () => {
  const values = 'image:\n  repository: acme/api\n  tag: v1\n';

  test('values of an environment hide the chart’s, also without the name', async () => {
    const files = {
      'c/values.yaml': values,
      'c/values-live.yaml': 'image:\n  tag: v0\n',
      'c/values-demo.yaml': 'image: {}\n',
    };
    expect(await shadowed(files)).toEqual(['c/values.yaml:3 by c/values-live.yaml:2 v0']);
  });

  test('an umbrella chart hides the values of a chart inside', async () => {
    const files = { 'c/charts/api/values.yaml': values, 'c/values.yaml': 'api:\n  image:\n    tag: v1\n' };
    expect(await shadowed(files)).toEqual(['c/charts/api/values.yaml:3 by c/values.yaml:3 v1']);
  });
});
