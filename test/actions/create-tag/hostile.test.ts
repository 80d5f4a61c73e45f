import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { Report } from '#shared/run-action.ts';
import { runStep, type StepContext } from '../../support/run-step.ts';
import { type Service, startService } from './start-service.ts';

let service: Service;
beforeEach(async () => {
  service = await startService();
  await service.run();
});
afterEach(() => service.close());

const words = 'fixes #1, @octocat <!-- --> <img src=x onerror=alert(1)> [x](javascript:alert(1)) \u001b[31mred\u202e';
const message = [
  `feat(@everyone <b>): ::set-output name=a::b ${words}`,
  '',
  words,
  '::error::boo',
  '##[group]boo',
  '',
  `BREAKING CHANGE: closes acme/x#2 ${'@everyone '.repeat(50)}| a | b`,
  '::stop-commands::x',
  '',
  'x'.repeat(1_000_000),
].join('\n');

/** Markdown and log lines do nothing that the text in them asks for. */
function expectHarmless(...texts: readonly string[]): void {
  for (const text of texts) {
    expect(text).not.toMatch(/^\s*::|##\[|<img|<b>|<!--|@octocat|@everyone|[^&]#1\b|x#2|\]\(javascript/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
    expect(text).not.toMatch(/[\u0000-\u0008\u001b\u202e]/);
    expect(text.length).toBeLessThan(70_000);
  }
}

function textsOf({ summary, outputs, annotations = [] }: Report): string[] {
  return [summary, String(outputs['notes'] ?? ''), ...annotations.map((annotation) => annotation.message)];
}

function contextOf(sha: string): StepContext {
  const { apiUrl, graphqlUrl, tokens } = service.github;
  const github = { REPOSITORY: service.repository, SHA: sha, REF: 'refs/heads/main', EVENT_NAME: 'push' };
  const urls = { API_URL: apiUrl, GRAPHQL_URL: graphqlUrl, SERVER_URL: 'https://github.com' };
  const event = { repository: { default_branch: 'main' } };
  return { github: { ...github, ...urls }, token: tokens.workflow, event };
}

describe('a hostile commit message', () => {
  test('does nothing in log, summary, notes and decision, and still counts', async () => {
    const { report, runner } = await service.run({ sha: await service.commit(message), with: { release: 'publish' } });
    expect(report.outputs).toMatchObject({ version: '0.2.0' });
    expectHarmless(...textsOf(report), ...runner.lines);
    expect(JSON.stringify(report.outputs.decision).length).toBeLessThan(5_000);
    expect(JSON.stringify(report.outputs.decision)).not.toContain('\\u001b');
    const release = service.github.records(service.repository).releases.at(-1);
    expectHarmless(release?.body ?? '');
  });

  test('does nothing in what the runner reads from the bundle', async () => {
    const sha = await service.commit(message);
    const ran = await runStep('create-tag', {}, { context: contextOf(sha) });
    expect(ran).toMatchObject({ exitCode: 0, outputs: { version: '0.2.0', created: 'true' } });
    expect(ran.annotations).toMatchObject([{ level: 'notice', message: expect.stringContaining('GITHUB_TOKEN') }]);
    const line = `create-tag: v0.2.0 created on ${sha.slice(0, 7)} after v0.1.0: 1 commit asks for major (breaking (footer)), which below 1.0.0 is minor (5 requests)`;
    expect(ran.log.split('\n')).toContain(line);
    expectHarmless(ran.summary, ran.outputs['notes'] ?? '');
    expect(Object.keys(ran.outputs)).not.toContain('a');
    expect(JSON.parse(ran.outputs['decision'] ?? '')).toMatchObject({ version: '0.2.0' });
  });

  test('does nothing in a step that fails after the tag, whose log ends with the reason code', async () => {
    const sha = await service.commit(message);
    const ran = await runStep(
      'create-tag',
      { dispatch: 'nothing.yml', summary: 'on-failure' },
      { context: contextOf(sha) },
    );
    expect(ran).toMatchObject({ exitCode: 1, outputs: { tag: 'v0.2.0', 'reason-code': 'dispatch-failed' } });
    expect(ran.log).toMatch(/To do: Check the file name in `dispatch`.* \(reason-code: dispatch-failed\)\n$/);
    expectHarmless(ran.summary, ran.log);
  });

  test('does nothing as the title or label of a pull request either, NUL bytes included', async () => {
    const base = String((await service.run()).report.outputs.sha);
    const sha = await service.commit('wip', { branch: 'topic', parents: [base] });
    const pull = { number: 7, title: `feat: \u0000${message}`, merged: false, base: { sha: base, repo: {} } };
    const labels = [{ name: `\u001b[1m::error::${words}` }, { name: 'patch' }];
    const event = { repository: { default_branch: 'main' }, pull_request: { ...pull, labels } };
    const { report, runner } = await service.run({
      ...{ sha, ref: 'refs/pull/7/merge', eventName: 'pull_request', event },
      with: { 'dry-run': 'true', source: 'labels\ncommits' },
    });
    expect(report.outputs).toMatchObject({ version: '0.1.1', reason: 'dry-run' });
    expectHarmless(...textsOf(report), ...runner.lines);
  });
});
