import { describe, expect, test } from '@jest/globals';
import { deployment, shadowed } from './shadow-fixture.ts';

const base = { 'base/app.yaml': deployment(), 'base/kustomization.yaml': 'resources: [app.yaml]\n' };
const overlay = (resource: string, entry = 'name: acme/api\n  newTag: v1') =>
  `resources:\n- ${resource}\nimages:\n- ${entry}\n`;
const flux = (spec: string) =>
  `apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  sourceRef: {kind: GitRepository, name: x}\n${spec}`;
const IMAGES = 'images of the overlay';

test('an overlay that sets the tag hides the base; several overlays are told one by one', async () => {
  const files = {
    ...base,
    'demo/kustomization.yaml': overlay('../base/'),
    'live/Kustomization': overlay('./../base', 'name: acme/api\n  newName: mirror/api\n  newTag: v0'),
  };
  expect(await shadowed(files, ['base/**'])).toEqual([
    `base/app.yaml:10 by demo/kustomization.yaml:5 v1 (${IMAGES})`,
    `base/app.yaml:10 by live/Kustomization:6 v0 (${IMAGES})`,
  ]);
});

test('an overlay reaches the base through kustomizations without images, over a file, a folder or a component', async () => {
  const files = {
    'base/app.yaml': deployment(),
    'base/kustomization.yml': 'kind: Component\nresources:\n- sub/../app.yaml # the service\n',
    'mid/kustomization.yaml': 'components:\n  - "../base"\n',
    'top/kustomization.yaml': overlay('../mid'),
    'kustomization.yaml': overlay('base/app.yaml', `name: acme/api\n  digest: sha256:${'a'.repeat(64)}`),
  };
  expect(await shadowed(files, ['base/**'])).toEqual([
    `base/app.yaml:10 by kustomization.yaml:5 @sha256:${'a'.repeat(64)} (${IMAGES})`,
    `base/app.yaml:10 by top/kustomization.yaml:5 v1 (${IMAGES})`,
  ]);
});

test('the kustomization’s own images, and those of a component that it adds, come after its manifests', async () => {
  const own = { 'app.yaml': deployment(), 'kustomization.yaml': overlay('app.yaml') };
  expect(await shadowed(own, ['app.yaml'])).toEqual([`app.yaml:10 by kustomization.yaml:5 v1 (${IMAGES})`]);
  const component = {
    'app.yaml': deployment(),
    'kustomization.yaml': 'resources: [app.yaml]\ncomponents: [pin]\n',
    'pin/kustomization.yaml': 'kind: Component\nimages:\n- {name: acme/api, newTag: v0}\n',
  };
  expect(await shadowed(component, ['app.yaml'])).toEqual([`app.yaml:10 by pin/kustomization.yaml:3 v0 (${IMAGES})`]);
});

test('the uppermost has the last word, and is right', async () => {
  const files = {
    ...base,
    'mid/kustomization.yaml': overlay('../base'),
    'top/kustomization.yaml': overlay('../mid', 'name: acme/api\n  newTag: v2'),
  };
  expect(await shadowed(files, ['base/**'])).toEqual([]);
  expect(await shadowed(files, ['mid/**'])).toEqual([]);
  const old = { ...files, 'top/kustomization.yaml': overlay('../mid', 'name: acme/api\n  newTag: v0') };
  expect(await shadowed(old, ['{base,mid}/**'])).toEqual([
    `base/app.yaml:10 by top/kustomization.yaml:5 v0 (${IMAGES})`,
    `mid/kustomization.yaml:5 by top/kustomization.yaml:5 v0 (${IMAGES})`,
  ]);
});

test('a new name is the name that kustomizations above have to know', async () => {
  const files = {
    ...base,
    'mid/kustomization.yaml': 'resources: [../base]\nimages:\n- {name: acme/api, newName: mirror/api}\n',
    'top/kustomization.yaml': overlay('../mid'),
  };
  expect(await shadowed(files, ['base/**'])).toEqual([]);
  const known = { ...files, 'top/kustomization.yaml': overlay('../mid', 'name: mirror/api\n  newTag: v1') };
  expect(await shadowed(known, ['base/**'])).toEqual([`base/app.yaml:10 by top/kustomization.yaml:5 v1 (${IMAGES})`]);
});

test.each<[string, Record<string, string>, string[]]>([
  ['an overlay that changes along', { 'demo/kustomization.yaml': overlay('../base') }, ['**']],
  ['an overlay of another folder', { 'demo/kustomization.yaml': overlay('../base2') }, ['base/**']],
  ['another image', { 'demo/kustomization.yaml': overlay('../base', 'name: acme/api2\n  newTag: v1') }, ['base/**']],
  [
    'a name that is not written so',
    { 'demo/kustomization.yaml': overlay('../base', 'name: docker.io/acme/api\n  newTag: v1') },
    ['base/**'],
  ],
  [
    'an overlay that sets it already',
    { 'demo/kustomization.yaml': overlay('../base', 'name: acme/api\n  newTag: v2') },
    ['base/**'],
  ],
  ['a remote base', { 'demo/kustomization.yaml': overlay('https://github.com/acme/x//base?ref=v1') }, ['base/**']],
  ['a remote base by its short address', { 'demo/kustomization.yaml': overlay('github.com/acme/x/base') }, ['base/**']],
  [
    'a folder without kustomization',
    { 'base/kustomization.yaml': '', 'demo/kustomization.yaml': overlay('../base') },
    ['base/**'],
  ],
  [
    'a base that does not list the file',
    { 'base/kustomization.yaml': 'resources: [other.yaml]\n', 'demo/kustomization.yaml': overlay('../base') },
    ['base/**'],
  ],
  ['a mere mention', { 'demo/kustomization.yaml': overlay('x.yaml').concat('# ../base\n') }, ['base/**']],
  ['a broken overlay', { 'demo/kustomization.yaml': overlay('../base').concat(' }broken: [') }, ['base/**']],
  ['an overlay that is a list', { 'demo/kustomization.yaml': '- ../base\n' }, ['base/**']],
])('%s hides nothing', async (_, files, changed) => {
  expect(await shadowed({ ...base, ...files }, changed)).toEqual([]);
});

