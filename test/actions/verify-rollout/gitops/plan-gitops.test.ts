import { describe, expect, test } from '@jest/globals';
import { causeTable } from '../../../../actions/verify-rollout/src/causes/cause-table.ts';
import type { KubeObject } from '../../../../actions/verify-rollout/src/cluster/kube-objects.ts';
import { deployment, kustomization, pod, replicaSet } from '../shop-objects.ts';
import { done, older, ours, progressing, type Step } from '../timelines/timeline.ts';
import { argo, flux, newer, verdictOf } from '../verdict-of.ts';

describe('Flux', () => {
  const ready = { status: 'True', reason: 'ReconciliationSucceeded' };
  const options = { expectation: { gitOps: flux } };

  test.each<readonly [string, object, object | undefined]>([
    ['FluxBuildFailed', { status: 'False', reason: 'BuildFailed', message: 'kustomize build failed' }, undefined],
    ['FluxHealthCheckFailed', { status: 'False', reason: 'HealthCheckFailed', message: 'timeout waiting' }, undefined],
    [
      'FluxApplyFailed',
      { status: 'False', reason: 'ReconciliationFailed', message: 'Deployment.apps "web" is invalid: spec' },
      undefined,
    ],
  ])('%s counts for an attempt at our commit, and for no older one', (kind, condition) => {
    const attempt = (commit: string): Step[] => [
      ...progressing,
      ['kustomizations', kustomization(older, condition, { status: { lastAttemptedRevision: `main@sha1:${commit}` } })],
    ];
    expect(verdictOf(attempt(ours), options)).toMatchObject({ result: 'failed', causes: [{ class: kind }] });
    expect(verdictOf(attempt(older), options).result).toBe('waiting');
  });

  test('a reason with the name of an inherited property is no cause', () => {
    const condition = { status: 'False', reason: 'constructor', message: 'a' };
    const step: Step = ['kustomizations', kustomization(older, condition, { status: { lastAttemptedRevision: ours } })];
    expect(verdictOf([...progressing, step], options)).toMatchObject({
      result: 'waiting',
      causes: [{ class: 'FluxNotApplied' }, { class: 'RolloutIncomplete' }],
    });
  });

  test('is believed only when it applied a commit that contains ours', () => {
    const withFlux = (commit: string): Step[] => [...done, ['kustomizations', kustomization(commit, ready)]];
    expect([ours, newer, older].map((commit) => verdictOf(withFlux(commit), options).result)).toEqual([
      'verified',
      'verified',
      'waiting',
    ]);
  });

  test('Stalled of an older generation of the Kustomization does not count', () => {
    const stalled = (observedGeneration: number) =>
      kustomization(older, ready, {
        status: { conditions: [{ type: 'Stalled', status: 'True', observedGeneration }] },
      });
    const result = (generation: number) =>
      verdictOf([...progressing, ['kustomizations', stalled(generation)]], options).result;
    expect([result(0), result(1)]).toEqual(['waiting', 'failed']);
  });

  test('Ready of an older generation of the Kustomization is not believed', () => {
    const stale = kustomization(ours, { ...ready, observedGeneration: 0 });
    expect(verdictOf([...done, ['kustomizations', stale]], options).result).toBe('waiting');
  });

  test('without an image to compare verifies whatever the commit brought, once that had a second to show', () => {
    const steps: Step[] = [...done, ['kustomizations', kustomization(ours, ready)]];
    const any = { gitOps: flux, image: { repository: '', tag: '', digest: '' } };
    expect(verdictOf(steps, { expectation: any, later: 0.5 }).result).toBe('waiting');
    expect(verdictOf(steps, { expectation: any, later: 1 }).result).toBe('verified');
  });

  test('suspended is told at once, or waited for', () => {
    const steps: Step[] = [['kustomizations', kustomization(older, ready, { spec: { suspend: true } })]];
    expect(verdictOf(steps, options)).toMatchObject({ result: 'suspended', causes: [{ class: 'FluxSuspended' }] });
    expect(verdictOf(steps, { expectation: { gitOps: flux, onSuspended: 'wait' } }).result).toBe('waiting');
  });

  test('with our commit applied and another image live for a second: somebody changed it', () => {
    const steps: Step[] = [
      ['deployments', deployment('1.0')],
      ['replicasets', replicaSet('1.0')],
      ['pods', pod('1.0', { name: 'a' })],
      ['pods', pod('1.0', { name: 'b' })],
      ['kustomizations', kustomization(ours, ready)],
    ];
    expect(verdictOf(steps, { ...options, later: 0.5 }).result).toBe('waiting');
    expect(verdictOf(steps, { ...options, later: 1.1 })).toMatchObject({
      result: 'failed',
      causes: [{ class: 'WrongImage' }],
    });
  });

  test('with a newer commit applied that brings another image: superseded', () => {
    const steps: Step[] = [
      ...progressing,
      ['deployments', deployment('1.2', { generation: 3 })],
      ['kustomizations', kustomization(newer, ready)],
    ];
    expect(verdictOf(steps, options).result).toBe('superseded');
  });

  test('a dependency that is not ready is named at the timeout, down to its root', () => {
    const dependent = kustomization(
      older,
      { status: 'False', reason: 'DependencyNotReady' },
      { spec: { dependsOn: [{ name: 'infra' }] } },
    );
    const root = {
      ...(kustomization(older, { status: 'False', reason: 'HealthCheckFailed', message: 'ingress' }) as KubeObject),
      metadata: { name: 'infra', namespace: 'flux-system', generation: 1 },
    };
    const verdict = verdictOf([...progressing, ['kustomizations', dependent], ['kustomizations', root]], {
      ...options,
      later: 600,
    });
    expect(verdict.causes[0]).toMatchObject({ class: 'FluxDependencyNotReady', object: 'kustomization/infra' });
  });
});

