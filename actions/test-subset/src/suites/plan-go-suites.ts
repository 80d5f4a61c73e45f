import { type GoModules, isIgnoredByGo, moduleOf } from '../go/plan-go-modules.ts';
import { folderOf } from '../plan-inventory.ts';
import type { Suite } from './suite.ts';

interface GoTests {
  readonly tests: string[];
  readonly taken: Map<string, string>;
  readonly packages: Map<string, string>;
}

/** One suite for each module with tests that `go test ./...` would find in it, whatever their build constraints say. */
export function planGoSuites(tracked: readonly string[], modules: GoModules): Suite[] {
  const suites = new Map<string, GoTests>();
  for (const test of tracked) {
    if (!/(?:^|\/)[^._/][^/]*_test\.go$/.test(test)) continue;
    const folder = folderOf(test);
    const module = moduleOf(folder, modules);
    if (module === undefined || isIgnoredByGo(folder, module)) continue;
    const suite: GoTests = suites.get(module.folder) ?? { tests: [], taken: new Map(), packages: new Map() };
    suites.set(module.folder, suite);
    suite.tests.push(test);
    suite.taken.set(test, folder || '.');
    const inside = module.folder === '' ? folder : folder.slice(module.folder.length + 1);
    suite.packages.set([module.path, inside].filter((part) => part !== '').join('/'), folder || '.');
  }
  return [...suites].map(([folder, suite]) => ({ framework: 'go', folder, implicit: [], ...suite }));
}
