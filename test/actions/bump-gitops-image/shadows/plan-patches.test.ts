import { describe, expect, test } from '@jest/globals';
import { deployment, shadowed } from './shadow-fixture.ts';

const app = { 'base/app.yaml': deployment(), 'base/kustomization.yaml': 'resources: [app.yaml]\n' };
const found = (overlay: string, more: Record<string, string> = {}) =>
  shadowed({ ...app, ...more, 'live/kustomization.yaml': `resources: [../base]\n${overlay}` }, ['base/**']);
const merge = ({ kind = 'Deployment', name = 'api', container = 'app', image = 'acme/api:v0', namespace = '' } = {}) =>
  `kind: ${kind}
metadata: {name: ${name}${namespace && `, namespace: ${namespace}`}}
spec:
  template:
    spec:
      containers:
      - name: sidecar
        image: acme/sidecar:v9
      - name: ${container}
        image: ${image}
`;
const inline = (patch: string, target = '') =>
  `patches:\n- patch: |-\n${patch.replace(/^/gm, '    ').trimEnd()}\n${target && `  target: ${target}\n`}`;

describe('a strategic merge patch', () => {
  test.each<[string, string, Record<string, string>, string]>([
    ['inline', inline(merge()), {}, 'live/kustomization.yaml:13'],
    ['in a file', 'patches:\n- path: app.yaml\n', { 'live/app.yaml': merge() }, 'live/app.yaml:10'],
    [
      'in a file of the old kind',
      'patchesStrategicMerge:\n- ./app.yaml\n',
      { 'live/app.yaml': merge() },
      'live/app.yaml:10',
    ],
    [
      'inline of the old kind',
      `patchesStrategicMerge:\n- |-\n${merge().replace(/^/gm, '  ')}`,
      {},
      'live/kustomization.yaml:13',
    ],
    [
      'with a target',
      inline(merge({ name: 'any' }), '{kind: Deployment, name: a.*}'),
      {},
      'live/kustomization.yaml:13',
    ],
    ['by a label', inline(merge({ name: 'any' }), '{labelSelector: "tier=web"}'), {}, 'live/kustomization.yaml:13'],
    [
      'as a second document',
      'patches:\n- path: app.yaml\n',
      { 'live/app.yaml': `kind: Service\n---\n${merge()}` },
      'live/app.yaml:12',
    ],
  ])('%s hides the image', async (_, overlay, files, by) => {
    expect(await found(overlay, files)).toEqual([`base/app.yaml:10 by ${by} v0 (patch)`]);
  });

  test.each<[string, string, Record<string, string>]>([
    ['of another kind', inline(merge({ kind: 'StatefulSet' })), {}],
    ['of another name', inline(merge({ name: 'api2' })), {}],
    ['of another container', inline(merge({ container: 'worker' })), {}],
    ['that sets the version asked for', inline(merge({ image: 'acme/api:v2' })), {}],
    ['for another target', inline(merge(), '{kind: Deployment, name: ap}'), {}],
    ['for another target, by a pattern that cannot be read', inline(merge(), '{name: "(a+)+", kind: "["}'), {}],
    ['for a pattern that takes long', inline(merge(), `{name: "${'a?'.repeat(40)}${'a'.repeat(40)}"}`), {}],
    ['for another label', inline(merge(), '{labelSelector: "tier=db"}'), {}],
    ['for a label in a way that is not read', inline(merge(), '{labelSelector: "tier in (web)"}'), {}],
    ['without an image', inline('kind: Deployment\nmetadata: {name: api}\nspec: {replicas: 2}\n'), {}],
    ['that is broken', 'patches:\n- path: app.yaml\n', { 'live/app.yaml': ': [' }],
    ['that is missing', 'patches:\n- path: app.yaml\n', {}],
    ['that nobody lists', 'patches:\n- path: app.yaml\n', { 'live/other.yaml': merge() }],
  ])('%s hides nothing', async (_, overlay, files) => {
    expect(await found(overlay, files)).toEqual([]);
  });

  test('of another namespace hides nothing, where both say one', async () => {
    const within = (namespace: string) =>
      shadowed(
        {
          'base/app.yaml': deployment().replace('  name: api', '  namespace: live\n  name: api'),
          'base/kustomization.yaml': `resources: [app.yaml]\n${inline(merge({ namespace }))}`,
        },
        ['base/app.yaml'],
      );
    expect(await within('demo')).toEqual([]);
    expect(await within('live')).toHaveLength(1);
    expect(await within('')).toHaveLength(1);
  });

  test('is hidden itself by `images:` of its kustomization, and by an overlay', async () => {
    const images = 'images:\n- {name: acme/api, newTag: v1}\n';
    const files = {
      'app.yaml': deployment('acme/base:v1'),
      'patch.yaml': merge({ image: 'acme/api:v1' }),
      'kustomization.yaml': `resources: [app.yaml]\npatches:\n- path: patch.yaml\n${images}`,
    };
    expect(await shadowed(files, ['patch.yaml'])).toEqual([
      'patch.yaml:10 by kustomization.yaml:5 v1 (images of the overlay)',
    ]);
    const own = {
      'app.yaml': deployment('acme/base:v1'),
      'kustomization.yaml': `resources: [app.yaml]\n${inline(merge({ image: 'acme/api:v1' }))}`,
    };
    expect(await shadowed(own, ['kustomization.yaml'])).toEqual([]);
  });

  test('comes before `images:`, which know the name that it sets', async () => {
    const images = (name: string) => `images:\n- {name: ${name}, newTag: v2}\n`;
    const patch = inline(merge({ image: 'mirror/api:v0' }));
    expect(await found(patch + images('mirror/api'))).toEqual([]);
    expect(await found(patch + images('acme/api'))).toHaveLength(1);
  });
});

