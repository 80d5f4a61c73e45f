import { beforeAll, describe, expect, test } from '@jest/globals';
import { findImagesWith } from '#shared/manifest/find-images.ts';
import { findMentions } from '#shared/manifest/find-mentions.ts';
import { formatKeyPath } from '#shared/manifest/key-path.ts';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { styles } from '#shared/manifest/style-table.ts';

let yaml: YamlLibrary;

beforeAll(async () => {
  yaml = await loadYaml();
});

const DIGEST = `sha256:${'0a'.repeat(32)}`;

/** What stands in a manifest: `style name:tag@digest` with what each slot covers. */
function found(text: string, path = 'app.yaml', keyPaths: string[] = []) {
  return findImagesWith(yaml, text, path, { keyPaths }).map(({ style, image, tag, digest, slots, keys }) => ({
    style,
    image,
    ...(tag === undefined ? {} : { tag }),
    ...(digest === undefined ? {} : { digest }),
    keyPath: formatKeyPath(keys),
    slots: slots.map(({ span }) => text.slice(span.start, span.end)),
  }));
}

const workload = (kind: string, indent: string, spec: string) => `apiVersion: v1\nkind: ${kind}\n${spec}
${indent}containers:
${indent}- {name: app, image: "acme/api:v1@${DIGEST}"}
${indent}initContainers: [{name: init, image: 'localhost:5000/acme/init:2'}]
${indent}ephemeralContainers:
${indent}- image: acme/debug@${DIGEST}
`;

describe('containers', () => {
  test.each([
    ['Pod', '  ', 'spec:'],
    ['Deployment', '      ', 'spec:\n  template:\n    spec:'],
    ['StatefulSet', '      ', 'spec:\n  template:\n    spec:'],
    ['DaemonSet', '      ', 'spec:\n  template:\n    spec:'],
    ['Job', '      ', 'spec:\n  template:\n    spec:'],
    ['CronJob', '          ', 'spec:\n  jobTemplate:\n    spec:\n      template:\n        spec:'],
    ['Rollout', '      ', 'spec:\n  template:\n    spec:'],
  ])('of a %s, also init and ephemeral ones', (kind, indent, spec) => {
    const images = found(workload(kind, indent, spec));
    expect(images).toMatchObject([
      { style: 'container', image: 'acme/api', tag: 'v1', digest: DIGEST, slots: [`:v1@${DIGEST}`] },
      { style: 'container', image: 'localhost:5000/acme/init', tag: '2', slots: [':2'] },
      { style: 'container', image: 'acme/debug', digest: DIGEST, slots: [`@${DIGEST}`] },
    ]);
  });

  test('say to which object and container they belong, and where they stand', () => {
    const text =
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: p, namespace: n}\n  spec:\n    containers:\n    - name: c\n      image: a/b:1\n';
    expect(findImagesWith(yaml, text, 'a.yaml')).toMatchObject([
      {
        object: { kind: 'Pod', name: 'p', namespace: 'n' },
        container: 'c',
        line: 10,
        column: 17,
        document: 0,
        keys: ['items', 0, 'spec', 'containers', 0, 'image'],
      },
    ]);
  });

  test('keep the policy of a Flux marker', () => {
    const text = 'spec:\n  containers:\n  - image: a/b:1 # {"$imagepolicy": "flux-system:api"}\n';
    expect(findImagesWith(yaml, text, 'a.yaml')).toMatchObject([{ policy: 'flux-system:api' }]);
  });
});

