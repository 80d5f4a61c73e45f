import { beforeAll, describe, expect, test } from '@jest/globals';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { isPlainText } from '../../../actions/bump-gitops-image/src/edits/plan-quoting.ts';
import type { ImageRequest } from '../../../actions/bump-gitops-image/src/images/image-request.ts';
import { planBump, scanFiles, selectTargets } from '../../../actions/bump-gitops-image/src/plan-bump.ts';
import { anywhere } from '../../replay/replay-bump.ts';

let yaml: YamlLibrary;

beforeAll(async () => {
  yaml = await loadYaml();
});

const OLD = `sha256:${'0a'.repeat(32)}`;
const NEW = `sha256:${'f1'.repeat(32)}`;
const HEX = 'ab'.repeat(32);
const LONGEST = `${'a/'.repeat(127)}a`;

function bump(text: string, request: Partial<ImageRequest> = {}, path = 'app.yaml') {
  const scanned = scanFiles(yaml, [{ path, text, mode: '100644' }]);
  const wanted = { image: 'acme/api', tag: 'v2', digest: undefined, ...request };
  const plan = planBump(yaml, scanned, { targets: selectTargets(scanned, [wanted], anywhere), pinDigest: 'keep' });
  return { after: plan.files[0]?.after ?? text, codes: plan.problems.map(({ code }) => code) };
}

/** `<tag>` is where `v1` stands, which becomes `v2`. */
function expectBump(manifest: string, image?: string): void {
  const [before, after] = ['v1', 'v2'].map((tag) => manifest.replaceAll('<tag>', tag));
  expect(bump(before ?? '', image === undefined ? {} : { image })).toEqual({ after, codes: [] });
}

describe('aliases and merge keys, every use of which is meant', () => {
  test.each([
    ['a tag by a merge key', 'd: &d {tag: <tag>}\na: {<<: *d, repository: acme/api}\n'],
    [
      'a tag by a list of merge keys',
      'd: &d {tag: <tag>}\ne: &e {pull: Always}\na: {<<: [*d, *e], repository: acme/api}\nb: {<<: [*e, *d], repository: acme/api}\n',
    ],
    [
      'a merged tag beside ones that are overridden',
      'd: &d {tag: <tag>}\na: {<<: *d, repository: acme/api}\nb: {<<: *d, name: worker, tag: v1}\n',
    ],
    [
      'a merged image of the stored kind',
      '.image: &i {tag: <tag>}\na: {image: {<<: *i, repository: acme/api}}\nb: {image: {<<: *i, repository: docker.io/acme/api}}\n',
    ],
    [
      'a merged pair that others take whole',
      'd: &d {repository: acme/api, tag: <tag>}\na: {<<: *d, name: x}\nb: {<<: *d, name: y}\n',
    ],
    [
      'a merged tag that is overridden',
      'd: &d {repository: acme/api, tag: <tag>}\na: {<<: *d, tag: <tag>}\nb: {<<: *d, repository: acme/web, tag: v1}\n',
    ],
    ['a whole map', 'd: &d\n  image: {repository: acme/api, tag: <tag>}\na: *d\nb: *d\n'],
    [
      'a whole service',
      'x-app: &app {image: "acme/api:<tag>", restart: always}\nservices:\n  a: {<<: *app}\n  b: {<<: *app, command: b}\n',
    ],
    ['the name', 'a: {repository: &r acme/api, tag: <tag>}\nb: {repository: *r, tag: <tag>}\n'],
    ['a reference that is only stored', 'x-api: &i acme/api:<tag>\na: {image: *i}\nb: {image: *i}\n'],
    [
      'an anchor that is defined twice',
      'a: {repository: acme/api, tag: &t <tag>}\nb: {repository: acme/web, tag: &t v1}\nc: {repository: acme/web, tag: *t}\n',
    ],
  ])('%s', (_, manifest) => expectBump(manifest));
});

describe('aliases and merge keys that others use, too', () => {
  test.each([
    ['a merged map with another name', 'd: &d {repository: acme/api, tag: v1}\nb: {<<: *d, repository: acme/web}\n'],
    ['an environment variable', 'spec:\n  containers:\n  - image: &i acme/api:v1\n    env: [{name: X, value: *i}]\n'],
    ['a map that names no image', 'd: &d {tag: v1}\na: {<<: *d, repository: acme/api}\nb: {<<: *d, name: worker}\n'],
    ['the same through another map', 'd: &d {tag: v1}\ne: &e {<<: *d, x: 1}\na: {<<: *d, repository: acme/api}\n'],
    ['an image of the chart', 'web:\n  image: &i {tag: v1}\napi:\n  image: {<<: *i, repository: acme/api}\n'],
    ['a note', 'a: {image: &i acme/api:v1}\nnote: *i\n'],
    [
      'the value at the anchor',
      'version: &v v1\nspec:\n  containers: [{image: acme/api}]\na: {repository: acme/api, tag: *v}\n',
    ],
  ])('%s: refused by name', (_, text) => {
    const { after, codes } = bump(text);
    expect(after).toBe(text);
    expect(new Set(codes)).toEqual(new Set(['shared-anchor']));
  });
});

