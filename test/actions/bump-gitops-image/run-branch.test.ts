import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type BumpFixture, REPOSITORY, startBumpFixture } from './bump-fixture.ts';

const deployment = (tag: string) => `# The service of the tests.
apiVersion: apps/v1
kind: Deployment
metadata:
  name: thoughts-backend
  namespace: staging
spec:
  template:
    spec:
      containers:
        - name: app
          image: 'ghcr.io/acme/thoughts-backend:${tag}' # {"$imagepolicy": "flux-system:thoughts"}
        - name: worker
          image: ghcr.io/acme/thoughts-backend-worker:v1.0.0
`;

const files = {
  'clusters/staging/app.yaml': deployment('v1.0.0'),
  'clusters/production/app.yaml': deployment('v0.9.0'),
  'clusters/staging/other.yaml': 'image: ghcr.io/acme/other:v1.0.0\n',
};
const order = {
  image: 'ghcr.io/acme/thoughts-backend',
  tag: 'v1.1.0',
  files: 'clusters/staging/app.yaml',
  environment: 'staging',
  write: 'branch',
};
const BRANCH = 'deploy/staging/thoughts-backend';
let fixture: BumpFixture;

beforeEach(async () => {
  fixture = await startBumpFixture(files);
});

afterEach(() => fixture.close());

const writes = () => fixture.github.requests.entries.filter(({ write }) => write);
const reads = () => fixture.github.requests.entries.filter(({ write }) => !write);

/** Waits a twentieth of the time. */
const hurried = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms / 20)),
};

describe('write: branch', () => {
  test('puts one signed commit with exactly the new tag on the deploy branch, in one read and three writes', async () => {
    const report = await fixture.bump(order);
    expect(report).toMatchObject({
      reasonCode: 'bumped',
      outputs: { changed: true, branch: BRANCH, verified: true, direction: 'forward', previousTags: ['v1.0.0'] },
    });
    expect([reads().length, writes().length]).toEqual([1, 3]);
    expect(await fixture.read(BRANCH, 'clusters/staging/app.yaml')).toBe(deployment('v1.1.0'));
    expect(await fixture.read('main', 'clusters/staging/app.yaml')).toBe(deployment('v1.0.0'));
  });

  test('finds the files of globs in three reads', async () => {
    const report = await fixture.bump({ ...order, files: 'clusters/staging/**' });
    expect(report.outputs.files).toEqual(['clusters/staging/app.yaml']);
    expect([reads().length, writes().length]).toEqual([3, 3]);
  });

  test('changes five hundred files with three reads and three writes', async () => {
    const many = Object.fromEntries(
      Array.from({ length: 500 }, (_, index) => [`many/${index}.yaml`, 'image: acme/many:v1.0.0\n']),
    );
    await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'many', files: many });
    for (const globs of ['many/**', Object.keys(many).join('\n')]) {
      fixture.github.requests.clear();
      const report = await fixture.bump({
        image: 'acme/many',
        tag: 'v1.0.1',
        files: globs,
        write: 'branch',
        branch: `deploy/${globs.length}`,
      });
      expect(report.outputs.files).toHaveLength(500);
      expect(reads().length).toBeLessThanOrEqual(3);
      expect(writes()).toHaveLength(3);
    }
  });

  test('what hides a change is found without one request more, near explicit files and around globs', async () => {
    const overlay = 'images:\n- name: ghcr.io/acme/thoughts-backend\n  newTag: v0.9.0\nresources:\n';
    const hiding = {
      'clusters/staging/kustomization.yaml': `${overlay}- app.yaml\n`,
      'teams/thoughts/kustomization.yaml': `${overlay}- ../../clusters/staging\n`,
      'clusters/staging/apps.yaml': 'apiVersion: argoproj.io/v1alpha1\nkind: Application\n',
    };
    await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'overlays', files: hiding });
    const told = async (globs: string) => {
      fixture.github.requests.clear();
      const { outputs } = await fixture.bump({ ...order, files: globs, write: 'none' });
      return { by: (outputs.shadowed as { by: unknown }[]).map(({ by }) => by), reads: reads().length };
    };
    const below = { file: 'clusters/staging/kustomization.yaml', line: 3 };
    const above = { file: 'teams/thoughts/kustomization.yaml', line: 3 };
    expect(await told('clusters/staging/app.yaml')).toEqual({ by: [below], reads: 1 });
    expect(await told('clusters/staging/*.yaml')).toEqual({ by: [above, above], reads: 3 });
    expect(await told('clusters/staging/a*.yaml')).toEqual({ by: [above], reads: 3 });
    expect(await told('clusters/production/app.yaml')).toEqual({ by: [], reads: 1 });
  });

  test('writes nothing when the branch holds the change already', async () => {
    const first = await fixture.bump(order);
    fixture.github.requests.clear();
    for (const glob of ['clusters/staging/app.yaml', 'clusters/staging/*']) {
      const again = await fixture.bump({ ...order, files: glob });
      expect(again).toMatchObject({ reasonCode: 'branch-current', outputs: { commitSha: first.outputs.commitSha } });
    }
    expect(writes()).toEqual([]);
  });

  test('builds the branch anew on a base that moved', async () => {
    await fixture.bump(order);
    const sha = await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'docs', files: { 'a.md': 'a' } });
    const report = await fixture.bump(order);
    expect(report.reasonCode).toBe('bumped');
    expect(await fixture.read(BRANCH, 'a.md')).toBe('a');
    expect(sha).toMatch(/^[0-9a-f]{40}$/);
  });

  test('refuses to rebuild a branch on which somebody else committed', async () => {
    await fixture.bump(order);
    await fixture.github.commit(REPOSITORY, { branch: BRANCH, message: 'fix: by hand', files: { 'b.md': 'b' } });
    await expect(fixture.bump(order)).rejects.toMatchObject({ reasonCode: 'branch-not-ours' });
    expect(await fixture.read(BRANCH, 'b.md')).toBe('b');
  });

  test('does nothing when the environment runs the version already', async () => {
    const report = await fixture.bump({ ...order, tag: 'v1.0.0' });
    expect(report).toMatchObject({ reasonCode: 'already-current', outputs: { changed: false, branch: undefined } });
    expect(writes()).toEqual([]);
  });

  test('a dry run says what would change and writes nothing', async () => {
    const report = await fixture.bump({ ...order, 'dry-run': 'true' });
    expect(report).toMatchObject({ reasonCode: 'planned', outputs: { changed: true } });
    expect(report.summary).toContain("+          image: 'ghcr.io/acme/thoughts-backend:v1.1.0'");
    expect(writes()).toEqual([]);
  });
});

