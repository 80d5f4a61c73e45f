import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../../support/action-manifest.ts';
import { type BumpFixture, startBumpFixture } from './bump-fixture.ts';

/** A repository as another tool left it, and the inputs that the README's row gives for it. */
interface Move {
  readonly from: string;
  readonly files: Readonly<Record<string, string>>;
  readonly inputs: Readonly<Record<string, string>>;
  /** What the error names, where no file may change. */
  readonly refuses?: string;
}

const application = (source: string, annotations: string) => `apiVersion: argoproj.io/v1alpha1
kind: Application
metadata:
  name: api
  annotations:
${annotations}
spec:
  source:
    path: apps/api
${source}`;

const moves: readonly Move[] = [
  {
    from: 'Flux image automation',
    files: {
      'apps/api.yaml':
        'kind: Deployment\nspec:\n  containers:\n    - image: ghcr.io/acme/api:<tag> # {"$imagepolicy": "flux-system:api"}\n    - image: ghcr.io/acme/api:v1 # {"$imagepolicy": "flux-system:other"}\n',
      'apps/release.yaml':
        'kind: HelmRelease\nspec:\n  values:\n    image:\n      repository: ghcr.io/acme/api # {"$imagepolicy": "flux-system:api:name"}\n      tag: <tag> # {"$imagepolicy": "flux-system:api:tag"}\n',
    },
    inputs: { image: 'ghcr.io/acme/api', policies: 'flux-system:api' },
  },
  {
    from: 'Argo CD Image Updater',
    files: {
      'apps/api.yaml': application(
        '    helm:\n      parameters:\n        - { name: image.tag, value: <tag> }\n        - { name: web.tag, value: v1 }\n',
        '    argocd-image-updater.argoproj.io/image-list: api=ghcr.io/acme/api,web=ghcr.io/acme/web\n    argocd-image-updater.argoproj.io/api.helm.image-tag: image.tag\n    argocd-image-updater.argoproj.io/web.helm.image-tag: web.tag',
      ),
    },
    inputs: { image: 'ghcr.io/acme/api', policies: 'api' },
  },
  {
    from: 'Argo CD Image Updater',
    files: { 'apps/api/.argocd-source-api.yaml': 'kustomize:\n  images:\n    - ghcr.io/acme/api:<tag>\n' },
    inputs: { image: 'ghcr.io/acme/api' },
  },
  {
    from: 'Argo CD Image Updater',
    files: { 'apps/api/values.yaml': 'web:\n  release: <tag> # of api\n  other: v1\n' },
    inputs: { image: 'ghcr.io/acme/api', 'key-paths': 'web.release' },
  },
  {
    from: '`yq -i`, `sed`, yaml-update-action',
    files: {
      'values.yaml': '# kept\nbackend:\n    version:   "<tag>"   # kept\nother: v1\n',
    },
    inputs: { image: 'acme/api', files: 'values.yaml', 'key-paths': 'backend.version' },
  },
  {
    from: '`yq -i`, `sed`, yaml-update-action',
    files: { 'values.yaml': 'spec:\n- image: acme/api:<tag>\n- image: acme/api:v1\n' },
    inputs: { image: 'acme/api', files: 'values.yaml', 'key-paths': '$.spec[0].image' },
  },
  {
    from: '`kustomize edit set image`',
    files: {
      'app/kustomization.yaml':
        'images:\n- name: api\n  newName: ghcr.io/acme/api\n  newTag: <tag>\n- name: ghcr.io/acme/web\n  newTag: v1\n',
    },
    inputs: { image: 'ghcr.io/acme/api' },
  },
  {
    from: '`kustomize edit set image`',
    files: { 'app/kustomization.yaml': 'images:\n- name: ghcr.io/acme/api\n  newTag: "<tag>"\n' },
    inputs: { image: 'ghcr.io/acme/api' },
  },
  {
    from: '`kustomize edit set image`',
    files: { 'app/kustomization.yaml': 'images:\n- name: ghcr.io/acme/apis\n  newTag: <tag>\n' },
    inputs: { image: 'ghcr.io/acme/api' },
    refuses: 'ghcr.io/acme/apis',
  },
  {
    from: 'Renovate',
    files: {
      'values.yaml': '# renovate: datasource=docker depName=ghcr.io/acme/api\nrelease: <tag>\nother: v1\n',
      'versions.env': '# renovate: datasource=docker depName=ghcr.io/acme/api\nAPI_VERSION=<tag>\n',
    },
    inputs: { image: 'ghcr.io/acme/api', files: '**/*.yaml\n**/*.env' },
  },
];

let fixture: BumpFixture;
let folder: string;

beforeEach(async () => {
  fixture = await startBumpFixture({ 'README.md': 'x\n' });
  folder = await mkdtemp(join(tmpdir(), 'coming-from-'));
});

afterEach(async () => {
  await fixture.close();
  await rm(folder, { recursive: true, force: true });
});

describe('a team that comes from', () => {
  test.each(moves)('$from changes nothing in its manifests beforehand: $inputs', async (move) => {
    for (const [path, text] of Object.entries(move.files)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text.replaceAll('<tag>', 'v1'));
    }
    const bumping = fixture.bump({ ...move.inputs, tag: 'v2' }, { worktree: folder });
    if (move.refuses === undefined) expect((await bumping).reasonCode).toBe('bumped');
    else await expect(bumping).rejects.toMatchObject({ message: expect.stringContaining(move.refuses) });
    for (const [path, text] of Object.entries(move.files)) {
      const after = text.replaceAll('<tag>', move.refuses === undefined ? 'v2' : 'v1');
      expect(await readFile(join(folder, path), 'utf8')).toBe(after);
    }
  });

  test('any tool of the table of the README', async () => {
    const readme = await readFile(join(projectRoot, 'actions/bump-gitops-image/README.md'), 'utf8');
    const [, table = ''] = /## Coming from\n([\s\S]*?)\n## /.exec(readme) ?? [];
    const rows = [...table.matchAll(/^\| (.+?) \| /gm)].map(([, tool = '']) => tool).slice(2);
    expect(rows.length).toBeGreaterThan(0);
    expect([...new Set(moves.map(({ from }) => from))]).toEqual(rows);
  });
});
