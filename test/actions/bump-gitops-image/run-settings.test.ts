import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type BumpFixture, startBumpFixture } from './bump-fixture.ts';

const flags = (value: string) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: flags\ndata:\n  BETA: "${value}" # asked for by support\n  BETA_LIMIT: "10"\n`;
const app = (tag: string) => `image: ghcr.io/acme/api:${tag}\n`;
const files = {
  'clusters/staging/flags.yaml': flags('true'),
  'clusters/production/flags.yaml': flags('false'),
  'clusters/production/app.yaml': app('v1.0.0'),
};
const environments = 'staging: clusters/staging/**\nproduction: clusters/production/**';
const order = { environments, environment: 'production', set: 'configmap/flags#BETA=true', write: 'branch' };
let fixture: BumpFixture;

beforeEach(async () => {
  fixture = await startBumpFixture(files);
});

afterEach(() => fixture.close());

const writes = () => fixture.github.requests.entries.filter(({ write }) => write);
const reads = () => fixture.github.requests.entries.filter(({ write }) => !write);

describe('a feature flag', () => {
  test('is turned on in one environment by one reviewed commit, and a second run writes nothing', async () => {
    const report = await fixture.bump(order);
    expect(report).toMatchObject({
      reasonCode: 'bumped',
      outputs: { changed: true, branch: 'deploy/production/flags', verified: true, previousTags: [] },
    });
    expect(report.outputs.changes).toEqual([
      {
        ...{ file: 'clusters/production/flags.yaml', line: 6, column: 10, object: 'ConfigMap/flags', container: '' },
        ...{
          style: 'setting',
          image: '',
          keyPath: 'data.BETA',
          old: 'false',
          new: 'true',
          oldTag: '',
          direction: 'unknown',
        },
      },
    ]);
    expect([reads().length, writes().length]).toEqual([3, 3]);
    expect(await fixture.read('deploy/production/flags', 'clusters/production/flags.yaml')).toBe(flags('true'));
    expect(report.summary).toContain('| `data.BETA` | `false` | `true` |');
    fixture.github.requests.clear();
    expect((await fixture.bump(order)).reasonCode).toBe('branch-current');
    expect(writes()).toEqual([]);
  });

  test('of a named file needs one read', async () => {
    await fixture.bump({ ...order, set: 'clusters/production/flags.yaml#data.BETA=true' });
    expect([reads().length, writes().length]).toEqual([1, 3]);
  });

  test('comes in the same commit as the version that needs it', async () => {
    const report = await fixture.bump({ ...order, image: 'ghcr.io/acme/api', tag: 'v1.1.0', write: 'direct' });
    expect(report.outputs).toMatchObject({
      direction: 'forward',
      files: ['clusters/production/app.yaml', 'clusters/production/flags.yaml'],
    });
    expect(await fixture.read('main', 'clusters/production/flags.yaml')).toBe(flags('true'));
    expect(await fixture.read('main', 'clusters/production/app.yaml')).toBe(app('v1.1.0'));
    expect(await fixture.read('main', 'clusters/staging/flags.yaml')).toBe(flags('true'));
    expect(writes()).toHaveLength(1);
  });

  test('waits for the environment before', async () => {
    await expect(
      fixture.bump({ ...order, set: 'configmap/flags#BETA_LIMIT=20', 'order-after': 'staging' }),
    ).rejects.toMatchObject({
      reasonCode: 'order',
      message: expect.stringContaining('configmap/flags#BETA_LIMIT is "10"'),
    });
    expect((await fixture.bump({ ...order, 'order-after': 'staging' })).reasonCode).toBe('bumped');
  });

  test('that holds the value already is no change', async () => {
    const report = await fixture.bump({ ...order, environment: 'staging' });
    expect(report).toMatchObject({ reasonCode: 'already-current', outputs: { changed: false, direction: 'same' } });
  });
});

describe('nothing is written', () => {
  afterEach(() => expect(writes()).toEqual([]));

  test('when one of several keys is not there; the error names the near one', async () => {
    await expect(
      fixture.bump({ ...order, set: 'configmap/flags#BETA=true\nconfigmap/flags#BETA_LIMITS=2' }),
    ).rejects.toMatchObject({ reasonCode: 'no-setting', message: expect.stringContaining('Near: data.BETA_LIMIT') });
    const warned = await fixture.bump({ ...order, set: 'configmap/flags#GAMMA=1', 'on-missing': 'warn' });
    expect(warned).toMatchObject({ reasonCode: 'missing', annotations: [{ level: 'warning' }] });
  });

  test('when the place is an image', async () => {
    await expect(
      fixture.bump({ ...order, set: 'clusters/production/app.yaml#image=ghcr.io/acme/api:v0.1.0' }),
    ).rejects.toMatchObject({ reasonCode: 'image-setting', message: expect.stringContaining('app.yaml:1') });
  });

  test('when lines are bad: each is told at once', async () => {
    const lines = 'BETA=true\nclusters/production/*.yaml#a=b\nsecret/x#a=b\nconfigmap/flags#BETA=true';
    expect(() => fixture.bump({ ...order, set: lines })).toThrow(
      expect.objectContaining({
        reasonCode: 'bad-input',
        message: expect.stringMatching(/3 problems(?:[\s\S]*\n- set: ){3}/),
      }),
    );
    const contrary = 'clusters/staging/flags.yaml#data.BETA=x\nconfigmap/flags#BETA=a\nconfigmap/flags#BETA=b';
    await expect(fixture.bump({ ...order, set: contrary })).rejects.toMatchObject({
      message: expect.stringMatching(/outside of the environment production[\s\S]*configmap\/flags#BETA is set twice/),
    });
  });
});