describe('every other style', () => {
  test.each([
    [
      'an image volume',
      'spec:\n  volumes:\n  - name: v\n    image:\n      reference: a/b:1\n',
      [{ style: 'image-volume', image: 'a/b', tag: '1' }],
    ],
    [
      'kustomize with newName, newTag and digest',
      `kind: Kustomization\nimages:\n- name: app\n  newName: ghcr.io/acme/api\n  newTag: "v1"\n- name: b\n  digest: ${DIGEST}\n- {name: c, newTag: 1.0}\n`,
      [
        { style: 'kustomize-images', image: 'ghcr.io/acme/api', tag: 'v1', slots: ['v1'] },
        { style: 'kustomize-images', image: 'b', digest: DIGEST, slots: [DIGEST] },
        { style: 'kustomize-images', image: 'c', tag: '1.0', slots: ['1.0'] },
      ],
    ],
    [
      'a Flux Kustomization',
      'apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec:\n  images:\n  - name: a/b\n    newTag: v1\n',
      [{ style: 'kustomize-images', image: 'a/b', tag: 'v1' }],
    ],
    [
      'Helm values',
      'image:\n  repository: a/b\n  tag: v1\n',
      [{ style: 'image-map', image: 'a/b', tag: 'v1', keyPath: 'image.tag' }],
    ],
    [
      'Helm values with a registry',
      'img: {registry: ghcr.io, repository: a/b, tag: v1}\n',
      [{ style: 'image-map', image: 'ghcr.io/a/b' }],
    ],
    [
      'a version beside a registry',
      'image: {registry: ghcr.io, repository: a/b, version: "1"}\n',
      [{ image: 'ghcr.io/a/b', tag: '1' }],
    ],
    [
      'a digest key',
      `image: {repository: a/b, tag: v1, digest: "${DIGEST}"}\n`,
      [{ tag: 'v1', digest: DIGEST, slots: ['v1', DIGEST] }],
    ],
    ['a digest inside of the tag', `image: {repository: a/b, tag: 'v1@${DIGEST}'}\n`, [{ tag: 'v1', digest: DIGEST }]],
    ['imageName and imageTag', 'imageName: a/b\nimageTag: v1\n', [{ style: 'image-map', image: 'a/b', tag: 'v1' }]],
    ['image and tag side by side', 'image: a/b\ntag: v1\n', [{ style: 'image-map', image: 'a/b', tag: 'v1' }]],
    ['the name under an image key', 'image: {name: a/b, tag: v1}\n', [{ style: 'image-map', image: 'a/b' }]],
    [
      'a digest split over repository and tag',
      `repository: a/b@sha256\ntag: ${'0a'.repeat(32)}\n`,
      [{ style: 'split-digest', image: 'a/b', digest: DIGEST, slots: ['0a'.repeat(32)] }],
    ],
    ['a reference as repository', 'repository: a/b:v1\n', [{ style: 'image-field', image: 'a/b', tag: 'v1' }]],
    ['a custom resource', 'kind: Foo\nspec:\n  image: a/b:v1\n', [{ style: 'image-field' }]],
    [
      'keys that say image',
      'KUBECTL_IMAGE: a/k:v1\ninline_image: a/i:v2\nimages: [a/l:v3]\n',
      [{ image: 'a/k' }, { image: 'a/i' }, { image: 'a/l' }],
    ],
    [
      'an OCIRepository',
      'apiVersion: v1\nkind: OCIRepository\nspec:\n  url: oci://ghcr.io/a/chart\n  ref:\n    tag: 1.2.3\n',
      [{ style: 'oci-repository', image: 'ghcr.io/a/chart', tag: '1.2.3' }],
    ],
    [
      'an Argo CD Application',
      'apiVersion: v1\nkind: Application\nspec:\n  source:\n    kustomize:\n      images: ["app=ghcr.io/a/b:v1"]\n    helm:\n      parameters:\n      - {name: image.repository, value: a/c}\n      - {name: image.tag, value: v2}\n      valuesObject: {image: {repository: a/d, tag: v3}}\n      values: |\n        image:\n          repository: a/e\n          tag: v4\n',
      [
        { image: 'ghcr.io/a/b', tag: 'v1' },
        { image: 'a/c', tag: 'v2' },
        { image: 'a/d', tag: 'v3' },
        { image: 'a/e', tag: 'v4' },
      ],
    ],
    [
      'environment variables',
      'env:\n- {name: SIDECAR_IMAGE, value: "redis:7"}\n- {name: X, value: ghcr.io/a/b:v1}\n',
      [{ image: 'redis' }, { image: 'ghcr.io/a/b' }],
    ],
    [
      'a JSON 6902 patch',
      '- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: a/b:v1\n',
      [{ style: 'reference-value', image: 'a/b' }],
    ],
    [
      'JSON',
      '{"spec": {"containers": [{"image": "a/b:v1"}]}}\n',
      [{ style: 'container', image: 'a/b', slots: [':v1'] }],
    ],
    [
      'a patch inside of a kustomization',
      'kind: Kustomization\npatches:\n- patch: |-\n    kind: Deployment\n    spec:\n      containers:\n      - image: a/b:v1\n',
      [{ style: 'container', image: 'a/b', slots: [':v1'] }],
    ],
    [
      'a template, by lines',
      '{{- if .Values.on }}\nspec:\n  containers:\n  - name: x\n    image: "a/b:v1"\n    other: {{ .Values.x }}\n  - image: a/c:{{ .Values.tag }}\n{{- end }}\n',
      [{ style: 'container', image: 'a/b', slots: [':v1'] }],
    ],
  ])('%s', (_, text, expected) => {
    expect(found(text)).toMatchObject(expected);
  });

  test('declared key paths, nested or with a literal dot', () => {
    expect(
      found('image_tag: v12\nother: 1\na:\n  b: v2\n"c.d": v3\n', 'x.yaml', ['image_tag', '$.a.b', 'c.d']),
    ).toMatchObject([{ style: 'declared-key', tag: 'v12', image: '' }, { tag: 'v2', keyPath: 'a.b' }, { tag: 'v3' }]);
  });

  test('declared key paths into lists of lists, where an alias may stand for the list around it', () => {
    const text = 'a: &a\n  - [v1, v2]\n  - [v3, [v4]]\n  - *a\n';
    expect(found(text, 'x.yaml', ['a[0][1]', 'a.1.1.0', 'a[2][0][0]'])).toMatchObject([
      { tag: 'v2', keyPath: 'a[0][1]' },
      { tag: 'v4', keyPath: 'a[1][1][0]' },
    ]);
  });

  test('each has a name of its own and says what it covers', () => {
    expect(new Set(styles.map(({ name }) => name)).size).toBe(styles.length);
    expect(styles.every(({ covers }) => covers !== '')).toBe(true);
  });
});

