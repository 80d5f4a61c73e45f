import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { callGitHub, type Delivery, git, runAction, story } from './delivery.ts';

interface PullRequest {
  readonly number: number;
  readonly head: { readonly sha: string; readonly ref: string };
  readonly base: { readonly sha: string; readonly ref: string };
}

const BRANCH = 'search-thoughts';

/** A developer's part: a branch, a change with its test, a pull request. */
export async function proposeChange(delivery: Delivery): Promise<{ pull: PullRequest; checkout: string }> {
  return delivery.narrator.step('A developer opens a pull request', async (tell) => {
    const checkout = join(delivery.folder, 'checkout');
    const { serverUrl, tokens } = delivery.sandbox.github;
    const url = serverUrl.replace('//', `//x-access-token:${tokens.admin}@`);
    await git(delivery.folder, 'clone', '--quiet', `${url}/${story.source}.git`, checkout);
    await git(checkout, 'switch', '--quiet', '--create', BRANCH);
    await writeChange(checkout, delivery.breakage);
    await git(checkout, 'add', '--all');
    await git(checkout, 'commit', '--quiet', '--message', 'feat: thoughts can be searched\n\nGET /thoughts?q=word');
    await git(checkout, 'push', '--quiet', 'origin', BRANCH);
    const pull = await callGitHub<PullRequest>(delivery, `POST /repos/${story.source}/pulls`, {
      title: 'feat: thoughts can be searched',
      head: BRANCH,
      base: 'main',
      body: 'So that a thought is found again.',
    });
    tell(`#${pull.number} ${pull.head.ref} -> ${pull.base.ref} at ${pull.head.sha.slice(0, 9)}`);
    tell(await git(checkout, 'diff', '--stat', 'main', BRANCH));
    return { pull, checkout };
  });
}

/** test-subset on the pull request: the tests that the change can break, run by the project's own runner. */
export async function testChange(delivery: Delivery, change: { pull: PullRequest; checkout: string }): Promise<void> {
  await delivery.narrator.step('test-subset runs the tests that the change can break', async (tell) => {
    const { pull, checkout } = change;
    const { outputs } = await runAction(delivery, {
      action: 'test-subset',
      inputs: { run: 'true' },
      tell,
      place: {
        repository: story.source,
        eventName: 'pull_request',
        sha: pull.head.sha,
        ref: `refs/pull/${pull.number}/merge`,
        event: { number: pull.number, pull_request: pull },
        token: delivery.sandbox.github.tokens.workflow,
        workspace: checkout,
      },
    });
    tell(`${outputs['mode']}: ${outputs['count']} of ${outputs['total']} test files: ${outputs['tests']}`);
  });
}

async function writeChange(checkout: string, breakage: Delivery['breakage']): Promise<void> {
  const edit = async (path: string, change: (text: string) => string) => {
    const file = join(checkout, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, change(await readFile(file, 'utf8').catch(() => '')));
  };
  const comparison = breakage === 'tests' ? 'text.startsWith(word)' : 'text.includes(word)';
  await edit('src/store.js', (text) =>
    text.replace('    count:', `    search: (word) => thoughts.filter(({ text }) => ${comparison}),\n    count:`),
  );
  await edit('src/routes/thoughts.js', (text) =>
    text.replace(
      "  if (request.method === 'GET') return { status: 200, body: { greeting: config.greeting, thoughts: store.list() } };",
      "  const word = new URL(request.url, 'http://localhost').searchParams.get('q');\n  const found = word ? store.search(word) : store.list();\n  if (request.method === 'GET') return { status: 200, body: { greeting: config.greeting, thoughts: found } };",
    ),
  );
  await edit('test/search.test.js', () => searchTest);
  // No test starts the whole server, so this one slips through, as such things do.
  if (breakage === 'crash') {
    await edit('src/server.js', (text) =>
      text.replace(
        'const server =',
        "if (!process.env.SEARCH_INDEX) {\n  console.error('fatal: cannot open the search index: SEARCH_INDEX is not set');\n  process.exit(3);\n}\nconst server =",
      ),
    );
  }
}

const searchTest = `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createStore } from '../src/store.js';

test('a thought is found by a word within it', () => {
  const store = createStore();
  store.add('a deep thought');
  store.add('another');
  assert.deepEqual(store.search('deep').map(({ text }) => text), ['a deep thought']);
});
`;
