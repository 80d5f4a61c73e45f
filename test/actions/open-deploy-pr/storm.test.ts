import { expect, test } from '@jest/globals';
import { parseDeployMarker } from '#shared/marker/deploy-marker.ts';
import { GITOPS, manifest, startDeployFixture } from './deploy-fixture.ts';

test('twelve services and three environments at the same time: one right pull request each', async () => {
  const fixture = await startDeployFixture();
  try {
    const places = Array.from({ length: 12 }, (_, service) =>
      ['demo', 'staging', 'production'].map((environment) => ({ service: `service-${service}`, environment })),
    ).flat();
    const path = (place: { service: string; environment: string }) =>
      `clusters/${place.environment}/${place.service}.yaml`;
    const files = (version: string) => Object.fromEntries(places.map((place) => [path(place), manifest(version)]));
    await fixture.github.commit(GITOPS, { branch: 'main', message: 'all', files: files('v1.0.0') });
    for (const place of places) {
      await fixture.github.commit(GITOPS, {
        branch: `deploy/${place.environment}/${place.service}`,
        message: 'v1.1.0',
        files: { [path(place)]: manifest('v1.1.0') },
      });
    }
    // Each is started twice, as a retried workflow does.
    await Promise.all([...places, ...places].map((place) => fixture.open(place)));
    const found = fixture.pulls().map(({ body }) => parseDeployMarker(body ?? ''));
    const names = (list: readonly ({ service: string; environment: string } | undefined)[]) =>
      list.map((one) => `${one?.environment}/${one?.service}`).sort();
    expect(names(found)).toEqual(names(places));
    expect(new Set(found.map((marker) => `${marker?.version} ${marker?.previousVersion}`))).toEqual(
      new Set(['v1.1.0 v1.0.0']),
    );
  } finally {
    await fixture.close();
  }
}, 60_000);
