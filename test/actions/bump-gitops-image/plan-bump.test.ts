import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import type {
  ImageRequest,
  PinDigest,
  Selectors,
} from '../../../actions/bump-gitops-image/src/images/image-request.ts';
import { planBump, scanFiles, selectTargets } from '../../../actions/bump-gitops-image/src/plan-bump.ts';
import { anywhere } from '../../replay/replay-bump.ts';

let yaml: YamlLibrary;

beforeAll(async () => {
  yaml = await loadYaml();
});

const OLD = `sha256:${'0a'.repeat(32)}`;
const NEW = `sha256:${'f1'.repeat(32)}`;

function bump(
  text: string,
  request: Partial<ImageRequest> & { image: string },
  options: { pinDigest?: PinDigest; selectors?: Partial<Selectors>; path?: string } = {},
) {
  const selectors = { ...anywhere, ...options.selectors };
  const file = { path: options.path ?? 'app.yaml', text, mode: '100644' };
  const scanned = scanFiles(yaml, [file], selectors.keyPaths);
  const targets = selectTargets(scanned, [{ tag: undefined, digest: undefined, ...request }], selectors);
  const plan = planBump(yaml, scanned, {
    targets,
    pinDigest: options.pinDigest ?? 'keep',
    keyPaths: selectors.keyPaths,
  });
  return { after: plan.files[0]?.after ?? text, problems: plan.problems, changes: plan.changes };
}

const to = (tag: string, image = 'acme/api') => ({ image, tag });

describe('exactly the tag', () => {
  test.each([
    ['plain', 'image: acme/api:v1 # why\n', 'image: acme/api:v2 # why\n'],
    ['single quotes', "image: 'acme/api:v1'\n", "image: 'acme/api:v2'\n"],
    ['double quotes', 'image:   "acme/api:v1"   \n', 'image:   "acme/api:v2"   \n'],
    ['flow maps', '{a: {image: acme/api:v1, b: [1,2]}}', '{a: {image: acme/api:v2, b: [1,2]}}'],
    ['CRLF', 'image: acme/api:v1\r\nb: 1\r\n', 'image: acme/api:v2\r\nb: 1\r\n'],
    ['BOM', '\ufeffimage: acme/api:v1', '\ufeffimage: acme/api:v2'],
    ['many documents', 'a: 1\n---\nimage: acme/api:v1\n---\n# end\n', 'a: 1\n---\nimage: acme/api:v2\n---\n# end\n'],
    [
      'the same image twice',
      'a: {image: acme/api:v1}\nb: {image: acme/api:v0}\n',
      'a: {image: acme/api:v2}\nb: {image: acme/api:v2}\n',
    ],
    ['a tag that equals a part of the name', 'image: acme/api:api\n', 'image: acme/api:v2\n'],
    ['Docker Hub by its long name', 'image: docker.io/acme/api:v1\n', 'image: docker.io/acme/api:v2\n'],
    ['wide characters before it', 'x: "😀ü"\nimage: acme/api:v1\n', 'x: "😀ü"\nimage: acme/api:v2\n'],
    [
      'a block scalar',
      'v: |\n  image:\n    repository: acme/api\n    tag: "v1"\nw: 1\n',
      'v: |\n  image:\n    repository: acme/api\n    tag: "v2"\nw: 1\n',
    ],
    ['a template', '{{ if x }}\nimage: acme/api:v1\n{{ end }}\n', '{{ if x }}\nimage: acme/api:v2\n{{ end }}\n'],
  ])('%s', (_, before, after) => {
    expect(bump(before, to('v2'))).toMatchObject({ after, problems: [] });
  });

  test.each([
    ['a longer name', 'image: acme/api-worker:v1\n'],
    ['a shorter name', 'image: acme/ap:v1\n'],
    ['a deeper path', 'image: acme/api/worker:v1\n'],
    ['another registry', 'image: ghcr.io/acme/api:v1\n'],
    ['another port', 'image: localhost:5000/acme/api:v1\n'],
    ['a name that ends the same', 'image: other-acme/api:v1\n'],
    [
      'a name that newName replaces',
      'kind: Kustomization\nimages:\n- name: acme/api\n  newName: acme/fork\n  newTag: v1\n',
    ],
    ['the tag of a neighbour', 'a: {repository: acme/web, tag: v1}\nb: {repository: acme/api}\n'],
  ])('never %s', (_, text) => {
    expect(bump(text, to('v2'))).toEqual({ after: text, problems: [], changes: [] });
  });

  test('a name without tag gets one only where the image stands nowhere with a tag', () => {
    expect(bump('image: acme/api\n', to('v2')).after).toBe('image: acme/api:v2\n');
    const both =
      'kind: Deployment\nspec: {containers: [{image: acme/api}]}\n---\nkind: Kustomization\nimages: [{name: acme/api, newTag: v1}]\n';
    expect(bump(both, to('v2')).after).toBe(both.replace('v1', 'v2'));
  });
});

