import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ncc from '@vercel/ncc';

/**
 * The files of `dist/` by their path below it: one bundle with all actions and their dependencies (`suite/`), and for each
 * action an entry that starts its own part. Within the bundle an action is evaluated only when it is started.
 */
export async function distFiles(root: string): Promise<ReadonlyMap<string, string | Buffer>> {
  const actions = await actionNames(root);
  const { code, assets } = await bundle(root, actions);
  const files = new Map<string, string | Buffer>([['suite/index.js', code]]);
  for (const [name, asset] of Object.entries(assets)) files.set(`suite/${name}`, asset.source);
  for (const name of actions) {
    files.set(`${name}/index.js`, `import { start } from '../suite/index.js';\n\nstart('${name}');\n`);
    files.set(`${name}/package.json`, '{ "type": "module" }\n');
  }
  return files;
}

/** Writes `dist/` anew. */
export async function buildDist(root: string): Promise<void> {
  const files = await distFiles(root);
  await rm(join(root, 'dist'), { recursive: true, force: true });
  for (const [path, content] of files) {
    await mkdir(join(root, 'dist', dirname(path)), { recursive: true });
    await writeFile(join(root, 'dist', path), content);
  }
}

/** The actions of the suite: the folders of `actions/`, in alphabetical order. */
export async function actionNames(root: string): Promise<string[]> {
  const entries = await readdir(join(root, 'actions'), { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function bundle(root: string, actions: readonly string[]): Promise<ncc.Output> {
  const entry = join(root, 'build', 'suite.js');
  // "eager" keeps an action in this file, yet evaluates it (and what only it imports) when it is asked for.
  const starters = actions.map(
    (name) => `  '${name}': () => import(/* webpackMode: "eager" */ './actions/${name}/src/index.js'),\n`,
  );
  await writeFile(
    entry,
    `const actions = {\n${starters.join('')}};\n\nexport async function start(name) {\n  const action = await actions[name]();\n  await action.start();\n}\n`,
  );
  return ncc(entry, {
    quiet: true,
    cache: false,
    minify: true,
    target: 'es2022',
    license: 'licenses.txt',
    sourceMap: false,
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await buildDist(fileURLToPath(new URL('../../../', import.meta.url)));
}
