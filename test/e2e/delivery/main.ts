import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endWithParent } from '../../sandbox/end-with-parent.ts';
import { environments, startSandbox } from '../../sandbox/sandbox.ts';
import { type Delivery, StepFailed, story } from './delivery.ts';
import { deploy } from './deploy.ts';
import { narrateAsJson, narrateForPeople } from './narrator.ts';
import { type DeliveryOptions, parseArguments } from './parse-arguments.ts';
import { proposeChange, testChange } from './propose-change.ts';
import { mergePull, pushImage, tagVersion } from './release.ts';

const INTERRUPTED = 130;

/** `npm start`: plays a whole delivery in the sandbox with the committed bundles. Exit code 0 delivered, 1 not, 2 wrong arguments. */
async function main(argv: readonly string[]): Promise<number> {
  let options: DeliveryOptions;
  try {
    options = parseArguments(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    return 2;
  }
  endWithParent();
  const folder = await mkdtemp(join(tmpdir(), 'trunkline-delivery-'));
  // So that whatever is killed leaves nothing outside of this folder.
  process.env['TMPDIR'] = folder;
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  try {
    return await play(options, { folder, signal: stop.signal });
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await rm(folder, { recursive: true, force: true });
  }
}

async function play(options: DeliveryOptions, place: { folder: string; signal: AbortSignal }): Promise<number> {
  const narrator = options.json ? narrateAsJson(process.stdout) : narrateForPeople(process.stdout);
  const started = performance.now();
  const sandbox = await narrator.step('The sandbox starts: GitHub, registry, cluster; v1.4.0 runs', async (tell) => {
    const ready = await startSandbox({ folder: place.folder });
    tell(`GitHub ${ready.github.serverUrl}, registry ${ready.registry.url}, Kubernetes ${ready.cluster.url}`);
    return ready;
  });
  const delivery: Delivery = { ...place, sandbox, narrator, breakage: options.breakage };
  try {
    const lines = await Promise.race([interrupted(place.signal), deliver(delivery)]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    narrator.conclude('delivered', [...lines, `from pull request to production in ${seconds} s`]);
    return 0;
  } catch (error) {
    if (place.signal.aborted) {
      narrator.conclude('failed', ['interrupted']);
      return INTERRUPTED;
    }
    if (!(error instanceof StepFailed)) throw error;
    narrator.conclude('failed', [error.message, await productionState(delivery)]);
    return 1;
  } finally {
    await sandbox.close();
  }
}

async function deliver(delivery: Delivery): Promise<string[]> {
  const change = await proposeChange(delivery);
  await testChange(delivery, change);
  const title = 'A reviewer merges the pull request';
  const sha = await mergePull(delivery, {
    repository: story.source,
    number: change.pull.number,
    method: 'squash',
    title,
  });
  const version = await tagVersion(delivery, sha);
  const release = await pushImage(delivery, { ...version, sha });
  const lines: string[] = [];
  for (const environment of environments) {
    const verified = await deploy(delivery, release, environment);
    lines.push(`${environment} runs ${verified.version}; lead time ${verified.leadTime}`);
  }
  return lines;
}

async function productionState({ sandbox }: Delivery): Promise<string> {
  const answer = await fetch(sandbox.versionUrls.production);
  return `production is untouched: ${sandbox.versionUrls.production} answers ${(await answer.text()).trim()}`;
}

function interrupted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const reason = new Error('interrupted');
    if (signal.aborted) reject(reason);
    signal.addEventListener('abort', () => reject(reason), { once: true });
  });
}

process.exitCode = await main(process.argv.slice(2));
