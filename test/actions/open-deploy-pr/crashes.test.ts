import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { renderDeployMarker } from '#shared/marker/deploy-marker.ts';
import { crashEverywhere } from '../../sandbox/crash-harness.ts';
import type { Rule } from '../../sandbox/github/settings.ts';
import { skippingTimer } from '../../support/skipping-timer.ts';
import {
  type DeployFixture,
  finishDeployment,
  GITOPS,
  IMAGE,
  openByHand,
  SOURCE,
  startDeployFixture,
} from './deploy-fixture.ts';

let fixture: DeployFixture;
beforeEach(async () => {
  fixture = await startDeployFixture();
});
afterEach(() => fixture.close());

const checks: Rule = { target: 'branch', pattern: 'main', requiredChecks: ['ci'] };
const people = { reviewers: 'mona', 'team-reviewers': 'platform', labels: 'deploy' };
const promote = { environment: 'production', mode: 'promote', 'require-verified-in': 'staging' };

async function showOlder(): Promise<void> {
  await fixture.bump('v1.1.0');
  await fixture.open();
  await fixture.release('v1.2.0', 'fix: next');
  await fixture.bump('v1.2.0');
}

async function openOlder(): Promise<void> {
  const body = renderDeployMarker({
    service: 'thoughts-backend',
    environment: 'staging',
    image: IMAGE,
    version: 'v0.9.0',
  });
  await openByHand(fixture.github, { branch: 'deploy/staging/thoughts-backend-old', body });
  await fixture.bump('v1.1.0');
}

async function lockMain(): Promise<void> {
  Object.assign(fixture.github.settings(GITOPS), { allowAutoMerge: true, rules: [checks] });
  await fixture.bump('v1.1.0');
}

async function verifyInStaging(): Promise<void> {
  fixture.github.settings(GITOPS).deleteBranchOnMerge = true;
  await fixture.bump('v1.1.0');
  const { outputs } = await fixture.open({ 'auto-merge': 'now' });
  await finishDeployment(fixture.github, outputs.deploymentId, 'success');
}

async function verifyThenPromote(): Promise<void> {
  await verifyInStaging();
  await fixture.bump('v1.1.0', { environment: 'production' });
}

async function verifyThenBack(): Promise<void> {
  await verifyInStaging();
  await fixture.bump('v1.0.0');
}

test.each<[string, () => Promise<unknown>, Record<string, string>]>([
  ['opened', () => fixture.bump('v1.1.0'), {}],
  ['opened, with reviewers and labels', () => fixture.bump('v1.1.0'), people],
  ['updated to the next version', showOlder, { version: 'v1.2.0', ...people }],
  ['older one superseded', openOlder, {}],
  ['older one commented', openOlder, { supersede: 'comment' }],
  ['auto-merge armed', lockMain, { 'auto-merge': 'auto' }],
  ['merged at once', () => fixture.bump('v1.1.0'), { 'auto-merge': 'now' }],
  ['promoted', verifyThenPromote, promote],
  ['rolled back', verifyThenBack, { version: 'v1.0.0', mode: 'rollback', reason: 'errors' }],
])(
  '%s: wherever a run is cut off, the next one ends as if nothing had happened',
  async (name, prepare, inputs) => {
    await prepare();
    const figures = await crashEverywhere({
      name: `open-deploy-pr, ${name}`,
      github: fixture.github,
      repositories: [GITOPS, SOURCE],
      run: (fetch) => fixture.open(inputs, { fetch, timer: skippingTimer() }),
    });
    expect(figures.divergences[0]).toBeUndefined();
    expect(figures).toMatchObject({ equal: figures.cuts, writesOfThirdRuns: 0 });
    expect(figures.requests).toBeGreaterThan(8);
  },
  120_000,
);
