import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listActions, readActionManifest } from '../support/action-manifest.ts';
import { runStep, type StepContext } from '../support/run-step.ts';

const TOKEN = 'ghs_0123456789abcdefghijklmnopqrstuvwxyz';
let server: Server;
let connections = 0;
let context: StepContext;

beforeAll(async () => {
  server = createServer((_, response) => response.writeHead(500).end()).on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  context = {
    token: TOKEN,
    github: {
      API_URL: url,
      GRAPHQL_URL: `${url}/graphql`,
      SERVER_URL: url,
      REPOSITORY: 'acme/api',
      SHA: 'a'.repeat(40),
      REF: 'refs/heads/main',
      EVENT_NAME: 'push',
    },
  };
});

afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe.each(await listActions())('the committed bundle of %s, run as the runner runs it', (action) => {
  test('refuses bad inputs with one error that lists them all, sends nothing, writes nothing, and ends by itself', async () => {
    const before = connections;
    const { inputs } = await readActionManifest(action);
    const given = { 'dry-runn': 'true', 'dry-run': 'maybe', summary: 'sometimes' };
    const result = await runStep(action, given, { context });

    expect(Object.keys(inputs)).toEqual(expect.arrayContaining(['dry-run', 'summary']));
    expect(result.exitCode).toBe(1);
    const errors = result.annotations.filter(({ level }) => level === 'error');
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain('"dry-runn": unknown input; did you mean "dry-run"?');
    expect(errors[0]?.message).toContain('dry-run: "maybe" is not allowed; allowed: true or false');
    expect(errors[0]?.message).toContain('summary: "sometimes" is not allowed; allowed: always, on-failure, never');
    expect(result.outputs).toEqual({ 'reason-code': 'bad-input', requests: '0' });
    expect(result.summary).toContain('bad-input');
    expect(connections - before).toBe(0);
  });

  test('names a required input that is missing', async () => {
    const { inputs } = await readActionManifest(action);
    const empty = Object.fromEntries(Object.keys(inputs).map((name) => [name, '']));
    const required = Object.keys(inputs).filter((name) => inputs[name]?.required);
    const result = await runStep(action, { ...empty, nonsense: '1' }, { context });
    for (const name of required) expect(result.annotations[0]?.message).toContain(`${name}: missing`);
    expect(result.exitCode).toBe(1);
  });
});

describe.each(await actionsWithToken())('the committed bundle of %s', (action, token) => {
  test('never shows its token', async () => {
    const result = await runStep(action, { [token]: TOKEN, summary: TOKEN }, { context });
    expect(result.exitCode).toBe(1);
    expect(result.log).not.toContain(TOKEN);
    expect(result.log).toContain('***');
  });
});

async function actionsWithToken(): Promise<[action: string, token: string][]> {
  const found: [string, string][] = [];
  for (const action of await listActions()) {
    const token = Object.keys((await readActionManifest(action)).inputs).find((name) => name.endsWith('token'));
    if (token !== undefined) found.push([action, token]);
  }
  return found;
}