describe('what is no image', () => {
  test.each([
    ['an address', 'env:\n- {name: CACHE, value: "redis:6379"}\n'],
    ['the image that Flux watches', 'apiVersion: v1\nkind: ImageRepository\nspec:\n  image: a/b\n'],
    [
      'a chart of a Helm repository',
      'dependencies:\n- name: redis\n  version: 1.2.3\n  repository: https://charts.example/x\n',
    ],
    ['a name and a tag of something else', 'release: {name: api, tag: v1}\n'],
    ['image settings', 'imagePullPolicy: Always\nimagePullSecrets: [{name: x}]\n'],
    ['comments', '# image: a/b:v1\n'],
    ['a key that stands twice', 'image: a/b:v1\nimage: a/b:v2\n'],
    ['a name with a template in it', 'image: a/{{ x }}:v1\n'],
    ['binary rubbish', '\u0001\u0002: [}\n'],
  ])('%s', (_, text) => {
    expect(found(text)).toEqual([]);
  });

  // Expanded, it would hold 3^30 images: the runner's time limit is the bound.
  test('an alias bomb is not expanded', () => {
    const lines = Array.from(
      { length: 30 },
      (_, index) => `l${index + 1}: &l${index + 1} [*l${index}, *l${index}, *l${index}]`,
    );
    expect(found(`l0: &l0 {image: a/b:v1}\n${lines.join('\n')}\n`)).toHaveLength(1);
  });
});

test('a hundred thousand levels are no manifest, and no crash', () => {
  expect(found(`x: ${'['.repeat(100_000)}`)).toEqual([]);
  expect(found(`${'{a: '.repeat(20_000)}1${'}'.repeat(20_000)}`)).toEqual([]);
});

describe('unusual files', () => {
  test.each([
    ['a BOM', '\ufeffimage: a/b:v1\n'],
    ['CRLF', 'x: 1\r\nimage: a/b:v1\r\n'],
    ['no newline at the end', 'image: a/b:v1'],
    ['a YAML 1.1 directive', '%YAML 1.1\n---\nimage: a/b:v1\n'],
    ['comments before the document', '# one\n\n# two\n---\nimage: a/b:v1\n'],
    ['a second document', 'x: 1\n---\nimage: a/b:v1\n...\n'],
    ['a tag', 'image: !!str a/b:v1\n'],
    ['tabs', 'x:\n\ty: 1\nimage: a/b:v1\n'],
    ['CRLF in a block scalar', 'v: |\r\n  image:\r\n    repository: a/b\r\n    tag: v1\r\n'],
  ])('%s', (_, text) => {
    const [image] = found(text);
    expect(image).toMatchObject({ image: 'a/b', tag: 'v1' });
    expect(image?.slots[0]).toMatch(/^:?v1$/);
  });
});

test('mentions are whole names outside of what is understood and of comments', () => {
  const text = '# a/b\nrun: docker pull a/b:1 && a/b-worker x/a/b a/b.c\nimage: a/b:v1\n';
  expect(findMentions(text, 'a/b', [{ start: text.indexOf('a/b:v1'), end: text.length }])).toEqual([
    { line: 2, column: 18 },
  ]);
});
