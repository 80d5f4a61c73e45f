import { describe, expect, test } from '@jest/globals';
import { readInputs } from '#shared/inputs.ts';
import { inputSpec } from '../../../actions/bump-gitops-image/src/inputs.ts';
import { planOrder } from '../../../actions/bump-gitops-image/src/plan-order.ts';
import { pathMatcher } from '../../../actions/bump-gitops-image/src/repository/plan-files.ts';

const DIGEST = `sha256:${'0a'.repeat(32)}`;

function order(given: Record<string, string>) {
  return planOrder(
    readInputs(
      inputSpec,
      Object.fromEntries(Object.entries(given).map(([name, value]) => [`INPUT_${name.toUpperCase()}`, value])),
    ),
  );
}

describe('the order', () => {
  test('names the branch and the commit by service and environment', () => {
    expect(order({ image: 'ghcr.io/acme/api', tag: 'v1', environment: 'staging' })).toMatchObject({
      branch: 'deploy/staging/api',
      message: expect.stringMatching(/^chore\(deploy\): api v1 in staging\n\nghcr.io\/acme\/api: v1/),
    });
  });

  test('takes lines with tags, digests and both', () => {
    expect(order({ images: `a/b=v1\nlocalhost:5000/c=v2@${DIGEST}\nd=@${DIGEST}`, service: 'train' })).toMatchObject({
      branch: 'deploy/train',
      requests: [
        { image: 'a/b', tag: 'v1', digest: undefined },
        { image: 'localhost:5000/c', tag: 'v2', digest: DIGEST },
        { image: 'd', tag: undefined, digest: DIGEST },
      ],
    });
  });

  test('looks in the folders of the environment, and in those of the earlier one only to compare', () => {
    const environments = 'demo: demo/**, shared/*.yaml\nproduction: production/**';
    expect(
      order({ image: 'a', tag: 'v1', environments, environment: 'production', 'order-after': 'demo' }),
    ).toMatchObject({
      globs: ['production/**'],
      earlierGlobs: ['demo/**', 'shared/*.yaml'],
    });
  });
});

describe('bad input: every problem at once', () => {
  test.each<[string, Record<string, string>, string[]]>([
    ['nothing', {}, ['image: ""', 'tag: missing']],
    ['a tag in the name', { image: 'a:b', tag: 'v1' }, ['image: "a:b"']],
    ['a bad tag and a bad digest', { image: 'a', tag: '-x', digest: 'sha256:1' }, ['tag: "-x"', 'digest: "sha256:1"']],
    ['one image and many', { image: 'a', tag: 'v1', images: 'b=v2' }, ['not both']],
    [
      'an unknown environment',
      { image: 'a', tag: 'v1', environments: 'demo: d/**', environment: 'prod' },
      ['environment: "prod"', 'demo'],
    ],
    ['a downgrade without a reason', { image: 'a', tag: 'v1', 'allow-downgrade': 'true' }, ['reason: missing']],
    [
      'the base as deploy branch',
      { image: 'a', tag: 'v1', write: 'branch', branch: 'main' },
      ['branch: the deploy branch cannot be the base'],
    ],
    ['paths that leave the repository', { image: 'a', tag: 'v1', files: '../x.yaml' }, ['files: ']],
    ['absolute paths', { image: 'a', tag: 'v1', files: '/etc/passwd' }, ['files: ']],
    ['a malformed line of images', { images: 'a:v1' }, ['images: ']],
    ['a branch that git refuses', { image: 'a', tag: 'v1', branch: 'a..b' }, ['branch: ']],
  ])('%s', (_, given, parts) => {
    for (const part of parts) expect(() => order(given)).toThrow(part);
  });
});

test('globs: folders, dots, exclusions', () => {
  const matches = pathMatcher(['clusters/', '!clusters/**/secret.yaml', '.github/*.yml']);
  expect(['clusters/a/b.yaml', '.github/x.yml'].every(matches)).toBe(true);
  expect(['clusters/a/secret.yaml', 'other/a.yaml'].some(matches)).toBe(false);
});
