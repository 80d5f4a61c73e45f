import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { styles } from '#shared/manifest/style-table.ts';
import { isPlainText, staysPlain } from '../../../actions/bump-gitops-image/src/edits/plan-quoting.ts';
import type { Selectors } from '../../../actions/bump-gitops-image/src/images/image-request.ts';
import { planBump, scanFiles, selectTargets } from '../../../actions/bump-gitops-image/src/plan-bump.ts';
import { anywhere } from '../../replay/replay-bump.ts';
import { lineShapes, nearNames, type Shape, shapes } from './style-shapes.ts';

let yaml: YamlLibrary;

beforeAll(async () => {
  yaml = await loadYaml();
});

const WANTED = 'ghcr.io/acme/api';
const [OLD_DIGEST, NEW_DIGEST] = [`sha256:${'0a'.repeat(32)}`, `sha256:${'f1'.repeat(32)}`];

const tags = fc.constantFrom('v1', '1.2.3', '2024.10.06', 'sha-1a2b3c4', 'api', 'acme', 'v1.0.0-rc.1', 'x_y', '7');
/** Tags of which most are no text in YAML 1.1 or 1.2 when they stand alone without quotes. */
const odd = [
  ...['1.10', '1.0', '0.0', '10', '007', '0362525', '0o17', '0x1f', '0b11', '1_000', '72225e2', '1e3', '1E5', '12e03'],
  ...[
    '20240102',
    '2024-01-01',
    '2024-1-1',
    '12345678',
    '99999999999999999999',
    'yes',
    'no',
    'on',
    'off',
    'y',
    'n',
    'Y',
    'N',
  ],
  ...[
    'true',
    'False',
    'NULL',
    'null',
    '1.',
    '1.e3',
    '0.1e-2',
    '1_0.5',
    '1.2.3',
    'v1',
    '_',
    '1-',
    'e1',
    'nan',
    'inf',
    'main',
  ],
];

interface Piece {
  readonly name: string;
  readonly tag: string;
  readonly hasDigest: boolean;
  readonly quote: string;
  readonly comment: string;
  readonly shape: Shape;
}

function pieceOf(all: readonly Shape[], comments: readonly string[]): fc.Arbitrary<Piece> {
  return fc.record({
    name: fc.oneof(fc.constant(WANTED), fc.constantFrom(...nearNames)),
    tag: tags,
    hasDigest: fc.boolean(),
    quote: fc.constantFrom('', "'", '"'),
    comment: fc.constantFrom(...comments),
    shape: fc.constantFrom(...all),
  });
}

const yamlPiece = pieceOf(Object.values(shapes).flat(), [
  '',
  ' # ghcr.io/acme/api:v1',
  ' # {"$imagepolicy": "a:b"}',
  '   ',
]);

const layout = fc.record({
  newline: fc.constantFrom('\n', '\r\n'),
  bom: fc.constantFrom('', '\ufeff'),
  end: fc.constantFrom('', '\n'),
  isTemplate: fc.boolean(),
  next: fc.constantFrom(...odd),
});

type Layout = typeof layout extends fc.Arbitrary<infer Value> ? Value : never;

/** One document, before (`next` undefined) or after the bump. */
function render({ name, tag, hasDigest, quote, comment, shape }: Piece, next?: string): string {
  const changes = next !== undefined && name === WANTED;
  const pins = hasDigest && shape.holds !== 'tag';
  const version = `${changes ? next : tag}${pins ? `@${changes ? NEW_DIGEST : OLD_DIGEST}` : ''}`;
  const old = `${tag}${pins ? `@${OLD_DIGEST}` : ''}`;
  // A tag of its own gets quotes where it needs them; one behind a name never does.
  const needsQuotes = changes && quote === '' && !staysPlain(old, version);
  const scalar = needsQuotes ? `"${version}"` : `${quote}${version}${quote}`;
  return shape.text({ name, version, quote, scalar, comment });
}

function join(pieces: readonly Piece[], { newline, bom, end, isTemplate }: Layout, next?: string): string {
  const documents = pieces.map((piece) => render(piece, next));
  const wrapped = isTemplate ? documents.map((text) => `{{- if .Values.x }}\n${text}{{- end }}\n`) : documents;
  return bom + wrapped.join('---\n').trimEnd().replaceAll('\n', newline) + end;
}