describe('names', () => {
  test.each([
    ['an address of IPv6', 'image: "[2001:db8::1]:5000/acme/api:<tag>"\n', '[2001:db8::1]:5000/acme/api'],
    ['one in capitals', 'image: "[2001:DB8::1]/acme/api:<tag>"\n', '[2001:db8::1]/acme/api'],
    ['one in a kustomization', 'images: [{name: "[::1]:5000/api", newTag: <tag>}]\n', '[::1]:5000/api'],
    ['one in a broken file', 'a: }{\nimage: "[::1]:5000/acme/api:<tag>"\n', '[::1]:5000/acme/api'],
    ['a host in capitals', 'image: GHCR.IO/acme/api:<tag>\n', 'ghcr.io/acme/api'],
    ['a host asked for in capitals', 'repository: ghcr.io/acme/api\ntag: <tag>\n', 'GHCR.io/acme/api'],
    ['a host of one word, by its capitals', 'image: MYREG/api:<tag>\nother: {image: myreg/api:v1}\n', 'MYREG/api'],
    [
      'a port that looks like a tag',
      'image: localhost:5000/api:<tag>\nb: {image: "localhost:5001/api:v1"}\n',
      'localhost:5000/api',
    ],
    ['64 hexadecimal digits', `image: ${HEX}:<tag>\nb: {repository: ${HEX}, tag: <tag>}\n`, HEX],
    ['64 hexadecimal digits below a host', `image: ghcr.io/${HEX}:<tag>\n`, `ghcr.io/${HEX}`],
    ['255 characters', `image: ${LONGEST}:<tag>\n`, LONGEST],
    ['255 characters below a host', `image: ghcr.io/${LONGEST}:<tag>\n`, `ghcr.io/${LONGEST}`],
  ])('%s', (_, manifest, image) => expectBump(manifest, image));

  test.each([
    ['an image id', `image: ${HEX}\n`, HEX],
    ['more than 255 characters', `image: ghcr.io/${LONGEST}b/c:v1\n`, `ghcr.io/${LONGEST}b/c`],
    ['a tag of more than 128 characters', `image: acme/api:${'x'.repeat(129)}\n`, 'acme/api'],
  ])('never %s', (_, text, image) => {
    expect(bump(text, { image })).toEqual({ after: text, codes: [] });
  });
});

test.each([
  ['the last part', 'image: acme/api:api\nargs: [--api=acme/api:api, --image=acme/api:api]\n', 'api'],
  ['the first part', 'image: acme/api:acme\n', 'acme'],
  ['the port', 'image: acme/api:5000\nb: {image: "localhost:5000/acme/api:5000"}\n', '5000'],
  ['the alias', 'kind: Application\nspec: {source: {kustomize: {images: ["api=acme/api:api"]}}}\n', 'api'],
  ['name and newName', 'images: [{name: api, newName: acme/api, newTag: api}]\n', 'api'],
])('a tag that equals %s of the name', (_, before, tag) => {
  const after = before
    .replaceAll(`image: acme/api:${tag}`, 'image: acme/api:v2')
    .replace(`--image=acme/api:${tag}`, '--image=acme/api:v2')
    .replace(`api=acme/api:${tag}"`, 'api=acme/api:v2"')
    .replace(`newTag: ${tag}`, 'newTag: v2');
  expect(bump(before)).toEqual({ after, codes: [] });
  expect(after).not.toBe(before);
});

describe('kinds of places', () => {
  test.each([
    ['an image volume', 'kind: Pod\nspec:\n  volumes:\n  - name: m\n    image: {reference: "acme/api:<tag>"}\n'],
    [
      'an image volume that is never pulled',
      'spec: {volumes: [{image: {reference: "acme/api:<tag>", pullPolicy: Never}}]}\n',
    ],
    ['scalar keys', 'inline_image: acme/api:<tag>\ninline-image: "acme/api:<tag>"\ninlineImage: acme/api:<tag>\n'],
    ['a tag beside a version', 'registry: docker.io\nrepository: acme/api\nversion: v1\ntag: <tag>\n'],
    ['a kustomization without kind', 'resources: [x.yaml]\nimages:\n- name: acme/api\n  newTag: <tag>\n'],
    [
      'comments, blank lines and directives before the document',
      '# a\n\n%YAML 1.1\n# acme/api:v1\n---\n# b\nimage: acme/api:<tag>\n...\n# c\n---\n---\nimage: acme/api:<tag>\n',
    ],
    ['a directive and a tag of its own', '%TAG ! tag:x,2000:\n---\nimage: !a acme/api:<tag>\n'],
    ['a document that begins on its line', '--- {image: "acme/api:<tag>"}\n--- # x\nimage: acme/api:<tag>\n'],
  ])('%s', (_, manifest) => expectBump(manifest));
});

