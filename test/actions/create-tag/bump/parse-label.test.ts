import { expect, test } from '@jest/globals';
import { bumpOfLabel } from '../../../../actions/create-tag/src/bump/parse-label.ts';

test.each([
  ['semver:major', 'major', 'named'],
  ['Release/Minor', 'minor', 'named'],
  ['bump-patch', 'patch', 'named'],
  ['Minor', 'minor', 'bare'],
  ['Breaking Change', 'major', 'named'],
  ['skip-release', 'none', 'skip'],
  ['none', 'none', 'bare'],
  ['release:none', 'none', 'skip'],
])('the label %j asks for %s', (label, bump, kind) => {
  expect(bumpOfLabel(label)).toEqual({ bump, kind });
});

test.each(['major outage', 'documentation', 'constructor', '__proto__'])('the label %j asks for nothing', (label) => {
  expect(bumpOfLabel(label)).toBeUndefined();
});
