import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { readInputs } from '#shared/inputs.ts';
import { RequestMeter } from '#shared/request-meter.ts';
import { connectPorts } from '../../../actions/verify-rollout/src/index.ts';
import { inputSpec } from '../../../actions/verify-rollout/src/inputs.ts';
import { run } from '../../../actions/verify-rollout/src/run.ts';
import { ScriptedApiServer } from '../../shared/cluster/scripted-api-server.ts';
import { recordingRunner } from '../../support/recording-runner.ts';
import { deployment, image, kustomization, namespace, pod, replicaSet } from './shop-objects.ts';

let server: ScriptedApiServer;
beforeEach(async () => {
  server = await new ScriptedApiServer().start();
});
afterEach(() => server.close());

function verify(given: Record<string, string>) {
  const environment: Record<string, string> = {
    'INPUT_KUBERNETES-API-URL': server.url,
    'INPUT_KUBERNETES-TOKEN': server.token,
    INPUT_NAMESPACE: namespace,
  };
  for (const [name, value] of Object.entries(given)) environment[`INPUT_${name.toUpperCase()}`] = value;
  const inputs = readInputs(inputSpec, environment);
  const runner = recordingRunner();
  const meter = new RequestMeter();
  return { runner, meter, report: run(inputs, connectPorts(inputs, { runner, meter })) };
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const web = { image, tag: '1.1', timeout: '20s' };

function putOld(): void {
  server.put('deployments', deployment('1.0', { generation: 1 }));
  server.put('replicasets', replicaSet('1.0'));
  server.put('pods', pod('1.0', { name: 'old-a' }));
  server.put('pods', pod('1.0', { name: 'old-b' }));
}

function putNew(): void {
  server.put('replicasets', replicaSet('1.1'));
  server.put('pods', pod('1.1', { name: 'new-a' }));
  server.put('pods', pod('1.1', { name: 'new-b' }));
  server.remove('pods', 'old-a');
  server.remove('pods', 'old-b');
  server.put('deployments', deployment('1.1'));
}

describe('verify-rollout against an API server', () => {
  test('waits for the new version and is done when it is complete', async () => {
    putOld();
    const { report, runner, meter } = verify(web);
    await sleep(600);
    putNew();
    const { outputs, reasonCode, failure, summary } = await report;
    expect({ reasonCode, failure, result: outputs.result }).toEqual({
      reasonCode: 'verified',
      failure: undefined,
      result: 'verified',
    });
    expect(outputs.imageIds).toEqual([`sha256:${'a'.repeat(64)}`]);
    expect(summary).toContain('gantt');
    expect(meter.count).toBeLessThanOrEqual(10);
    expect(runner.lines.join('\n')).not.toContain(server.token);
  });

  test('names container, exit code, restarts and the last log line of a crash loop, without secrets', async () => {
    putOld();
    server.logs.set('new-a/web/previous', 'starting\nPASSWORD=hunter22\npanic: no database @everyone\n');
    const { report } = verify(web);
    await sleep(200);
    server.put('replicasets', replicaSet('1.1'));
    server.put('deployments', deployment('1.1', { status: { updatedReplicas: 1 } }));
    const crash = { reason: 'Error', exitCode: 3 };
    server.put(
      'pods',
      pod('1.1', { name: 'new-a', restarts: 2, waiting: { reason: 'CrashLoopBackOff' }, lastTerminated: crash }),
    );
    const { outputs, failure, summary, annotations } = await report;
    expect(outputs.result).toBe('failed');
    expect(outputs.causes).toMatchObject([
      {
        class: 'CrashLoopBackOff',
        object: 'pod/new-a',
        container: 'web',
        log: ['starting', 'PASSWORD=***', 'panic: no database @everyone'],
      },
    ]);
    expect(failure).toContain('exit code 3, 2 restarts');
    expect(annotations?.[0]?.level).toBe('error');
    expect(summary).toContain('kubectl -n shop logs pod/new-a -c web --previous');
  });

  test('survives cut watches and an expired history while it waits', async () => {
    putOld();
    const { report } = verify(web);
    await sleep(400);
    server.compact();
    server.cutWatches();
    await sleep(100);
    putNew();
    expect((await report).outputs.result).toBe('verified');
  });

  test('times out with the most probable cause', async () => {
    putOld();
    const { outputs, failure } = await verify({ ...web, timeout: '1s' }).report;
    expect(outputs.result).toBe('timed-out');
    expect(outputs.causes).toMatchObject([
      { class: 'NotApplied', evidence: `runs ${image}:1.0, expected ${image}:1.1` },
    ]);
    expect(failure).toContain('timed-out');
  });

  test('with dry-run reads the state once, waits for nothing and does not fail', async () => {
    putOld();
    const { report } = verify({ ...web, 'dry-run': 'true' });
    const { outputs, reasonCode, failure } = await report;
    expect({ result: outputs.result, reasonCode, failure }).toEqual({
      result: 'waiting',
      reasonCode: 'dry-run',
      failure: undefined,
    });
    expect(server.requests.some(({ watch }) => watch)).toBe(false);
  });

  test('says so when no workload uses the image', async () => {
    server.put(
      'deployments',
      deployment('1.0', { spec: { template: { spec: { containers: [{ name: 'other', image: 'nginx:1' }] } } } }),
    );
    await expect(verify({ ...web, timeout: '1s' }).report).rejects.toMatchObject({ reasonCode: 'no-workloads' });
  });

  test('finds the workloads of a Flux Kustomization, and waits for Flux, in at most ten requests', async () => {
    putNew();
    server.put('kustomizations', kustomization('a'.repeat(40), { status: 'Unknown', reason: 'Progressing' }));
    const { report, meter } = verify({ ...web, 'flux-kustomization': 'apps' });
    await sleep(500);
    server.put('kustomizations', kustomization('a'.repeat(40), { status: 'True', reason: 'ReconciliationSucceeded' }));
    const { outputs } = await report;
    expect(outputs.result).toBe('verified');
    expect(meter.count).toBeLessThanOrEqual(10);
  });

  test('tells why Flux does not bring a new workload, and does not wait for it', async () => {
    const failed = kustomization(
      'a'.repeat(40),
      { status: 'False', reason: 'BuildFailed', message: 'no such file' },
      { status: { inventory: { entries: [] } } },
    );
    server.put('kustomizations', failed);
    const { outputs } = await verify({ ...web, 'flux-kustomization': 'apps' }).report;
    expect(outputs.causes).toMatchObject([{ class: 'FluxBuildFailed' }]);
  });

  test('follows the clock of the API server, ten minutes away from ours', async () => {
    server.skewMs = -600_000;
    putOld();
    const { report } = verify({ ...web, timeout: '5s' });
    await sleep(300);
    putNew();
    expect((await report).outputs.result).toBe('verified');
  });
});

describe('an API server that cannot be reached', () => {
  test('gives a result of its own, which does not fail the step', async () => {
    const given = { ...web, timeout: '1s', 'kubernetes-api-url': 'http://127.0.0.1:1' };
    const { outputs, reasonCode, failure } = await verify(given).report;
    expect({ result: outputs.result, reasonCode, failure }).toEqual({
      result: 'unreachable',
      reasonCode: 'unreachable',
      failure: undefined,
    });
  });

  test('is told from one that refuses the token', async () => {
    const { report } = verify({ ...web, 'kubernetes-token': 'wrong' });
    await expect(report).rejects.toMatchObject({ reasonCode: 'cluster-unauthorized' });
  });
});

describe('after the rollout', () => {
  test('asks the service for its version until it answers the new one three times in a row', async () => {
    putOld();
    putNew();
    const answers = ['1.0', '1.1', '1.0', 'v1.1', 'v1.1', 'v1.1'];
    let asked = 0;
    const service = createServer((_, response) =>
      response.end(JSON.stringify({ build: { version: answers[asked++] ?? '1.1' } })),
    );
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/version`;
    const { outputs } = await verify({ ...web, 'version-url': url, 'version-path': 'build.version' }).report;
    service.close();
    expect({ result: outputs.result, asked }).toEqual({ result: 'verified', asked: 6 });
  });

  test('fails when the service keeps telling another version', async () => {
    putOld();
    putNew();
    const service = createServer((_, response) => response.end('1.0'));
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    const url = `http://127.0.0.1:${(service.address() as AddressInfo).port}/version`;
    const { outputs } = await verify({ ...web, timeout: '2s', 'version-url': url }).report;
    service.close();
    expect(outputs.causes).toMatchObject([
      { class: 'VersionMismatch', evidence: expect.stringContaining('version 1.0, expected 1.1') },
    ]);
  });

  test('fails when a container restarts while it soaks', async () => {
    putOld();
    putNew();
    const { report } = verify({ ...web, soak: '1s' });
    await sleep(600);
    server.put('pods', pod('1.1', { name: 'new-a', restarts: 1 }));
    expect((await report).outputs.causes).toMatchObject([{ class: 'SoakFailed', object: 'pod/new-a' }]);
  });
});