describe('quotes', () => {
  test.each([
    '1.10',
    '72225e2',
    '0362525',
    '1_000',
    '2024-01-01',
    'yes',
    'on',
    'null',
    '0x1f',
    '1e3',
    '12345678',
    'y',
    '0o17',
  ])('%s is quoted where it would not be text', (tag) => {
    expect(bump('repository: acme/api\ntag: v1\n', to(tag)).after).toBe(`repository: acme/api\ntag: "${tag}"\n`);
    expect(bump("repository: acme/api\ntag: 'v1'\n", to(tag)).after).toBe(`repository: acme/api\ntag: '${tag}'\n`);
  });

  test.each(['v1.10', '1.2.3', 'abc', '1.10-alpine', '2024.01.02', 'main-1a2b3c4-170', '_x', '1a'])(
    '%s needs none',
    (tag) => {
      expect(bump('repository: acme/api\ntag: v1\n', to(tag)).after).toBe(`repository: acme/api\ntag: ${tag}\n`);
    },
  );

  test.each([
    ['2.7', '2.8', '2.8'],
    ['2.7', '3', '3'],
    ['2.7', '2.10', '"2.10"'],
    ['2.10', '2.11', '"2.11"'],
    ['v2', '2.8', '"2.8"'],
  ])('%s becomes %s as %s', (before, tag, after) => {
    expect(bump(`repository: acme/api\ntag: ${before}\n`, to(tag)).after).toBe(`repository: acme/api\ntag: ${after}\n`);
  });

  test('a small whole number in place of another stays one', () => {
    expect(bump('repository: acme/api\ntag: 39\n', to('40')).after).toBe('repository: acme/api\ntag: 40\n');
    expect(bump('repository: acme/api\ntag: 39\n', to('040')).after).toBe('repository: acme/api\ntag: "040"\n');
  });
});

