import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { renderTable } from '#shared/markdown/table.ts';
import { projectRoot } from '../test/support/action-manifest.ts';
import { node24 } from '../test/support/run-step.ts';
import { HIT, judgeTree, restoreHits, type TreeSize, writeTree } from './gitops-tree.ts';
import { installPeerTools, type PeerTools, peerVersions } from './peer-tools.ts';

/** One way to change the tag. */
interface Contender {
  readonly name: string;
  readonly argv: readonly string[];
  /** Those that rewrite every file take minutes, and run once, last. */
  readonly runs: number;
}

interface Measured {
  readonly ms: number;
  readonly megabytes: number;
}

const SIZE: TreeSize = { files: 5_000, hits: 10 };
const LARGE: TreeSize = { files: 50_000, hits: 10 };

/** Changes ten tags among 5,000 manifests, next to the tools that people use for it, and the same among 50,000. */
export async function printBumpGitOpsImage(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'trunkline-bench-'));
  try {
    const tree = join(folder, 'tree');
    const script = join(folder, 'bump.py');
    writeFileSync(script, RUAMEL);
    writeTree(tree, SIZE);
    const contenders = contendersFor(tree, { tools: installPeerTools(), script });
    const rows = contenders.map((contender) => ({ ...contender, ...measureOn(tree, SIZE, contender) }));
    const own = rows.find(({ name }) => name === OWN) ?? rows[0];
    console.log(
      renderTable(
        ['way', 'median', 'of ours', 'peak memory', 'tags changed', 'files changed otherwise'],
        rows.map(({ name, ms, megabytes, bumped, damaged }) => [
          ...[name, `${ms.toFixed(0)} ms`, `${(ms / (own?.ms ?? ms)).toFixed(2)}×`, `${megabytes.toFixed(0)} MB`],
          ...[`${bumped}`, `${damaged}`],
        ]),
      ),
    );
    console.log(`\n${SIZE.files} files, 12 MB, ${SIZE.hits} hits; whole processes; ${peerVersions}.`);
    writeTree(tree, LARGE);
    const large = measureOn(tree, LARGE, { ...ownWay(tree), runs: 3 });
    const ratio = (large.ms / (own?.ms ?? 1)).toFixed(1);
    console.log(`${LARGE.files} files: ${large.ms.toFixed(0)} ms (${ratio}×), ${large.megabytes.toFixed(0)} MB.`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const OWN = 'bump-gitops-image, the bundle on a checkout';

function ownWay(tree: string): Contender {
  const given = { TOKEN: '', IMAGE: HIT.image, TAG: HIT.next, PATH: '.', WRITE: 'worktree' };
  const inputs = Object.entries(given).map(([name, value]) => `INPUT_${name}=${value}`);
  const bundle = join(projectRoot, 'dist', 'bump-gitops-image', 'index.js');
  const runner = [`GITHUB_WORKSPACE=${tree}`, 'GITHUB_REPOSITORY=acme/gitops'];
  return { name: OWN, argv: ['env', '-i', ...runner, ...inputs, node24, bundle], runs: 9 };
}

function contendersFor(tree: string, { tools, script }: { tools: PeerTools; script: string }): readonly Contender[] {
  const find = `grep -rlZF ${HIT.image} ${tree}`;
  const set = `(.images[]? | select(.name == "${HIT.image}")).newTag = "${HIT.next}"`;
  // With several files `yq -i` writes all of them into the first.
  const yq = `xargs -0 -n 1 ${tools.yq} -i '${set}'`;
  const ruamel = `xargs -0 ${tools.python} ${script} ${HIT.image} ${HIT.next}`;
  const kustomize = `while IFS= read -r -d '' file; do (cd "$(dirname "$file")" && ${tools.kustomize} edit set image ${HIT.image}:${HIT.next}); done`;
  const shell = (name: string, command: string, runs = 5): Contender => ({ name, argv: ['bash', '-c', command], runs });
  return [
    { name: 'Node alone', argv: [node24, '-e', '0'], runs: 9 },
    shell('grep alone, which changes nothing', find, 9),
    ownWay(tree),
    shell('grep, then kustomize edit set image in 10 folders', `${find} | ${kustomize}`),
    shell('grep, then yq -i on 10 files', `${find} | ${yq}`),
    shell('grep, then ruamel.yaml on 10 files', `${find} | ${ruamel}`),
    shell('yq -i on all files', `find ${tree} -name '*.yaml' -print0 | ${yq}`, 1),
    shell('ruamel.yaml on all files', `find ${tree} -name '*.yaml' -print0 | ${ruamel}`, 1),
  ];
}

function measureOn(tree: string, size: TreeSize, { argv, runs }: Contender): Measured & ReturnType<typeof judgeTree> {
  const measured: Measured[] = [];
  for (let run = 0; run < runs; run++) {
    restoreHits(tree, size);
    measured.push(measure(argv));
  }
  const judged = judgeTree(tree, size);
  if (judged.damaged > 0) writeTree(tree, size);
  const sorted = measured.map(({ ms }) => ms).sort((a, b) => a - b);
  const megabytes = Math.max(...measured.map((each) => each.megabytes));
  return { ms: sorted[Math.floor(sorted.length / 2)] ?? 0, megabytes, ...judged };
}

// Python starts the process and tells its time and the largest resident set of all its children; Node cannot.
function measure(argv: readonly string[]): Measured {
  const output = execFileSync('python3', ['-c', MEASURE, ...argv], { encoding: 'utf8' });
  const [seconds = 0, kilobytes = 0] = output.trim().split(' ').map(Number);
  return { ms: seconds * 1000, megabytes: kilobytes / 1024 };
}

const MEASURE = `
import resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
print(time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
`;

// As its documentation shows it: read, change, write, with the quotes kept.
const RUAMEL = `
import sys
from ruamel.yaml import YAML
yaml = YAML()
yaml.preserve_quotes = True
image, tag, *paths = sys.argv[1:]
for path in paths:
    with open(path) as file:
        document = yaml.load(file)
    for entry in document.get("images", []):
        if entry.get("name") == image:
            entry["newTag"] = tag
    with open(path, "w") as file:
        yaml.dump(document, file)
`;
