import { describe, expect, test } from '@jest/globals';
import { shadowed } from './shadow-fixture.ts';

const values = (tag = 'v1') => `image:\n  repository: acme/api\n  tag: ${tag}\n`;
const chart = { 'charts/api/Chart.yaml': 'name: api\n', 'charts/api/values.yaml': values() };
const OWN = ['charts/api/values.yaml'];
const GUESS = 'Helm values, when that file is used';

describe('files beside the chart’s values', () => {
  test('hide them when nothing declares who reads them, also without the name', async () => {
    const files = {
      ...chart,
      'charts/api/values-live.yaml': 'image:\n  tag: v0\n',
      'charts/api/values-demo.yaml': 'image: {}\n',
    };
    expect(await shadowed(files, OWN)).toEqual([
      `charts/api/values.yaml:3 by charts/api/values-live.yaml:2 v0 (${GUESS})`,
    ]);
  });

  test('hide nothing when they change along, hold the version, or a release reads the chart without them', async () => {
    const live = 'charts/api/values-live.yaml';
    expect(await shadowed({ ...chart, [live]: values() }, ['charts/**'])).toEqual([]);
    expect(await shadowed({ ...chart, [live]: values('v2') }, OWN)).toEqual([]);
    expect(await shadowed({ ...chart, [live]: values('v0'), 'r.yaml': release('') }, OWN)).toEqual([]);
    expect(await shadowed({ ...chart, [live]: 'image: [' }, OWN)).toEqual([]);
  });
});

describe('a chart inside of another', () => {
  const inner = { 'c/charts/api/values.yaml': values() };
  const outer = { 'c/values.yaml': 'web:\n  image: {tag: v0}\napi:\n  image:\n    tag: v0\n' };

  test('is hidden by the values of the outer chart, below its name or alias', async () => {
    const named = { ...inner, ...outer, 'c/Chart.yaml': 'name: c\n' };
    const change = 'c/charts/api/values.yaml:3';
    expect(await shadowed(named, ['c/charts/**'])).toEqual([`${change} by c/values.yaml:5 v0 (values of the chart)`]);
    const alias = { ...named, 'c/Chart.yaml': 'dependencies:\n- name: api\n  alias: web\n' };
    expect(await shadowed(alias, ['c/charts/**'])).toEqual([`${change} by c/values.yaml:2 v0 (values of the chart)`]);
    const released = { ...named, 'r.yaml': release('  values:\n    api:\n      image:\n        tag: v2\n', './c') };
    expect(await shadowed(released, ['c/charts/**'])).toEqual([]);
  });

  test('is hidden by no values of a folder that is no chart', async () => {
    expect(await shadowed({ ...inner, ...outer }, ['c/charts/**'])).toEqual([]);
  });
});

function release(rest: string, path = './charts/api', source = 'GitRepository', files = ''): string {
  const head =
    'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: api}\nspec:\n  chart:\n    spec:\n';
  return `${head}      chart: ${path}\n      sourceRef: {kind: ${source}, name: x}\n${files}${rest}`;
}

describe('a HelmRelease', () => {
  const own = '  values:\n    image:\n      tag: v0\n';

  test('hides the values of a chart in the repository', async () => {
    expect(await shadowed({ ...chart, 'r.yaml': release(own) }, OWN)).toEqual([
      'charts/api/values.yaml:3 by r.yaml:11 v0 (values of the HelmRelease)',
    ]);
  });

  test('reads its values files in order, the later over the earlier', async () => {
    const files = { ...chart, 'a.yaml': values('v1'), 'b.yaml': 'image:\n  tag: v0\n' };
    const list = (...names: string[]) => `      valuesFiles: [${names.join(', ')}]\n`;
    const WHY = 'values file of the HelmRelease';
    const read = (names: string[], changed: string[], rest = '') =>
      shadowed({ ...files, 'r.yaml': release(rest, './charts/api', 'GitRepository', list(...names)) }, changed);
    expect(await read(['./charts/api/values.yaml', 'b.yaml'], OWN)).toEqual([
      `charts/api/values.yaml:3 by b.yaml:2 v0 (${WHY})`,
    ]);
    expect(await read(['a.yaml', 'b.yaml'], ['a.yaml'])).toEqual([`a.yaml:3 by b.yaml:2 v0 (${WHY})`]);
    expect(await read(['b.yaml', 'a.yaml'], ['a.yaml'])).toEqual([]);
    expect(await read(['b.yaml', 'a.yaml'], ['a.yaml'], own)).toEqual([
      'a.yaml:3 by r.yaml:12 v0 (values of the HelmRelease)',
    ]);
    expect(await read(['missing.yaml'], OWN)).toEqual([]);
  });

  test.each<[string, string]>([
    ['of another chart', release(own, './charts/api2')],
    ['of a chart elsewhere', release(own, 'charts/api', 'HelmRepository')],
    ['with the version', release(own.replace('v0', 'v2'))],
    ['with another key', release('  values:\n    web:\n      image:\n        tag: v0\n')],
    ['that is broken', `${release(own)} }[`],
  ])('%s hides nothing', async (_, text) => {
    expect(await shadowed({ ...chart, 'r.yaml': text }, OWN)).toEqual([]);
  });
});

