import { expect, test } from '@jest/globals';
import { crashEverywhere } from '../../sandbox/crash-harness.ts';
import { skippingTimer } from '../../support/skipping-timer.ts';
import { type BumpFixture, REPOSITORY, startBumpFixture } from './bump-fixture.ts';

const manifest = (name: string, tag: string) => `kind: Deployment
spec:
  template:
    spec:
      containers:
        - image: ghcr.io/acme/${name}:${tag} # of ${name}
`;

const files = {
  'clusters/staging/api.yaml': manifest('api', 'v1.0.0'),
  'clusters/staging/web.yaml': manifest('web', 'v1.0.0'),
  'clusters/staging/worker.yaml': manifest('api', 'v1.0.0'),
};
const one = { image: 'ghcr.io/acme/api', tag: 'v1.1.0', files: 'clusters/staging/api.yaml' };
const several = {
  images: 'ghcr.io/acme/api=v1.1.0\nghcr.io/acme/web=v2.0.0',
  files: 'clusters/**',
};

async function olderBranch(fixture: BumpFixture): Promise<void> {
  await fixture.bump({ ...one, write: 'branch', tag: 'v1.0.1' });
}

async function baseMoved(fixture: BumpFixture): Promise<void> {
  await fixture.bump({ ...one, write: 'branch' });
  await fixture.github.commit(REPOSITORY, { branch: 'main', message: 'docs: more', files: { 'README.md': 'more\n' } });
}

test.each<[string, Record<string, string>, ((fixture: BumpFixture) => Promise<void>) | undefined]>([
  ['new branch', { ...one, write: 'branch' }, undefined],
  ['branch of an older version', { ...one, write: 'branch' }, olderBranch],
  ['branch on a base that moved', { ...one, write: 'branch' }, baseMoved],
  ['several images and files on a branch', { ...several, write: 'branch', branch: 'deploy/train' }, undefined],
  ['direct', { ...one, write: 'direct' }, undefined],
  ['several images and files directly', { ...several, write: 'direct' }, undefined],
])(
  '%s: wherever a run is cut off, the next one ends as if nothing had happened',
  async (name, inputs, prepare) => {
    const fixture = await startBumpFixture(files);
    try {
      await prepare?.(fixture);
      const figures = await crashEverywhere({
        name: `bump-gitops-image, ${name}`,
        github: fixture.github,
        repositories: [REPOSITORY],
        run: (fetch) => fixture.bump(inputs, { fetch, timer: skippingTimer() }),
      });
      expect(figures.divergences[0]).toBeUndefined();
      expect(figures).toMatchObject({ equal: figures.cuts, writesOfThirdRuns: 0 });
      expect(figures.requests).toBeGreaterThan(1);
    } finally {
      await fixture.close();
    }
  },
  120_000,
);