describe('write: direct', () => {
  test('moves the base without force', async () => {
    const report = await fixture.bump({ ...order, write: 'direct' });
    expect(report).toMatchObject({ reasonCode: 'bumped', outputs: { branch: 'main' } });
    expect(await fixture.read('main', 'clusters/staging/app.yaml')).toBe(deployment('v1.1.0'));
    expect(writes()).toHaveLength(1);
  });

  test('a push whose answer got lost is told as what it was', async () => {
    fixture.github.faults.add({ request: 2, kind: 'reset-after' });
    const report = await fixture.bump({ ...order, write: 'direct' }, { timer: hurried });
    expect(report).toMatchObject({
      reasonCode: 'bumped',
      outputs: { changed: true, commitSha: expect.stringMatching(/^[0-9a-f]{40}$/), verified: true, branch: 'main' },
    });
    expect(writes()).toHaveLength(1);
  });

  test('a newer version that came first wins', async () => {
    fixture.github.faults.add({ request: 2, kind: 'status', status: 502 });
    const overtake = async () => {
      const files = { 'clusters/staging/app.yaml': deployment('v3.0.0') };
      await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'newer', files });
    };
    const report = await fixture.bump({ ...order, write: 'direct' }, { timer: { ...hurried, sleep: overtake } });
    expect(report).toMatchObject({ reasonCode: 'superseded', outputs: { changed: false } });
    expect(await fixture.read('main', 'clusters/staging/app.yaml')).toBe(deployment('v3.0.0'));
  });

  test('ten writers at once all land, and no update is lost', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `svc-${index}`);
    const manifests = Object.fromEntries(names.map((name) => [`${name}.yaml`, `image: acme/${name}:v1.0.0\n`]));
    await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'services', files: manifests });
    const reports = await Promise.all(
      names.map((name) =>
        fixture.bump(
          { image: `acme/${name}`, tag: 'v1.0.1', files: `${name}.yaml`, write: 'direct' },
          { timer: hurried },
        ),
      ),
    );
    expect(reports.map(({ reasonCode }) => reasonCode)).toEqual(names.map(() => 'bumped'));
    for (const name of names) expect(await fixture.read('main', `${name}.yaml`)).toBe(`image: acme/${name}:v1.0.1\n`);
  });
});

describe('what is refused before anything is written', () => {
  afterEach(() => expect(writes()).toEqual([]));

  test('a downgrade without a reason', async () => {
    await expect(fixture.bump({ ...order, tag: 'v0.5.0' })).rejects.toMatchObject({
      reasonCode: 'downgrade',
      message: expect.stringContaining('clusters/staging/app.yaml:12'),
    });
  });

  test('a version that becomes a branch name', async () => {
    await expect(fixture.bump({ ...order, tag: 'main' })).rejects.toMatchObject({ reasonCode: 'not-a-version' });
  });

  test('latest without a digest', async () => {
    await expect(fixture.bump({ ...order, tag: 'latest' })).rejects.toMatchObject({ reasonCode: 'floating-tag' });
  });

  test('an image that stands nowhere, with the near name', async () => {
    await expect(fixture.bump({ ...order, image: 'ghcr.io/acme/thoughts-backen' })).rejects.toMatchObject({
      reasonCode: 'no-occurrence',
      message: expect.stringContaining('Near names: ghcr.io/acme/thoughts-backend'),
    });
  });

  test('an image whose last part is misspelt, with the near name', async () => {
    await expect(fixture.bump({ ...order, image: 'ghcr.io/acme/toughts-backend' })).rejects.toMatchObject({
      message: expect.stringContaining('Near names: ghcr.io/acme/thoughts-backend'),
    });
  });

  test('files that do not exist', async () => {
    await expect(fixture.bump({ ...order, files: 'nowhere.yaml' })).rejects.toMatchObject({
      reasonCode: 'unsafe-file',
      message: 'nowhere.yaml: it does not exist',
    });
  });

  test('a base branch that does not exist', async () => {
    await expect(fixture.bump({ ...order, base: 'trunk' })).rejects.toMatchObject({ reasonCode: 'base-not-found' });
  });

  test('a version that the earlier environment does not run', async () => {
    const environments = 'staging: clusters/staging/**\nproduction: clusters/production/**';
    const promotion = { ...order, files: '', environments, environment: 'production', 'order-after': 'staging' };
    await expect(fixture.bump(promotion)).rejects.toMatchObject({
      reasonCode: 'order',
      message: expect.stringContaining('v1.0.0'),
    });
    const allowed = await fixture.bump({ ...promotion, tag: 'v1.0.0', 'dry-run': 'true' });
    expect(allowed.outputs.files).toEqual(['clusters/production/app.yaml']);
  });
});
