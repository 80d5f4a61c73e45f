import picomatch from 'picomatch';
import { isInFolder } from '../plan-inventory.ts';

const DEFAULT_FILES = picomatch(
  [
    '**/*.test.?(c|m)[jt]s',
    '**/*-test.?(c|m)[jt]s',
    '**/*_test.?(c|m)[jt]s',
    '**/test-*.?(c|m)[jt]s',
    '**/test.?(c|m)[jt]s',
    '**/test/**/*.?(c|m)[jt]s',
  ],
  { dot: true },
);

/** How a package.json script calls node's test runner. */
export interface NodeTestScript {
  /** node's flags before and after `--test`, without those that choose a reporter. */
  readonly flags: readonly string[];
  /** The files or globs that the script names. */
  readonly files: readonly string[];
}

/** Reads `node … --test … files` in a script; undefined where the script does not start node's test runner. */
export function parseNodeTestScript(script: string): NodeTestScript | undefined {
  const command = script.split(/&&|\|\||;/).find((part) => /(?:^|\s)node(?:\s[^|]*)?\s--test(?:\s|$)/.test(part));
  if (command === undefined) return undefined;
  const words = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3] ?? '',
  );
  const rest = words.slice(words.lastIndexOf('node') + 1).filter((word) => word !== '--test');
  const flags: string[] = [];
  const files: string[] = [];
  for (let index = 0; index < rest.length; index++) {
    const word = rest[index] as string;
    const takesValue =
      /^(?:--import|--require|-r|--loader|--experimental-loader|--conditions|-C|--env-file|--test-concurrency|--test-timeout)$/.test(
        word,
      );
    if (/^--test-reporter/.test(word) || word === '--watch') index += word.includes('=') || word === '--watch' ? 0 : 1;
    else if (takesValue) flags.push(word, rest[++index] ?? '');
    else if (word.startsWith('-')) flags.push(word);
    else files.push(word);
  }
  return { flags, files };
}

/** Whether node's runner would take `path` as a test of the package in `folder` (Node.js documentation, "Running tests from the command line"). */
export function nodeTestMatcher(script: NodeTestScript | undefined, folder: string): (path: string) => boolean {
  const named = (script?.files ?? []).map((file) => file.replace(/^\.\//, '').replace(/\/$/, ''));
  const own =
    named.length === 0
      ? undefined
      : picomatch(
          named.flatMap((file) => [file, `${file}/**/*.?(c|m)[jt]s`]),
          { dot: true },
        );
  return (path) => {
    if (!isInFolder(path, folder) || /(?:^|\/)node_modules\//.test(path)) return false;
    const inside = folder === '' ? path : path.slice(folder.length + 1);
    return own === undefined ? DEFAULT_FILES(inside) && !/\.d\.[cm]?ts$/.test(path) : own(inside);
  };
}

/** Whether the file is a test by its name alone, not just because it is somewhere under `test/`. */
export function isNamedAsTest(path: string): boolean {
  return /(?:[.\-_]test|(?:^|\/)test(?:-[^/]*)?)\.[cm]?[jt]s$/.test(path);
}
