import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { planBump, scanFiles, selectTargets } from '../../../actions/bump-gitops-image/src/plan-bump.ts';
import { isPlainText } from '../../../actions/bump-gitops-image/src/plan-quoting.ts';

let yaml: YamlLibrary;

beforeAll(async () => {
  yaml = await loadYaml();
});

const WANTED = 'ghcr.io/acme/api';
const NEAR = [
  'ghcr.io/acme/api-worker',
  'ghcr.io/acme/ap',
  'ghcr.io/acme/api/v2',
  'acme/api',
  'ghcr.io/other/api',
  'ghcr.io:443/acme/api',
  'xghcr.io/acme/api',
  'ghcr.io/acme/api.x',
];
const selectors = { kinds: [], namespaces: [], names: [], containers: [], keyPaths: [], policies: [], from: '' };

const tags = fc.constantFrom('v1', '1.2.3', '2024.10.06', 'sha-1a2b3c4', 'api', 'v1.0.0-rc.1', 'x_y');
const quotes = fc.constantFrom('', "'", '"');
const comments = fc.constantFrom('', ' # ghcr.io/acme/api:v1', ' # {"$imagepolicy": "a:b"}', '   ');

interface Piece {
  readonly name: string;
  readonly tag: string;
  readonly quote: string;
  readonly comment: string;
  readonly shape: (typeof shapes)[number];
}

/** A document around one image; `(reference or tag)` is where the tag goes, so the wanted text is known without any parser. */
const shapes = [
  (name: string, tag: string, q: string, c: string) =>
    `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: x\n          image: ${q}${name}:${tag}${q}${c}\n          env: []\n`,
  (name: string, tag: string, q: string, c: string) =>
    `apiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {initContainers: [{image: ${q}${name}:${tag}${q}}]}}}}}${c}\n`,
  (name: string, tag: string, q: string, c: string) =>
    `kind: Kustomization\nimages:\n- name: app\n  newName: ${name}${c}\n  newTag: ${q}${tag}${q}${c}\n`,
  (name: string, tag: string, q: string, c: string) =>
    `web:\n  image:\n    # the name\n    repository: ${q}${name}${q}${c}\n    tag: ${q}${tag}${q}${c}\n    pullPolicy: Always\n`,
  (name: string, tag: string, q: string, c: string) =>
    `kind: Application\nspec:\n  source:\n    helm:\n      values: |\n        image:\n          repository: ${name}${c}\n          tag: ${q}${tag}${q}${c}\n`,
  (name: string, tag: string, q: string, c: string) =>
    `x: &anchor\n  SIDECAR_IMAGE: ${q}${name}:${tag}${q}${c}\ny: *anchor\n`,
] as const;

const piece: fc.Arbitrary<Piece> = fc.record({
  name: fc.oneof(fc.constant(WANTED), fc.constantFrom(...NEAR)),
  tag: tags,
  quote: quotes,
  comment: comments,
  shape: fc.constantFrom(...shapes),
});

const files = fc.record({
  pieces: fc.array(piece, { minLength: 1, maxLength: 5 }),
  newline: fc.constantFrom('\n', '\r\n'),
  bom: fc.constantFrom('', '\ufeff'),
  end: fc.constantFrom('', '\n'),
  next: fc.constantFrom('v2.0.0', '1.10', '20240102', 'main', '0x1f', 'no', '1e5'),
});

function render(
  pieces: readonly Piece[],
  { newline, bom, end }: { newline: string; bom: string; end: string },
  tagOf: (piece: Piece) => { tag: string; quote: string },
): string {
  const documents = pieces.map((each) => {
    const { tag, quote } = tagOf(each);
    return each.shape(each.name, tag, quote, each.comment);
  });
  return bom + documents.join('---\n').trimEnd().replaceAll('\n', newline) + end;
}

describe('generated files', () => {
  test('hold exactly the new tag at every wanted place, and every other byte is what it was', () => {
    fc.assert(
      fc.property(files, ({ pieces, next, ...layout }) => {
        const before = render(pieces, layout, ({ tag, quote }) => ({ tag, quote }));
        const file = { path: 'a.yaml', text: before, mode: '100644' };
        const scanned = scanFiles(yaml, [file]);
        const targets = selectTargets(scanned, [{ image: WANTED, tag: next, digest: undefined }], selectors);
        const plan = planBump(yaml, scanned, { targets, pinDigest: 'keep' });
        expect(plan.problems).toEqual([]);
        expect(plan.files[0]?.after ?? before).toBe(expected(pieces, layout, next));
      }),
      { numRuns: 2_000 },
    );
  });

  test('a plain scalar is text for the parser in both versions of YAML', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w][\w.-]{0,12}$/), (value) => {
        fc.pre(isPlainText(value));
        expect(yaml.parse(value, { version: '1.1' })).toBe(value);
        expect(yaml.parse(value, { version: '1.2' })).toBe(value);
      }),
      { numRuns: 5_000 },
    );
  });
});

// A tag of its own gets quotes where it needs them; one behind a name never does.
function expected(
  pieces: readonly Piece[],
  layout: { newline: string; bom: string; end: string },
  next: string,
): string {
  return render(pieces, layout, ({ name, tag, quote, shape }) => {
    if (name !== WANTED) return { tag, quote };
    const alone = shape === shapes[2] || shape === shapes[3] || shape === shapes[4];
    // In the values of a chart the name has the same quotes, which stay.
    return alone && quote === '' && !isPlainText(next) ? { tag: `"${next}"`, quote } : { tag: next, quote };
  });
}