describe('digests', () => {
  const request = { image: 'acme/api', tag: 'v2', digest: NEW };

  test.each<[string, PinDigest, string, string]>([
    ['keep replaces a digest', 'keep', `image: acme/api:v1@${OLD}\n`, `image: acme/api:v2@${NEW}\n`],
    ['keep adds none', 'keep', 'image: acme/api:v1\n', 'image: acme/api:v2\n'],
    ['always adds one', 'always', 'image: acme/api:v1\n', `image: acme/api:v2@${NEW}\n`],
    ['never removes it', 'never', `image: acme/api:v1@${OLD}\n`, 'image: acme/api:v2\n'],
    [
      'a key of its own',
      'keep',
      `repository: acme/api\ntag: v1\ndigest: ${OLD}\n`,
      `repository: acme/api\ntag: v2\ndigest: ${NEW}\n`,
    ],
    [
      'an empty key is filled',
      'always',
      'repository: acme/api\ntag: v1\ndigest: ""\n',
      `repository: acme/api\ntag: v2\ndigest: "${NEW}"\n`,
    ],
    [
      'a key is emptied',
      'never',
      `repository: acme/api\ntag: v1\ndigest: ${OLD}\n`,
      'repository: acme/api\ntag: v2\ndigest: ""\n',
    ],
    ['behind the tag', 'always', 'repository: acme/api\ntag: v1\n', `repository: acme/api\ntag: v2@${NEW}\n`],
    [
      'split in two',
      'keep',
      `repository: acme/api@sha256\ntag: ${'0a'.repeat(32)}\n`,
      `repository: acme/api@sha256\ntag: ${'f1'.repeat(32)}\n`,
    ],
  ])('%s', (_, pinDigest, before, after) => {
    expect(bump(before, request, { pinDigest })).toMatchObject({ after, problems: [] });
  });

  test('a digest alone leaves the tag, and is always written', () => {
    const alone = { image: 'acme/api', digest: NEW };
    expect(bump('image: acme/api:v1\n', alone).after).toBe(`image: acme/api:v1@${NEW}\n`);
    expect(bump(`image: acme/api@${OLD}\n`, alone).after).toBe(`image: acme/api@${NEW}\n`);
  });

  test('a new tag beside an old digest is refused: the digest would win', () => {
    const before = `image: acme/api:v1@${OLD}\n`;
    expect(bump(before, to('v2'))).toMatchObject({ after: before, problems: [{ code: 'cannot-edit', line: 1 }] });
  });

  test('a kustomization needs a key for it', () => {
    const before = 'kind: Kustomization\nimages:\n- name: acme/api\n  newTag: v1\n';
    expect(bump(before, request, { pinDigest: 'always' })).toMatchObject({
      after: before,
      problems: [{ code: 'cannot-edit' }],
    });
  });
});

describe('anchors', () => {
  const shared = 'a: {repository: acme/api, tag: &v v1}\nb: {repository: acme/api, tag: *v}\n';

  test('change when every use is meant', () => {
    expect(bump(shared, to('v2'))).toMatchObject({ after: shared.replace('v1', 'v2'), problems: [] });
  });

  test.each([
    ['another image', 'a: {repository: acme/api, tag: &v v1}\nb: {repository: acme/web, tag: *v}\n'],
    [
      'a label',
      'labels: {version: *v}\na: {repository: acme/api, tag: &v v1}\nlater: *v\n'.replace(
        'labels: {version: *v}\n',
        '',
      ),
    ],
    ['a value where the anchor is defined', 'chartVersion: &v v1\na: {repository: acme/api, tag: *v}\n'],
    [
      'another image by a merge key',
      'd: &d {tag: v1}\na: {<<: *d, repository: acme/api}\nb: {<<: *d, repository: acme/web}\n',
    ],
  ])('are refused by name when %s uses them, too', (_, text) => {
    expect(bump(text, to('v2'))).toMatchObject({ after: text, problems: [{ code: 'shared-anchor' }] });
  });

  test('a whole reference behind an alias changes when every use is meant', () => {
    const text = 'a: {image: &i acme/api:v1}\nb: {image: *i}\n';
    expect(bump(text, to('v2'))).toMatchObject({ after: text.replace('v1', 'v2'), problems: [] });
  });

  test('a value that is only stored for its aliases changes', () => {
    const text = 'x-version: &v v1\na: {repository: acme/api, tag: *v}\n';
    expect(bump(text, to('v2')).after).toBe(text.replace('v1', 'v2'));
  });
});

describe('selectors', () => {
  const text = `apiVersion: v1
kind: Deployment
metadata: {name: api, namespace: demo}
spec:
  containers:
  - name: app
    image: acme/api:v1 # {"$imagepolicy": "flux-system:api"}
  - name: migrate
    image: acme/api:v0
`;
  const onlyFirst = text.replace(':v1', ':v2');

  test.each<[string, Partial<Selectors>, string]>([
    ['containers', { containers: ['app'] }, onlyFirst],
    ['policies', { policies: ['api'] }, onlyFirst],
    ['from', { from: 'v1' }, onlyFirst],
    ['key-paths', { keyPaths: ['spec.containers.0.image'] }, onlyFirst],
    ['kinds', { kinds: ['statefulset'] }, text],
    ['names', { names: ['web'] }, text],
    ['namespaces', { namespaces: ['demo'] }, onlyFirst.replace(':v0', ':v2')],
  ])('%s', (_, selectors, after) => {
    expect(bump(text, to('v2'), { selectors }).after).toBe(after);
  });

  test('a declared key holds a tag without a name', () => {
    expect(bump('image_tag: v1\nother_tag: v1\n', to('v2'), { selectors: { keyPaths: ['image_tag'] } }).after).toBe(
      'image_tag: v2\nother_tag: v1\n',
    );
  });
});