test('a cycle ends', async () => {
  const files = {
    ...base,
    'base/kustomization.yaml': 'resources: [app.yaml, ../demo]\ncomponents: [../base]\n',
    'demo/kustomization.yaml': overlay('../base'),
    'top/kustomization.yaml': overlay('../base', 'name: acme/api\n  newTag: v0'),
  };
  expect(await shadowed(files, ['base/**'])).toEqual([`base/app.yaml:10 by top/kustomization.yaml:5 v0 (${IMAGES})`]);
});

test('`images:` reach containers only, not what stands elsewhere', async () => {
  const files = {
    'a/job.yaml': 'kind: Job\nmetadata: {name: api}\nspec:\n  image: acme/api:v1\n',
    'a/kustomization.yaml': overlay('job.yaml'),
  };
  expect(await shadowed(files, ['a/job.yaml'])).toEqual([]);
});

describe('Flux', () => {
  const images = '  path: ./apps\n  images:\n  - {name: acme/api, newTag: v1}\n';
  const WHY = 'images of the Flux Kustomization';

  test('reaches the kustomization of its path, else every manifest below', async () => {
    const app = { 'apps/one/app.yaml': deployment(), 'clusters/apps.yaml': flux(images) };
    const expected = [`apps/one/app.yaml:10 by clusters/apps.yaml:7 v1 (${WHY})`];
    expect(await shadowed(app, ['apps/**'])).toEqual(expected);
    const listed = { ...app, 'apps/kustomization.yaml': 'resources: [one/app.yaml]\n' };
    expect(await shadowed(listed, ['apps/**'])).toEqual(expected);
    expect(await shadowed({ ...app, 'apps/kustomization.yaml': 'resources: [two]\n' }, ['apps/**'])).toEqual([]);
    expect(await shadowed({ ...app, 'apps/one/kustomization.yaml': 'resources: [app.yaml]\n' }, ['apps/**'])).toEqual(
      expected,
    );
    expect(await shadowed({ ...app, 'apps/one/kustomization.yaml': 'resources: []\n' }, ['apps/**'])).toEqual([]);
    expect(await shadowed({ ...app, 'clusters/apps.yaml': flux(images.replace('apps', 'app')) }, ['apps/**'])).toEqual(
      [],
    );
    expect(
      await shadowed({ ...app, 'clusters/apps.yaml': flux(images).replace('GitRepository', 'Bucket') }, ['apps/**']),
    ).toEqual([]);
  });

  test('replaces the entry of the kustomization with that name, whatever its new name is', async () => {
    const files = {
      'apps/app.yaml': deployment('api:v1'),
      'apps/kustomization.yaml': overlay('app.yaml', 'name: api\n  newName: acme/api\n  newTag: v1'),
      'clusters/apps.yaml': flux(images.replace('acme/api', 'api')),
    };
    expect(await shadowed(files, ['apps/kustomization.yaml'])).toEqual([
      `apps/kustomization.yaml:6 by clusters/apps.yaml:7 v1 (${WHY})`,
    ]);
  });

  test('has patches and components of its own', async () => {
    const patch = `  path: apps\n  patches:\n  - patch: |\n      kind: Deployment\n      metadata: {name: api}\n      spec: {template: {spec: {containers: [{name: app, image: acme/api:v0}]}}}\n`;
    const app = { 'apps/app.yaml': deployment() };
    expect(await shadowed({ ...app, 'c.yaml': flux(patch) }, ['apps/**'])).toEqual([
      'apps/app.yaml:10 by c.yaml:10 v0 (patch)',
    ]);
    const component = {
      ...app,
      'pin/kustomization.yaml': 'kind: Component\nimages:\n- {name: acme/api, newTag: v0}\n',
    };
    expect(
      await shadowed({ ...component, 'c.yaml': flux('  path: apps\n  components: [../pin]\n') }, ['apps/**']),
    ).toEqual([`apps/app.yaml:10 by pin/kustomization.yaml:3 v0 (${IMAGES})`]);
  });

  test('an object’s own images are not changed by the kustomization that lists it', async () => {
    const files = { 'c/apps.yaml': flux(images), 'c/kustomization.yaml': overlay('apps.yaml') };
    expect(await shadowed(files, ['c/apps.yaml'])).toEqual([]);
  });
});

test('an Argo CD Application sets images over the kustomization of its path', async () => {
  const files = {
    ...base,
    'apps.yaml':
      'apiVersion: argoproj.io/v1alpha1\nkind: Application\nspec:\n  source:\n    path: base\n    kustomize:\n      images:\n      - acme/api=mirror/api:v0\n',
  };
  expect(await shadowed(files, ['base/**'])).toEqual([
    'base/app.yaml:10 by apps.yaml:8 v0 (images of the Argo CD Application)',
  ]);
  expect(await shadowed({ 'base/app.yaml': deployment(), 'apps.yaml': files['apps.yaml'] }, ['base/**'])).toEqual([]);
});