describe('an Argo CD Application', () => {
  const application = (helm: string, path = 'charts/api') =>
    `apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    path: ${path}\n    helm:\n${helm}`;
  const parameters = (tag: string) => `      parameters:\n      - name: image.tag\n        value: ${tag}\n`;
  const object = (tag: string) => `      valuesObject:\n        image: {tag: ${tag}}\n`;
  const text = (tag: string) => `      values: |\n        image:\n          tag: ${tag}\n`;
  const files = (names: string) => `      valueFiles: [${names}]\n`;
  const found = (helm: string, more: Record<string, string> = {}) =>
    shadowed({ ...chart, ...more, 'app.yaml': application(helm) }, OWN);
  const shadow = (by: string) => [`charts/api/values.yaml:3 by ${by} of the Argo CD Application)`];

  test('hides by parameters, valuesObject, values and value files, in this order', async () => {
    const live = { 'charts/api/live.yaml': values('v0'), 'env/live.yaml': values('v0') };
    expect(await found(parameters('v0') + object('v2') + text('v2'))).toEqual(shadow('app.yaml:9 v0 (parameter'));
    expect(await found(parameters('v2') + object('v0') + text('v0'))).toEqual([]);
    expect(await found(object('v0') + text('v2'))).toEqual(shadow('app.yaml:8 v0 (valuesObject'));
    expect(await found(text('v0') + files('live.yaml'), live)).toEqual(shadow('app.yaml:9 v0 (values'));
    expect(await found(files('live.yaml'), live)).toEqual(shadow('charts/api/live.yaml:3 v0 (value file'));
    expect(await found(files('../../env/live.yaml'), live)).toEqual(shadow('env/live.yaml:3 v0 (value file'));
    expect(await found(files('/env/live.yaml'), live)).toEqual(shadow('env/live.yaml:3 v0 (value file'));
    expect(await found(files('live.yaml, values.yaml'), live)).toEqual([]);
  });

  test('hides nothing of another chart or by another parameter', async () => {
    expect(await found(parameters('v0').replace('image.tag', 'web.image.tag'))).toEqual([]);
    const other = { ...chart, 'app.yaml': application(parameters('v0'), 'charts/web') };
    expect(await shadowed(other, OWN)).toEqual([]);
  });

  test('hides its own value files and values', async () => {
    const several = `apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  sources:\n  - ref: here\n  - chart: web\n    helm:\n      valueFiles: [$here/env/live.yaml]\n${parameters('v0')}`;
    const env = { 'env/live.yaml': values(), 'app.yaml': several };
    expect(await shadowed(env, ['env/**'])).toEqual([
      'env/live.yaml:3 by app.yaml:11 v0 (parameter of the Argo CD Application)',
    ]);
    const own = {
      ...chart,
      'app.yaml': application(
        `      valuesObject:\n        image:\n          repository: acme/api\n          tag: v1\n${parameters('v0')}`,
      ),
    };
    expect(await shadowed(own, ['app.yaml'])).toEqual([
      'app.yaml:10 by app.yaml:13 v0 (parameter of the Argo CD Application)',
    ]);
  });
});
