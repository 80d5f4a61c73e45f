import { describe, expect, test } from '@jest/globals';
import { directionOf, isVersion } from '../../../../actions/bump-gitops-image/src/images/plan-direction.ts';

describe('directions', () => {
  test.each([
    ['v1.2.3', 'v1.10.0', 'forward'],
    ['v1.10.0', 'v1.9.9', 'rollback'],
    ['1.0.0-rc.1', '1.0.0', 'forward'],
    ['1.0.0-rc9', '1.0.0-rc10', 'forward'],
    ['1.0.0', '1.0.0-rc.1', 'rollback'],
    ['2024.10.06', '2024.10.09', 'forward'],
    ['2024.12.1', '2024.2.1', 'rollback'],
    ['v12', 'v6', 'rollback'],
    ['release-101', 'release-99', 'rollback'],
    ['4.2.0.6438', '4.2.0.6437', 'rollback'],
    ['3.19-alpine', '3.20-alpine', 'forward'],
    ['3.19-alpine', '3.20-debian', 'unknown'],
    ['main-1a2b3c4-1700000000', 'main-9f8e7d6-1700000001', 'forward'],
    ['main-1a2b3c4-1700000001', 'main-9f8e7d6-1700000000', 'rollback'],
    ['1a2b3c4', '9f8e7d6', 'unknown'],
    ['v1.0.0', 'main', 'unknown'],
    ['release-1', 'build-2', 'unknown'],
    ['v1.0.0', 'v1.0.0', 'same'],
  ])('%s to %s is %s', (before, after, direction) => {
    expect(directionOf(before, after)).toBe(direction);
  });
});

test.each(['v1.2.3', '1.0', 'v12', '2024.10.06', 'release-101', '1.0.0-rc.1', 'main-1a2b3c4-1700000000'])(
  '%s is a version',
  (tag) => {
    expect(isVersion(tag)).toBe(true);
  },
);

test.each(['latest', 'main', '1a2b3c4', '0362525', '479a668cb362d1ee0d2d4333cc4ee64867abd12d', 'feature-x'])(
  '%s is none',
  (tag) => {
    expect(isVersion(tag)).toBe(false);
  },
);