function bump(text: string, next: string, path = 'a.yaml', selectors: Partial<Selectors> = {}) {
  const chosen = { ...anywhere, ...selectors };
  const scanned = scanFiles(yaml, [{ path, text, mode: '100644' }], chosen.keyPaths);
  const targets = selectTargets(scanned, [{ image: WANTED, tag: next, digest: NEW_DIGEST }], chosen);
  const plan = planBump(yaml, scanned, { targets, pinDigest: 'keep', keyPaths: chosen.keyPaths });
  expect(plan.problems).toEqual([]);
  return { after: plan.files[0]?.after ?? text, styles: plan.changes.map(({ style }) => style) };
}

describe('generated files', () => {
  const seen = new Set<string>();

  test('hold exactly the new tag and digest at every wanted place, and every other byte is what it was', () => {
    fc.assert(
      fc.property(fc.array(yamlPiece, { minLength: 1, maxLength: 3 }), layout, (pieces, given) => {
        const { after, styles: changed } = bump(join(pieces, given), given.next);
        expect(after).toBe(join(pieces, given, given.next));
        for (const style of changed) seen.add(style);
      }),
      { numRuns: 10_000 },
    );
  }, 300_000);

  test('were of every style that needs no selector', () => {
    const bySelector = ['split-digest', 'image-tag-alone', 'chart-app-version'];
    seen.delete('line');
    expect([...seen].sort()).toEqual(
      styles
        .map(({ name }) => name)
        .filter((name) => !bySelector.includes(name))
        .sort(),
    );
    expect(new Set(nearNames).size).toBeGreaterThanOrEqual(31);
  });

  test.each(Object.keys(lineShapes))(
    '%s, which is no YAML',
    (path) => {
      const piece = pieceOf(lineShapes[path] ?? [], ['', ' # ghcr.io/acme/api:v1']);
      const quoted = path === 'app.env' ? piece : piece.map((each) => ({ ...each, quote: each.quote || '"' }));
      fc.assert(
        fc.property(fc.array(quoted, { minLength: 1, maxLength: 5 }), layout, (pieces, given) => {
          const text = (next?: string) =>
            pieces
              .map((each) => renderLines(each, next))
              .join('')
              .replaceAll('\n', given.newline);
          expect(bump(text(), given.next, path).after).toBe(text(given.next));
        }),
        { numRuns: 1_000 },
      );
    },
    120_000,
  );
});

// Outside of YAML a tag needs no quotes of its own.
function renderLines(piece: Piece, next?: string): string {
  const { name, tag, hasDigest, quote, comment, shape } = piece;
  const changes = next !== undefined && name === WANTED;
  const pins = hasDigest && shape.holds === 'reference';
  const version = `${changes ? next : tag}${pins ? `@${changes ? NEW_DIGEST : OLD_DIGEST}` : ''}`;
  return shape.text({ name, version, quote, scalar: `${quote}${version}${quote}`, comment });
}

describe('styles that need a selector', () => {
  test.each<[string, string, Partial<Selectors>, string]>([
    ['image-tag-alone', 'image: {tag: <tag>}\nweb: {image: {tag: v1}}\n', { keyPaths: ['image.tag'] }, 'a.yaml'],
    ['flux-marker', 'image:\n  tag: <tag> # {"$imagepolicy": "n:p:tag"}\n', { policies: ['n:p'] }, 'a.yaml'],
    [
      'chart-app-version',
      'apiVersion: v2\nversion: 1.0.0\nappVersion: <tag>\n',
      { keyPaths: ['appVersion'] },
      'a/Chart.yaml',
    ],
    ['declared-key', 'image_tag: <tag>\nother_tag: v1\n', { keyPaths: ['image_tag'] }, 'a.yaml'],
  ])('%s', (style, text, selectors, path) => {
    for (const next of odd) {
      const [before, after] = ['v1', isPlainText(next) ? next : `"${next}"`].map((tag) => text.replace('<tag>', tag));
      expect(bump(before ?? '', next, path, selectors).after).toBe(next === 'v1' ? before : after);
    }
    expect(bump(text.replace('<tag>', 'v0'), 'v2', path, selectors).styles).toEqual([style]);
  });
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
