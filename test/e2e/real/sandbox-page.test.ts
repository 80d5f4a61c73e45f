import { execFileSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.ts';
import { runStep } from '../../support/run-step.ts';

const service = 'acme/thoughts-backend';
const hostile = `<img src=x onerror="window.hacked=1"><script>window.hacked=2</script>"'&\u202e</details></td>`;
// Nothing that asks other machines, and no sandbox of Chromium's own, which needs rights that CI has not.
const quiet = ['--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];
const unchanging = ['--disable-component-update', '--disable-sync'];

let folder: string;
let sandbox: Sandbox;
let browser: Browser;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-page-'));
  sandbox = await startSandbox({ folder });
  const executablePath = execFileSync('sh', ['-c', 'command -v chromium || command -v google-chrome'])
    .toString()
    .trim();
  browser = await chromium.launch({ executablePath, chromiumSandbox: false, args: [...quiet, ...unchanging] });
});

afterAll(async () => {
  await browser.close();
  await sandbox.close();
  await rm(folder, { recursive: true, force: true });
});

async function call(path: string, body: object): Promise<void> {
  const answer = await fetch(`${sandbox.github.apiUrl}/repos/${service}${path}`, {
    method: 'POST',
    headers: { authorization: `token ${sandbox.github.tokens.admin}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([path, answer.status]).toEqual([path, 201]);
}

/** Opens the page, and notes what it asks of whom and what goes wrong in it. */
async function open(
  options: BrowserContextOptions = {},
): Promise<{ page: Page; asked: Set<string>; faults: string[] }> {
  const page = await (await browser.newContext(options)).newPage();
  const asked = new Set<string>();
  const faults: string[] = [];
  page.on('request', (request) => asked.add(new URL(request.url()).origin));
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('console', (message) => void (message.type() === 'error' && faults.push(message.text())));
  page.on('dialog', (dialog) => {
    faults.push(dialog.message());
    void dialog.dismiss();
  });
  await page.goto(sandbox.github.serverUrl);
  return { page, asked, faults };
}

describe('the page of the sandbox, in Chromium', () => {
  test('shows live what an action does, and a hostile title does nothing', async () => {
    const { page, asked, faults } = await open();
    await page.evaluate('window.notReloaded = true');
    const sha = await sandbox.github.commit(service, { message: 'feat: more', files: { 'more.txt': 'more\n' } });
    const { github } = sandbox;
    const ran = await runStep(
      'create-tag',
      {},
      {
        context: {
          github: {
            ...{ REPOSITORY: service, SHA: sha, REF: 'refs/heads/main', EVENT_NAME: 'push' },
            ...{ API_URL: github.apiUrl, GRAPHQL_URL: github.graphqlUrl, SERVER_URL: 'https://github.com' },
          },
          token: github.tokens.workflow,
          event: { ref: 'refs/heads/main', after: sha, repository: { full_name: service, default_branch: 'main' } },
        },
      },
    );
    expect(ran.outputs['tag']).toBe('v1.5.0');
    const tags = page.getByRole('table', { name: 'Tags' }).first();
    await tags.getByText('v1.5.0').waitFor();
    const requests = page.getByRole('table', { name: /^The last 100 requests/ });
    await requests.getByText(`/repos/${service}/git/refs`, { exact: true }).waitFor();

    await github.commit(service, { branch: 'topic', message: 'fix: x', files: { 'x.txt': 'x\n' } });
    await call('/pulls', { title: hostile, body: hostile, head: 'topic', base: 'main' });
    await call('/deployments', { ref: 'main', environment: 'staging', required_contexts: [] });
    const pulls = page.getByRole('table', { name: 'Pull requests' });
    await pulls.getByText('window.hacked=1').first().waitFor();
    await page.getByRole('table', { name: 'Deployments' }).getByText('staging').waitFor();
    expect(await pulls.locator('summary').textContent()).toBe(hostile);
    await pulls.locator('summary').click();
    await call('/labels', { name: 'release', color: 'ededed' });
    await requests.getByText(`/repos/${service}/labels`).waitFor();
    expect(await pulls.locator('details').getAttribute('open')).not.toBeNull();
    expect(await page.evaluate('[window.notReloaded, window.hacked, document.images.length]')).toEqual([
      true,
      undefined,
      0,
    ]);
    expect([[...asked], faults]).toEqual([[github.serverUrl], []]);
    expect(github.requests.count(/^GET \/(_sandbox.*)?$/)).toBe(0);
  });

  test('is whole without its script, with landmarks and headers for those who do not see it', async () => {
    const { page } = await open({ javaScriptEnabled: false });
    for (const role of ['banner', 'navigation', 'main', 'status'] as const)
      expect(await page.getByRole(role).count()).toBe(1);
    expect(await page.getByRole('heading', { level: 2 }).allTextContents()).toEqual([
      ...[service, 'acme/gitops', 'Cluster', 'Requests', 'Addresses'],
    ]);
    const workloads = page.getByRole('table', { name: 'Workloads' });
    expect(await workloads.getByRole('columnheader').allTextContents()).toEqual([
      ...['Namespace', 'Kind', 'Name', 'Ready', 'Status', 'Images'],
    ]);
    const row = workloads.getByRole('row', { name: /^staging Deployment thoughts-backend/ });
    expect(await row.getByRole('cell').allTextContents()).toContain(`${sandbox.image}:v1.4.0`);
    expect(await page.content()).not.toMatch(/gh[ps]_|sandbox-[0-9a-f]{8}-/);
  });

  test.each(['light', 'dark'] as const)(
    'is readable in %s: every text has the contrast of WCAG AA',
    async (colorScheme) => {
      const { page } = await open({ colorScheme });
      await page.getByText('Live: follows what happens.').waitFor();
      const ratios = await page.evaluate(contrasts);
      expect(ratios.length).toBeGreaterThan(100);
      expect(ratios.filter(({ ratio }) => ratio < 4.5)).toEqual([]);
    },
  );
});

/** The contrast of each element with text of its own against the ground behind it. Runs in the page. */
function contrasts(): { text: string; ratio: number }[] {
  interface Element {
    readonly parentElement: Element | null;
    readonly childNodes: Iterable<{ nodeType: number; textContent: string | null }>;
  }
  const { document, getComputedStyle } = globalThis as unknown as {
    document: { querySelectorAll(selector: string): Iterable<Element> };
    getComputedStyle(element: Element): { color: string; backgroundColor: string };
  };
  const luminance = (color: string) => {
    const [red = 0, green = 0, blue = 0] = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const groundOf = (element: Element): string => {
    const { backgroundColor } = getComputedStyle(element);
    const isClear = backgroundColor === 'rgba(0, 0, 0, 0)' && element.parentElement !== null;
    return isClear ? groundOf(element.parentElement as Element) : backgroundColor;
  };
  return [...document.querySelectorAll('body *')].flatMap((element) => {
    const text = [...element.childNodes].find(({ nodeType, textContent }) => nodeType === 3 && textContent?.trim());
    if (text === undefined) return [];
    const [one, other] = [getComputedStyle(element).color, groundOf(element)].map(luminance).sort((a, b) => b - a);
    return [{ text: text.textContent ?? '', ratio: ((one ?? 0) + 0.05) / ((other ?? 0) + 0.05) }];
  });
}
