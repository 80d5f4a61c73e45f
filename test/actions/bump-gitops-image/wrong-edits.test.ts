import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { loadYaml, type YamlLibrary } from '#shared/manifest/parse-manifest.ts';
import { styles } from '#shared/manifest/style-table.ts';
import { planBump, scanFiles, selectTargets } from '../../../actions/bump-gitops-image/src/plan-bump.ts';
import { isPlainText } from '../../../actions/bump-gitops-image/src/plan-quoting.ts';

let yaml: YamlLibrary;

beforeAll(async () => {
  yaml = await loadYaml();
});

const WANTED = 'ghcr.io/acme/api';
/** Names that begin, end or look like the wanted one and are others. */
const NEAR = [
  ...['ghcr.io/acme/api-worker', 'ghcr.io/acme/ap', 'ghcr.io/acme/api/v2', 'acme/api', 'ghcr.io/other/api'],
  ...['ghcr.io:443/acme/api', 'xghcr.io/acme/api', 'ghcr.io/acme/api.x', 'ghcr.io/acme/api2', 'ghcr.io/acme/api_v2'],
  ...['ghcr.io/acme/my-api', 'ghcr.io/acme/apis', 'ghcr.io/acme/api/api', 'ghcr.io/acme-api/api', 'quay.io/acme/api'],
  ...['ghcr.io/acmee/api', 'docker.io/acme/api', 'localhost/acme/api', 'localhost:5000/acme/api', 'gcr.io/acme/api'],
  ...['ghcr.io.example/acme/api', 'ghcr.io/acme/sub/api', 'ghcr.io/acme/api__x', 'ghcr.io/acme/ap-i'],
  ...['ghcr.io/acm/eapi', 'ghcr.io/acme/apiv1', 'ghcr.io/acme/api-canary', 'ghcr.io/acme/api-migrations'],
  ...['ghcr.io/ghcr.io/acme/api', 'ghcr.io/acme/api-v1', 'ghcr.io/api/acme'],
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
  readonly shape: Shape;
}

/** How an image is written, with the quotes and the comment behind the tag; the wanted text is known without any parser. */
interface Shape {
  readonly style: string;
  /** The tag is a scalar of its own, which is quoted where it would be no text. */
  readonly alone?: true;
  readonly write: (name: string, tag: string, q: string, c: string) => string;
}

const application = 'apiVersion: argoproj.io/v1alpha1\nkind: Application\n';
const updater = 'argocd-image-updater.argoproj.io';

const shapes: readonly Shape[] = [
  {
    style: 'container',
    write: (name, tag, q, c) =>
      `apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: x\n          image: ${q}${name}:${tag}${q}${c}\n          env: []\n`,
  },
  {
    style: 'container',
    write: (name, tag, q, c) =>
      `kind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {initContainers: [{image: ${q}${name}:${tag}${q}}]}}}}}${c}\n`,
  },
  {
    style: 'image-volume',
    write: (name, tag, q, c) =>
      `kind: Pod\nspec:\n  volumes:\n    - name: x\n      image:\n        reference: ${q}${name}:${tag}${q}${c}\n`,
  },
  {
    style: 'kustomize-images',
    alone: true,
    write: (name, tag, q, c) =>
      `kind: Kustomization\nimages:\n- name: app\n  newName: ${name}${c}\n  newTag: ${q}${tag}${q}${c}\n`,
  },
  {
    style: 'argo-application',
    write: (name, tag, q, c) =>
      `${application}spec:\n  source:\n    kustomize:\n      images:\n        - ${q}app=${name}:${tag}${q}${c}\n`,
  },
  {
    style: 'argo-image-updater',
    alone: true,
    write: (name, tag, q, c) =>
      `${application}metadata:\n  annotations:\n    ${updater}/image-list: app=${name}\n    ${updater}/app.helm.image-tag: web.release\nspec:\n  source:\n    helm:\n      parameters:\n        - name: web.release\n          value: ${q}${tag}${q}${c}\n`,
  },
  {
    style: 'named-parameters',
    alone: true,
    write: (name, tag, q, c) =>
      `${application}spec:\n  source:\n    helm:\n      parameters:\n        - {name: image.repository, value: ${q}${name}${q}}\n        - name: image.tag\n          value: ${q}${tag}${q}${c}\n`,
  },
  {
    style: 'oci-repository',
    alone: true,
    write: (name, tag, q, c) =>
      `kind: OCIRepository\nspec:\n  url: oci://${name}${c}\n  ref:\n    tag: ${q}${tag}${q}${c}\n`,
  },
  {
    style: 'image-map',
    alone: true,
    write: (name, tag, q, c) =>
      `web:\n  image:\n    # the name\n    repository: ${q}${name}${q}${c}\n    tag: ${q}${tag}${q}${c}\n    pullPolicy: Always\n`,
  },
  {
    style: 'image-map',
    alone: true,
    write: (name, tag, q, c) =>
      `${application}spec:\n  source:\n    helm:\n      values: |\n        image:\n          repository: ${name}${c}\n          tag: ${q}${tag}${q}${c}\n`,
  },
  {
    style: 'prefixed-keys',
    alone: true,
    write: (name, tag, q, c) => `web:\n  sidecarImage: ${q}${name}${q}${c}\n  sidecarImageTag: ${q}${tag}${q}${c}\n`,
  },
  {
    style: 'image-field',
    write: (name, tag, q, c) => `x: &anchor\n  SIDECAR_IMAGE: ${q}${name}:${tag}${q}${c}\ny: *anchor\n`,
  },
  {
    style: 'name-as-key',
    alone: true,
    write: (name, tag, q, c) => `images:\n  ${name}: ${q}${tag}${q}${c}\n`,
  },
  {
    style: 'renovate-comment',
    alone: true,
    write: (name, tag, q, c) =>
      `tools:\n  # renovate: datasource=docker depName=${name}\n  release: ${q}${tag}${q}${c}\n`,
  },
  {
    style: 'flux-marker',
    write: (name, tag, q) =>
      `cache:\n  address: ${q}${name}:${tag}${q} # {"$imagepolicy": "flux-system:api"}\n  size: 3\n`,
  },
  {
    style: 'reference-value',
    write: (name, tag, q, c) => `args:\n  - ${q}--sidecar=${name}:${tag}${q}${c}\n  - --verbose\n`,
  },
  {
    style: 'reference-value',
    write: (name, tag, q, c) =>
      `- op: replace\n  path: /spec/template/spec/containers/0/image\n  value: ${q}${name}:${tag}${q}${c}\n`,
  },
];