describe('a JSON 6902 patch', () => {
  const IMAGE = '/spec/template/spec/containers/0/image';
  const operation = (path: string, value: string, op = 'replace') =>
    `- op: ${op}\n  path: ${path}\n  value: ${value}\n`;
  const target = '{kind: Deployment, name: api}';

  test.each<[string, string, Record<string, string>, string]>([
    ['inline', inline(operation(IMAGE, 'acme/api:v0'), target), {}, 'live/kustomization.yaml:6'],
    ['by `add`', inline(operation(IMAGE, 'acme/api:v0', 'add'), target), {}, 'live/kustomization.yaml:6'],
    [
      'as JSON in one line',
      `patches:\n- target: ${target}\n  patch: '[{"op": "replace", "path": "${IMAGE}", "value": "acme/api:v0"}]'\n`,
      {},
      'live/kustomization.yaml:4',
    ],
    [
      'of the old kind',
      `patchesJson6902:\n- target: ${target}\n  path: p.yaml\n`,
      { 'live/p.yaml': operation(IMAGE, 'acme/api:v0') },
      'live/p.yaml:3',
    ],
    [
      'of the whole container',
      inline(operation('/spec/template/spec/containers/0', '{name: app, image: "acme/api:v0"}'), target),
      {},
      'live/kustomization.yaml:6',
    ],
    [
      'whose last operation counts',
      inline(operation(IMAGE, 'acme/api:v2') + operation(IMAGE, 'acme/api:v0'), target),
      {},
      'live/kustomization.yaml:9',
    ],
  ])('%s hides the image', async (_, overlay, files, by) => {
    expect(await found(overlay, files)).toEqual([`base/app.yaml:10 by ${by} v0 (patch)`]);
  });

  test.each<[string, string]>([
    ['without a target', inline(operation(IMAGE, 'acme/api:v0'))],
    ['for another name', inline(operation(IMAGE, 'acme/api:v0'), '{kind: Deployment, name: pi}')],
    ['of another container', inline(operation(IMAGE.replace('0', '1'), 'acme/api:v0'), target)],
    ['that tests', inline(operation(IMAGE, 'acme/api:v0', 'test'), target)],
    [
      'that puts a container before it',
      inline(operation('/spec/template/spec/containers/0', '{name: x, image: "acme/api:v0"}', 'add'), target),
    ],
    ['that sets the version asked for', inline(operation(IMAGE, 'acme/api:v2'), target)],
  ])('%s hides nothing', async (_, overlay) => {
    expect(await found(overlay)).toEqual([]);
  });

  test('hides a value of a HelmRelease', async () => {
    const release =
      'kind: HelmRelease\nmetadata: {name: api}\nspec:\n  values:\n    image:\n      repository: acme/api\n      tag: v1\n';
    const files = {
      'base/app.yaml': release,
      'base/kustomization.yaml': `resources: [app.yaml]\n${inline(operation('/spec/values/image/tag', 'v0'), '{kind: HelmRelease}')}images:\n- {name: acme/api, newTag: v9}\n`,
    };
    expect(await shadowed(files, ['base/app.yaml'])).toEqual([
      'base/app.yaml:7 by base/kustomization.yaml:6 v0 (patch)',
    ]);
  });
});
