import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderTable } from '#shared/markdown/table.ts';
import { fetchGoModule, goList } from '../test/support/go-modules.ts';
import { median } from './median.ts';

const MODULES = ['github.com/prometheus/prometheus@v0.307.0', 'k8s.io/kubernetes@v1.34.0'];
const RUNS = 5;
const bundle = fileURLToPath(new URL('../../dist/test-subset/index.js', import.meta.url));

/** Measures the selection for a change in a large Go module, a process from its start to its outputs, next to `go list` of the same. */
export async function printTestSubset(): Promise<void> {
  const rows = MODULES.map(measureModule);
  console.log(renderTable(['module', 'Go files', 'test-subset', 'selected', 'go list -deps -test', 'ratio'], rows));
}

function measureModule(module: string): string[] {
  const repository = fetchGoModule(module);
  const temporary = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    const files = repository.git('ls-files', '*.go').split('\n');
    const changed = files[Math.floor(files.length / 2)] ?? '';
    repository.commit({ [changed]: `${readFileSync(join(repository.folder, changed), 'utf8')}\n// changed\n` });
    const own: number[] = [];
    const peer: number[] = [];
    const output = join(temporary, 'output');
    for (let run = 0; run < RUNS; run++) {
      writeFileSync(output, '');
      own.push(time(() => select(repository.folder, { temporary, output })));
      peer.push(time(() => goList(repository.folder, '-deps', '-test', '-json=ImportPath,Deps', './...')));
    }
    const told = readFileSync(output, 'utf8');
    const [count, total] = ['count', 'total'].map((name) => new RegExp(`^${name}<<.*\\n(\\d+)`, 'm').exec(told)?.[1]);
    const [ours, theirs] = [median(own), median(peer)];
    const ratio = `${(ours / theirs).toFixed(2)}×`;
    return [module, String(files.length), ms(ours), `${count} of ${total}`, ms(theirs), ratio];
  } finally {
    rmSync(temporary, { recursive: true });
    repository.remove();
  }
}

function select(folder: string, { temporary, output }: { temporary: string; output: string }): void {
  const env = {
    ...process.env,
    GITHUB_WORKSPACE: folder,
    RUNNER_TEMP: temporary,
    GITHUB_OUTPUT: output,
    INPUT_BASE: 'HEAD~1',
  };
  execFileSync(process.execPath, [bundle], { cwd: folder, env, maxBuffer: 2 ** 30 });
}

function time(work: () => unknown): number {
  const begun = performance.now();
  work();
  return performance.now() - begun;
}

function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