describe('key paths', () => {
  const dotted = 'a.b: v1\na:\n  b: v1\n';

  test.each([
    ['a key with a dot', '["a.b"]', dotted, dotted.replace('a.b: v1', 'a.b: v2')],
    ['an item of a list', 'tags[1]', 'tags: [v1, v1]\n', 'tags: [v1, v2]\n'],
    ['the second document', '[1].tag', 'tag: v1\n---\ntag: v1\n', 'tag: v1\n---\ntag: v2\n'],
    ['every document', 'tag', 'tag: v1\n---\ntag: v1\n', 'tag: v2\n---\ntag: v2\n'],
    [
      'a block of text',
      'data.config|app.tag',
      'data:\n  config: |\n    app:\n      tag: v1\n',
      'data:\n  config: |\n    app:\n      tag: v2\n',
    ],
  ])('%s', (_, path, before, after) => {
    expect(bump(before, to('v2'), { selectors: { keyPaths: [path] } })).toMatchObject({ after, problems: [] });
  });

  test('a path that means two places is refused', () => {
    const refused = bump(dotted, to('v2'), { selectors: { keyPaths: ['a.b'] } });
    expect(refused).toMatchObject({ after: dotted });
    expect(refused.problems[0]).toMatchObject({ code: 'cannot-edit', message: expect.stringContaining('["a.b"]') });
  });
});

test.each(['versions.env', 'main.tf', 'x.cue'])('%s keeps its quotes and gets none of YAML', (path) => {
  const quote = path === 'versions.env' ? '' : '"';
  const text = `image_tag = ${quote}v1${quote}\n`.replace(/ = /, path === 'x.cue' ? ': ' : '=');
  expect(bump(text, to('1.10'), { path, selectors: { keyPaths: ['image_tag'] } })).toMatchObject({
    after: text.replace('v1', '1.10'),
    problems: [],
  });
});

test.each([
  ['a tag without a value', 'repository: acme/api\ntag:\npull: Always\n', 'cannot-edit'],
  ['a tag over two lines', 'repository: acme/api\ntag: "v\\\n  1"\n', 'cannot-edit'],
])('%s is refused by name', (_, text, code) => {
  expect(bump(text, to('v2'))).toMatchObject({ after: text, problems: [{ code }] });
});

test('an empty digest key without quotes is left alone', () => {
  const text = 'repository: acme/api\ntag: v1\ndigest:\n';
  expect(bump(text, to('v2')).after).toBe(text.replace('v1', 'v2'));
});

test('a tag that is empty quotes is filled', () => {
  expect(bump('repository: acme/api\ntag: ""\n', to('v2')).after).toBe('repository: acme/api\ntag: "v2"\n');
});

test('two requests for one place are refused', () => {
  const text = 'kind: Kustomization\nimages: [{name: app, newName: acme/api, newTag: v1}]\n';
  const file = { path: 'kustomization.yaml', text, mode: '100644' };
  const scanned = scanFiles(yaml, [file]);
  const requests = [
    { image: 'app', tag: 'v2', digest: undefined },
    { image: 'acme/api', tag: 'v3', digest: undefined },
  ];
  const plan = planBump(yaml, scanned, { targets: selectTargets(scanned, requests, anywhere), pinDigest: 'keep' });
  expect(plan).toMatchObject({
    files: [],
    problems: [{ code: 'cannot-edit', message: expect.stringContaining('same place') }],
  });
});

test('escapes are refused, not guessed', () => {
  const text = 'repository: acme/api\ntag: "v\\x31"\n';
  expect(bump(text, to('v2'))).toMatchObject({ after: text, problems: [{ code: 'cannot-edit', line: 2 }] });
});
