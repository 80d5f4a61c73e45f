import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { projectRoot } from '../support/action-manifest.ts';
import { watchedProcess } from '../support/watched-process.ts';

interface Event {
  readonly event: string;
  readonly title?: string;
  readonly text?: string;
  readonly outcome?: string;
  readonly lines?: readonly string[];
}

let temporary: string;

beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), 'trunkline-delivery-test-'));
});

afterEach(() => rm(temporary, { recursive: true, force: true }));

function startDelivery(...argv: string[]) {
  const main = join(projectRoot, 'build', 'test', 'e2e', 'delivery', 'main.js');
  const child = spawn(process.execPath, [...watchedProcess, main, '--json', ...argv], {
    env: { ...process.env, TMPDIR: temporary },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return {
    child,
    ended,
    events: () =>
      output
        .trim()
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Event),
    errors: () => errors,
  };
}

async function deliver(...argv: string[]) {
  const delivery = startDelivery(...argv);
  const exitCode = await delivery.ended;
  const events = delivery.events();
  const evidence = events.filter(({ event }) => event === 'evidence').map(({ text }) => text ?? '');
  const failed = events.find(({ event, outcome }) => event === 'step-finished' && outcome === 'failure');
  const last = events.at(-1);
  return { exitCode, events, evidence, failed: failed?.title, last, errors: delivery.errors() };
}

describe('a whole delivery with the committed bundles', () => {
  test('goes from a pull request to a verified version in production', async () => {
    const { exitCode, evidence, failed, last, errors } = await deliver();
    expect([errors, failed, exitCode]).toEqual(['', undefined, 0]);
    expect(evidence).toContainEqual(expect.stringMatching(/^subset: \d+ of 5 test files/));
    expect(evidence).toContainEqual(expect.stringMatching(/^v1\.4\.0 -> v1\.5\.0 \(minor\)/));
    expect(evidence).toContainEqual(expect.stringMatching(/verified in .* answers .*"version":"v1\.5\.0"/));
    expect(last).toMatchObject({ event: 'finished', outcome: 'delivered' });
    expect(last?.lines?.join('\n')).toMatch(/staging runs v1\.5\.0[\s\S]*production runs v1\.5\.0/);
    expect(await readdir(temporary)).toEqual([]);
  }, 120_000);

  test.each([
    ['tests', /^test-subset/, /a thought is found by a word within it/],
    ['image', /^verify-rollout watches staging/, /ImageNotFound[\s\S]*v1\.5\.0/],
    [
      'crash',
      /^verify-rollout watches staging/,
      /server[\s\S]*exit code 3[\s\S]*restart[\s\S]*cannot open the search index/,
    ],
    ['config', /^verify-rollout watches staging/, /CreateContainerConfigError[\s\S]*configmap/i],
  ])(
    '--break %s ends with exit code 1, names the cause, and leaves production as it was',
    async (breakage, step, cause) => {
      const { exitCode, evidence, failed, last } = await deliver('--break', breakage);
      expect(exitCode).toBe(1);
      expect(failed).toMatch(step);
      expect(evidence.filter((line) => line.startsWith('error: ')).join('\n')).toMatch(cause);
      expect(last).toMatchObject({ event: 'finished', outcome: 'failed' });
      expect(last?.lines?.at(-1)).toMatch(/^production is untouched: .*"version":"v1\.4\.0"/);
      expect(await readdir(temporary)).toEqual([]);
    },
    120_000,
  );

  test('an unknown argument is told with what is allowed', async () => {
    const delivery = startDelivery('--brake', 'crash');
    expect(await delivery.ended).toBe(2);
    expect(delivery.errors()).toContain('--break image|crash|config|tests');
  });

  test.each(['SIGTERM', 'SIGKILL'] as const)(
    '%s in the middle leaves no process behind',
    async (signal) => {
      const delivery = startDelivery();
      while (!delivery.events().some(({ title }) => title?.includes('create-tag'))) await pause(100);
      delivery.child.kill(signal);
      await delivery.ended;
      for (let waited = 0; waited < 100 && (await processesIn(temporary)).length > 0; waited++) await pause(100);
      expect(await processesIn(temporary)).toEqual([]);
    },
    60_000,
  );
});

// Every process of a delivery is started with its temporary folder in its environment, its arguments or as its folder.
async function processesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)) {
    const parts = await Promise.all([
      readFile(`/proc/${pid}/environ`, 'utf8').catch(() => ''),
      readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      readlink(`/proc/${pid}/cwd`).catch(() => ''),
    ]);
    if (parts.some((part) => part.includes(folder))) found.push(parts[1].replaceAll('\0', ' '));
  }
  return found;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