describe('digests', () => {
  const oci = (ref: string) => `kind: OCIRepository\nspec:\n  url: oci://ghcr.io/acme/api\n  ref:\n${ref}`;

  test.each([
    ['behind a tag', 'image: acme/api:v1\n', `image: acme/api:v1@${NEW}\n`],
    ['behind a tag of its own', 'repository: acme/api\ntag: v1\n', `repository: acme/api\ntag: v1@${NEW}\n`],
    [
      'in a kustomization without kind',
      `images: [{name: acme/api, digest: ${OLD}}]\n`,
      `images: [{name: acme/api, digest: ${NEW}}]\n`,
    ],
  ])('alone, %s', (_, before, after) => {
    expect(bump(before, { tag: undefined, digest: NEW })).toEqual({ after, codes: [] });
  });

  test.each([
    ['inside of the tag', `    tag: v1@${OLD}\n`, `    tag: v2@${NEW}\n`],
    ['inside of a quoted tag', `    tag: "v1@${OLD}" # x\n`, `    tag: "v2@${NEW}" # x\n`],
    ['beside the tag', `    digest: ${OLD}\n    tag: v1\n`, `    digest: ${NEW}\n    tag: v2\n`],
    ['alone', `    digest: ${OLD}\n`, `    digest: ${NEW}\n`],
  ])('of an OCIRepository %s', (_, before, after) => {
    expect(bump(oci(before), { image: 'ghcr.io/acme/api', digest: NEW })).toEqual({ after: oci(after), codes: [] });
  });

  test.each([
    ['a new tag beside the digest inside of an old one', oci(`    tag: v1@${OLD}\n`), { image: 'ghcr.io/acme/api' }],
    [
      'a digest alone where a kustomization has no key for it',
      'images: [{name: acme/api, newTag: v1}]\n',
      { tag: undefined, digest: NEW },
    ],
  ])('%s is refused', (_, text, request) => {
    expect(bump(text, request)).toEqual({ after: text, codes: ['cannot-edit'] });
  });
});

/** Spellings that some reader of YAML 1.1 or 1.2 takes for something else than text. */
const ODD = [
  ...['1.10', '1.0', '1.', '.5', '5', '007', '0362525', '0o17', '0x1f', '0X1F', '0b11', '1_000', '1__0', '-1', '+1'],
  ...[
    '72225e2',
    '1e5',
    '1E5',
    '1e-3',
    '12e03',
    '.5e3',
    '1.e3',
    '.inf',
    '.NaN',
    '-.INF',
    '190:20:30',
    '12:30:45',
    '1:20.5',
  ],
  ...['2024-01-01', '2024-1-1', '2001-12-14t21:59:43.10-05:00', 'yes', 'No', 'on', 'off', 'y', 'N', 'true', 'FALSE'],
  ...['~', 'null', 'Null', '', '=', '<<'],
];
const TEXT = [
  ...[
    'v1.10',
    '1.2.3',
    '1.10-alpine',
    '2024.01.02',
    '2024-01-01-a1b2c3',
    'sha-0362525',
    '0362525f',
    '08a',
    'e1a',
    '_x',
  ],
  ...['yes1', 'nullish', 'truE-1', '0x1g', '0b12x', '1_000a', '72225e2-1', '1e5e', 'x=y', 'infinity', 'nan'],
];

test('quoting: odd spellings are no plain text, and ordinary tags are', () => {
  expect(ODD.filter(isPlainText)).toEqual([]);
  expect(TEXT.filter((text) => !isPlainText(text))).toEqual([]);
  for (const version of ['1.1', '1.2'] as const) {
    expect(TEXT.map((text) => yaml.parse(text, { version }))).toEqual(TEXT);
  }
});

test.each(ODD.filter((tag) => /^\w/.test(tag) && !tag.includes(':')))(
  'the tag %s is quoted alone, and never behind a name',
  (tag) => {
    const before = 'a: {repository: acme/api, tag: v1}\nb: {image: "acme/api:v1"}\nc: {image: acme/api:v1}\n';
    const after = before.replace('tag: v1', `tag: "${tag}"`).replaceAll('api:v1', `api:${tag}`);
    expect(bump(before, { tag })).toEqual({ after, codes: [] });
  },
);
