import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { crashEverywhere } from '../../sandbox/crash-harness.ts';
import { skippingTimer } from '../../support/skipping-timer.ts';
import { type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
});
afterEach(() => service.close());

const workflow = 'name: Build\non:\n  workflow_dispatch:\n';
const key = generateKeyPairSync('ed25519').privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();

async function next(): Promise<void> {
  await service.run();
  await service.commit('feat: a');
}

test.each<[string, (() => Promise<unknown>) | undefined, Record<string, string>]>([
  ['first tag', undefined, {}],
  ['next tag', next, {}],
  ['signed tag', next, { 'signing-key': key, tagger: 'Release Bot <bot@example.com>' }],
  ['published release', next, { release: 'publish' }],
  ['release with generated notes', next, { release: 'publish', notes: 'generated' }],
  ['draft', next, { release: 'draft' }],
  [
    'draft that is published',
    async () => {
      await next();
      await service.run({ with: { release: 'draft' } });
    },
    { release: 'publish' },
  ],
  [
    'dispatch',
    async () => {
      await service.github.commit(service.repository, {
        message: 'ci: build',
        files: { '.github/workflows/build.yml': workflow },
      });
      await service.commit('feat: a');
    },
    { dispatch: 'build.yml', release: 'publish' },
  ],
  [
    'components',
    async () => {
      await service.commit('feat: a', { path: 'a/x.txt' });
      await service.commit('feat: b', { path: 'b/x.txt' });
    },
    { components: 'a/v=a/**\nb/v=b/**', release: 'publish' },
  ],
  [
    'burned versions',
    async () => {
      await next();
      service.github.settings(service.repository).burnedTags.push('v0.2.0', 'v0.2.1');
    },
    {},
  ],
])(
  '%s: wherever a run is cut off, the next one ends as if nothing had happened',
  async (name, prepare, inputs) => {
    await prepare?.();
    const { github, repository } = service;
    const figures = await crashEverywhere({
      name: `create-tag, ${name}`,
      github,
      repositories: [repository],
      run: (fetch) => service.run({ with: inputs, fetch, timer: skippingTimer() }),
    });
    expect(figures.divergences[0]).toBeUndefined();
    expect(figures).toMatchObject({ equal: figures.cuts, writesOfThirdRuns: 0 });
    expect(figures.requests).toBeGreaterThan(3);
  },
  120_000,
);