const lines: Shape = {
  style: 'line',
  write: (name, tag, q) => `export API_IMAGE=${q}${name}:${tag}${q}\nLEVEL=info # not ${name}:v0\n`,
};

interface GeneratedFile {
  readonly pieces: readonly Piece[];
  readonly newline: string;
  readonly bom: string;
  readonly end: string;
  readonly separator: string;
  readonly next: string;
}

function files(shape: fc.Arbitrary<Shape>, separator = '---\n'): fc.Arbitrary<GeneratedFile> {
  const name = fc.oneof(fc.constant(WANTED), fc.constantFrom(...NEAR));
  const piece = fc.record({ name, tag: tags, quote: quotes, comment: comments, shape });
  return fc.record({
    pieces: fc.array(piece, { minLength: 1, maxLength: 5 }),
    newline: fc.constantFrom('\n', '\r\n'),
    bom: fc.constantFrom('', '\ufeff'),
    end: fc.constantFrom('', '\n'),
    separator: fc.constant(separator),
    next: fc.constantFrom('v2.0.0', '1.10', '20240102', 'main', '0x1f', 'no', '1e5'),
  });
}

type Layout = Pick<GeneratedFile, 'newline' | 'bom' | 'end' | 'separator'>;

function render(
  pieces: readonly Piece[],
  { newline, bom, end, separator }: Layout,
  tagOf: (piece: Piece) => { tag: string; quote: string },
): string {
  const documents = pieces.map((each) => {
    const { tag, quote } = tagOf(each);
    return each.shape.write(each.name, tag, quote, each.comment);
  });
  return bom + documents.join(separator).trimEnd().replaceAll('\n', newline) + end;
}

/** Bumps the wanted image in a file of these pieces; expects exactly the new tags, and gives the styles that were met. */
function expectExact(path: string, { pieces, next, ...layout }: GeneratedFile): string[] {
  const before = render(pieces, layout, ({ tag, quote }) => ({ tag, quote }));
  const scanned = scanFiles(yaml, [{ path, text: before, mode: '100644' }]);
  const targets = selectTargets(scanned, [{ image: WANTED, tag: next, digest: undefined }], selectors);
  const plan = planBump(yaml, scanned, { targets, pinDigest: 'keep' });
  expect(plan.problems).toEqual([]);
  expect(plan.files[0]?.after ?? before).toBe(expected(pieces, layout, next));
  return targets.map(({ occurrence }) => occurrence.style);
}

describe('generated files', () => {
  test('hold exactly the new tag at every wanted place, and every other byte is what it was', () => {
    const met = new Set<string>();
    const check = (file: GeneratedFile) => {
      for (const style of expectExact('a.yaml', file)) met.add(style);
    };
    fc.assert(fc.property(files(fc.constantFrom(...shapes)), check), { numRuns: 10_000 });
    // A style without a name of its own is met only by selectors, and `split-digest` holds no tag.
    const others = styles.filter(({ family, name }) => family !== 'by selectors only' && name !== 'split-digest');
    expect([...met].sort()).toEqual(others.map(({ name }) => name).sort());
  }, 120_000);

  test('that are no YAML do so, too', () => {
    const check = (file: GeneratedFile) => {
      for (const style of expectExact('services/.env', file)) expect(style).toBe('line');
    };
    fc.assert(fc.property(files(fc.constant(lines), ''), check), { numRuns: 1_000 });
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
function expected(pieces: readonly Piece[], layout: Layout, next: string): string {
  return render(pieces, layout, ({ name, tag, quote, shape }) => {
    if (name !== WANTED) return { tag, quote };
    // In the values of a chart the name has the same quotes, which stay.
    return shape.alone && quote === '' && !isPlainText(next) ? { tag: `"${next}"`, quote } : { tag: next, quote };
  });
}
