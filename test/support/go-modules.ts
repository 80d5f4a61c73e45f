import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRepository, type TemporaryRepository } from '../actions/test-subset/temporary-repository.ts';

/** What `go list -json` says about a package (`go help list`). */
export interface GoListed {
  readonly ImportPath: string;
  readonly Dir: string;
  /** The package whose tests this one was built for, its own test program included. */
  readonly ForTest?: string;
  readonly Deps?: readonly string[];
  readonly GoFiles?: readonly string[];
  readonly CgoFiles?: readonly string[];
  readonly CFiles?: readonly string[];
  readonly HFiles?: readonly string[];
  readonly SFiles?: readonly string[];
  readonly TestGoFiles?: readonly string[];
  readonly XTestGoFiles?: readonly string[];
  readonly Imports?: readonly string[];
  readonly TestImports?: readonly string[];
  readonly XTestImports?: readonly string[];
  readonly EmbedPatterns?: readonly string[];
  readonly TestEmbedPatterns?: readonly string[];
  readonly XTestEmbedPatterns?: readonly string[];
  readonly EmbedFiles?: readonly string[];
}

/** Fetches a released module (`path@version`) by the go command's own proxy settings, as a git repository. */
export function fetchGoModule(module: string): TemporaryRepository {
  const repository = createRepository({ '.gitattributes': '* -text\n' });
  const cache = createRepository({ 'go.mod': 'module example.com/fetch\n' });
  try {
    const env = { ...process.env, GOMODCACHE: join(cache.folder, 'cache'), GOFLAGS: '-modcacherw', GOWORK: 'off' };
    const answer = execFileSync('go', ['mod', 'download', '-json', module], {
      cwd: cache.folder,
      env,
      encoding: 'utf8',
    });
    cpSync((JSON.parse(answer) as { Dir: string }).Dir, repository.folder, { recursive: true });
    repository.git('add', '--all', '--force');
    repository.commit({}, module);
    return repository;
  } finally {
    cache.remove();
  }
}

/** Runs `go list -json` without network; packages that need modules that are not there are listed as far as they go. */
export function goList(folder: string, ...args: string[]): GoListed[] {
  const scratch = mkdtempSync(join(tmpdir(), 'go-list-'));
  try {
    const offline = { GOPROXY: 'off', GOSUMDB: 'off', GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '-mod=mod' };
    const modFile = join(scratch, 'list.mod');
    copyFileSync(join(folder, 'go.mod'), modFile);
    const answer = execFileSync('go', ['list', '-e', `-modfile=${modFile}`, ...args], {
      cwd: folder,
      env: { ...process.env, ...offline },
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(`[${answer.replace(/^\}\n\{/gm, '},\n{')}]`) as GoListed[];
  } finally {
    rmSync(scratch, { recursive: true });
  }
}
