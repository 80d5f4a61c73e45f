import { describe, expect, test } from '@jest/globals';
import { isDigest, isImageTag, isSameImageName, parseImageReference } from '#shared/image/reference.ts';

const DIGEST = `sha256:${'a'.repeat(64)}`;

describe('parsing an image reference', () => {
  test.each([
    ['nginx', 'docker.io', 'library/nginx', undefined, undefined],
    ['nginx:1.27', 'docker.io', 'library/nginx', '1.27', undefined],
    ['acme/api:v1', 'docker.io', 'acme/api', 'v1', undefined],
    ['docker.io/acme/api:v1', 'docker.io', 'acme/api', 'v1', undefined],
    ['localhost/api', 'localhost', 'api', undefined, undefined],
    ['localhost:5000/api:v1', 'localhost:5000', 'api', 'v1', undefined],
    ['127.0.0.1:5000/acme/api', '127.0.0.1:5000', 'acme/api', undefined, undefined],
    ['[::1]:5000/acme/api:v1', '[::1]:5000', 'acme/api', 'v1', undefined],
    [`ghcr.io/acme/api:v1@${DIGEST}`, 'ghcr.io', 'acme/api', 'v1', DIGEST],
    [`ghcr.io/acme/api@${DIGEST}`, 'ghcr.io', 'acme/api', undefined, DIGEST],
    ['GHCR.io/acme/api', 'ghcr.io', 'acme/api', undefined, undefined],
    ['Team/api:v1', 'team', 'api', 'v1', undefined],
    ['[2001:DB8::1]/acme/api', '[2001:db8::1]', 'acme/api', undefined, undefined],
    ['test.com:5000', 'docker.io', 'library/test.com', '5000', undefined],
    [`${'f'.repeat(64)}:v1`, 'docker.io', `library/${'f'.repeat(64)}`, 'v1', undefined],
    [`${'f'.repeat(63)}`, 'docker.io', `library/${'f'.repeat(63)}`, undefined, undefined],
    [`ghcr.io/${'a/'.repeat(127)}a:v1`, 'ghcr.io', `${'a/'.repeat(127)}a`, 'v1', undefined],
    ['a'.repeat(247), 'docker.io', `library/${'a'.repeat(247)}`, undefined, undefined],
    [`a:${'x'.repeat(128)}`, 'docker.io', 'library/a', 'x'.repeat(128), undefined],
  ])('%s', (text, registry, repository, tag, digest) => {
    expect(parseImageReference(text)).toMatchObject({ registry, repository, tag, digest });
  });

  test.each([
    '',
    'Nginx',
    'nginx:',
    'nginx:.x',
    'ghcr.io/Acme/api',
    'a//b',
    'nginx@sha256:abc',
    'a'.repeat(248),
    `ghcr.io/${'a/'.repeat(128)}a`,
    `a:${'x'.repeat(129)}`,
    '[::1]:5000',
    '[fe80::1%eth0]:5000/api',
    '::1/api',
    'f'.repeat(64),
    'nginx :1',
  ])('%j is none', (text) => {
    expect(parseImageReference(text)).toBeUndefined();
  });
});

test.each([
  ['nginx', 'docker.io/library/nginx', true],
  ['nginx', 'index.docker.io/library/nginx', true],
  ['acme/api', 'acme/api-worker', false],
  ['ghcr.io/acme/api', 'acme/api', false],
])('%s and %s are the same image: %p', (a, b, same) => {
  expect(isSameImageName(a, b)).toBe(same);
});

test('tags and digests are checked by their grammar', () => {
  expect([isImageTag('v1.2.3'), isImageTag('1.0.0+build'), isImageTag('x'.repeat(129))]).toEqual([true, false, false]);
  expect([isDigest(DIGEST), isDigest('sha256:abc'), isDigest(DIGEST.toUpperCase())]).toEqual([true, false, false]);
});
