import { describe, expect, test } from '@jest/globals';
import { type DeployMarker, parseDeployMarker, renderDeployMarker } from '#shared/marker/deploy-marker.ts';

const marker: DeployMarker = {
  service: 'thoughts-backend',
  environment: 'staging',
  image: 'registry.example/acme/thoughts-backend',
  version: 'v1.5.0',
  previousVersion: 'v1.4.0',
  deploymentId: 7,
  mode: 'deploy',
};

describe('the deploy marker', () => {
  test('is read back from the body it was written into', () => {
    expect(parseDeployMarker(`What changes\n\n${renderDeployMarker(marker)}\n`)).toEqual(marker);
  });

  test('cannot be ended from inside a value', () => {
    const hostile = { ...marker, version: '--><!-- trunkline:deploy v1 {} -->' };
    expect(parseDeployMarker(renderDeployMarker(hostile))).toEqual(hostile);
  });

  test.each([
    ['', 'no marker'],
    [`${renderDeployMarker(marker)}\n${renderDeployMarker(marker)}`, 'two markers'],
    ['<!-- trunkline:deploy v1 {oops} -->', 'malformed JSON'],
    ['<!-- trunkline:deploy v1 {"service":"a"} -->', 'missing fields'],
    [renderDeployMarker({ ...marker, mode: 'sneak' as 'deploy' }), 'an unknown mode'],
    [renderDeployMarker({ ...marker, image: 3 as unknown as string }), 'a field of another type'],
  ])('is not believed: %#', (body) => {
    expect(parseDeployMarker(body)).toBeUndefined();
  });
});