describe('Argo CD', () => {
  const options = { expectation: { gitOps: argo } };
  const application = (status: object, operation?: object): Step => [
    'applications',
    { metadata: { name: 'apps', namespace: 'argocd' }, ...(operation === undefined ? {} : { operation }), status },
  ];
  const synced = (revision: string) => ({ status: 'Synced', revision });
  const succeeded = { phase: 'Succeeded', finishedAt: '2026-11-22T12:00:05Z', syncResult: { revision: ours } };

  test('is believed when its health is newer than its operation', () => {
    const health = { status: 'Healthy' };
    const at = (reconciledAt: string) =>
      verdictOf(
        [...done, application({ sync: synced(ours), health, reconciledAt, operationState: succeeded })],
        options,
      ).result;
    expect([at('2026-11-22T12:00:04Z'), at('2026-11-22T12:00:05Z')]).toEqual(['waiting', 'verified']);
  });

  const health = { status: 'Healthy' };
  test('with several sources is believed by the revision of the GitOps repository', () => {
    const at = (commit: string) => {
      const revisions = ['1.2.3', commit];
      const operationState = { ...succeeded, syncResult: { revisions } };
      const status = {
        sync: { status: 'Synced', revisions },
        health,
        reconciledAt: '2026-11-22T12:00:05Z',
        operationState,
      };
      return verdictOf([...done, application(status)], options).result;
    };
    expect([ours, newer, older].map(at)).toEqual(['verified', 'verified', 'waiting']);
  });

  test('whose last operation failed for an older commit needs no other one when our commit is in sync', () => {
    const failed = { phase: 'Failed', finishedAt: '2026-11-22T12:00:00Z', syncResult: { revision: older } };
    const status = { sync: synced(ours), health, reconciledAt: '2026-11-22T12:00:05Z', operationState: failed };
    expect(verdictOf([...done, application(status)], options).result).toBe('verified');
  });

  test('a sync that is refused for good fails while Argo CD still retries', () => {
    const operationState = {
      phase: 'Running',
      finishedAt: '2026-11-22T12:00:05Z',
      retryCount: 1,
      message: 'Deployment.apps "web" is invalid',
      operation: { sync: { revision: ours } },
    };
    expect(verdictOf([...progressing, application({ operationState })], options)).toMatchObject({
      result: 'failed',
      causes: [{ class: 'ArgoSyncFailed' }],
    });
    const passing = { ...operationState, message: 'connection refused' };
    expect(verdictOf([...progressing, application({ operationState: passing })], options).result).toBe('waiting');
  });

  test('an older operation that blocks our commit is named at the timeout, with the command that ends it', () => {
    const operationState = {
      phase: 'Running',
      startedAt: '2026-11-22T11:00:00Z',
      operation: { sync: { revision: older } },
    };
    const verdict = verdictOf([...progressing, application({ operationState, sync: synced(ours) })], {
      ...options,
      later: 600,
    });
    expect(verdict.causes.map(({ class: kind }) => kind)).toContain('ArgoOlderOperation');
    expect(causeTable.ArgoOlderOperation.command).toContain('terminate-op');
  });
});
