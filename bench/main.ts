import { printActions } from './actions.ts';
import { printBumpGitOpsImage } from './bump-gitops-image.ts';
import { printCreateTag } from './create-tag.ts';
import { printSandbox } from './sandbox.ts';
import { printTestSubset } from './test-subset.ts';

/** Every bench by the name that starts it: it measures, and prints its own tables. */
const benches: Readonly<Record<string, () => Promise<void>>> = {
  actions: printActions,
  'create-tag': printCreateTag,
  'bump-gitops-image': printBumpGitOpsImage,
  sandbox: printSandbox,
  'test-subset': printTestSubset,
};

/** `npm run bench` measures the bundles; `npm run bench -- NAME ...` the benches named. */
async function main(given: readonly string[]): Promise<void> {
  const names = given.length === 0 ? ['actions'] : given;
  const unknown = names.filter((name) => !Object.hasOwn(benches, name));
  if (unknown.length > 0) {
    const all = Object.keys(benches).join(', ');
    process.stderr.write(`Unknown bench: ${unknown.join(', ')}. There are: ${all}.\n`);
    process.exitCode = 2;
    return;
  }
  for (const name of names) await benches[name]?.();
}

await main(process.argv.slice(2));
