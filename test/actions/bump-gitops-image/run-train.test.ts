import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type RegistrySandbox, startRegistry } from '../../sandbox/registry/server.ts';
import { type BumpFixture, startBumpFixture } from './bump-fixture.ts';

const names = Array.from({ length: 30 }, (_, index) => `svc-${String(index).padStart(2, '0')}`);
const path = (name: string) => `clusters/staging/${name}/values.yaml`;
const values = (host: string, name: string, tag: string) =>
  `image:\n  repository: ${host}/acme/${name} # of team ${name}\n  tag: '${tag}'\n`;
let fixture: BumpFixture;
let registry: RegistrySandbox;

beforeEach(async () => {
  registry = await startRegistry({ challenge: 'bearer', anonymousPull: false });
  const files = names.map((name, index) => [path(name), values(registry.host, name, `v1.${index}.0`)] as const);
  fixture = await startBumpFixture(Object.fromEntries(files));
});

afterEach(async () => {
  await registry.close();
  await fixture.close();
});

const train = (tagOf: (name: string, index: number) => string) =>
  names.map((name, index) => `${registry.host}/acme/${name}=${tagOf(name, index)}`).join('\n');
const writes = () => fixture.github.requests.entries.filter(({ write }) => write);
const reads = () => fixture.github.requests.entries.filter(({ write }) => !write);

describe('a release train of thirty services', () => {
  test('is one commit of three writes, with a result for each image', async () => {
    const images = train((_, index) => (index === 7 ? 'v1.7.0' : `v1.${index}.1`));
    const report = await fixture.bump({
      images,
      files: 'clusters/staging/**',
      write: 'branch',
      environment: 'staging',
    });
    expect([reads().length, writes().length]).toEqual([3, 3]);
    expect(report.outputs.branch).toBe('deploy/staging/train');
    expect(report.outputs.changes).toHaveLength(29);
    expect(
      report.summary.match(
        /^\| `127\.0\.0\.1:\d+\/acme\/svc-\d\d` \| `v1\.\d+\.0` \| `v1\.\d+\.1` \| changed in 1 place \|$/gm,
      ),
    ).toHaveLength(29);
    expect(report.summary).toMatch(/acme\/svc-07` \| `v1\.7\.0` \| `v1\.7\.0` \| was there already \|/);
    const [first = ''] = names;
    expect(await fixture.read('deploy/staging/train', path(first))).toBe(values(registry.host, first, 'v1.0.1'));
  });

  test('is refused as a whole when one image goes back', async () => {
    const images = train((_, index) => (index === 29 ? 'v1.0.0' : `v1.${index}.1`));
    await expect(fixture.bump({ images, files: 'clusters/staging/**', write: 'direct' })).rejects.toMatchObject({
      reasonCode: 'downgrade',
      message: expect.stringContaining(`${path('svc-29')}:3`),
    });
    expect(writes()).toEqual([]);
  });

  test('asks the registry for all at once, with one account, and tells every image that is not there', async () => {
    for (const name of names.slice(2)) {
      await registry.pushImage({ repository: `acme/${name}`, tag: 'v2.0.0', files: { 'a.txt': name } });
    }
    registry.requests.clear();
    let asked = 0;
    const credentials = async () => {
      asked += 1;
      return registry.credentials;
    };
    const order = {
      images: train(() => 'v2.0.0'),
      files: 'clusters/staging/**',
      write: 'branch',
      'verify-image': 'exists',
    };
    await expect(fixture.bump(order, { credentials })).rejects.toMatchObject({
      reasonCode: 'image-not-found',
      message: expect.stringMatching(/acme\/svc-00:v2\.0\.0\.\n.*acme\/svc-01:v2\.0\.0\.$/),
    });
    expect([asked, registry.requests.entries.length]).toEqual([1, 3 * 30]);
    expect(writes()).toEqual([]);
  });
});
