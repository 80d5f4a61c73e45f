/**
 * Runs a compiled module of the project on a fresh clone: `node shared/tools/run.mjs MODULE [ARGUMENTS]`.
 * Installs the packages when the lockfile asks for others than are there, compiles, then runs the module in this process.
 * Plain JavaScript without dependencies, because nothing is installed yet.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));
const stamp = `${root}node_modules/.installed-lockfile`;

const ancestors = lineage();
const children = new Set();
setInterval(endWhenAbandoned, 250).unref();

const [module, ...rest] = process.argv.slice(2);
process.chdir(root);
await install();
forgetDeletedSources();
await compile();
const path = `${root}build/${module}`;
process.argv = [process.argv[0], path, ...rest];
await import(pathToFileURL(path).href);

async function install() {
  const wanted = createHash('sha256')
    .update(readFileSync(`${root}package-lock.json`))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  process.stderr.write('Installing packages (npm install) ...\n');
  // Not `npm ci`: it refuses a registry that lacks the packages of other platforms. --no-save leaves the lockfile as it is.
  await call('npm', ['install', '--no-save', '--no-fund', '--no-audit', '--loglevel=error']);
  writeFileSync(stamp, wanted);
}

// Otherwise a test whose source was deleted would run on.
function forgetDeletedSources() {
  if (!existsSync(`${root}build`)) return;
  for (const path of readdirSync(`${root}build`, { recursive: true, encoding: 'utf8' })) {
    const source = path.replace(/\.js(\.map)?$/, '.ts');
    if (source !== path && !existsSync(`${root}${source}`)) rmSync(`${root}build/${path}`);
  }
}

async function compile() {
  const compiled = `${root}build/.compiled`;
  if (existsSync(compiled) && newestSource() < statSync(compiled).mtimeMs) return;
  // One checker: the default of four takes half as much memory again, and is hardly faster.
  await call(process.execPath, [`${root}node_modules/typescript/bin/tsc`, '--pretty', 'false', '--checkers', '1']);
  writeFileSync(compiled, '');
}

function newestSource() {
  const folders = ['actions', 'shared', 'test', 'bench'];
  const sources = folders.flatMap((folder) =>
    readdirSync(`${root}${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.ts'))
      .map((path) => `${root}${folder}/${path}`),
  );
  return Math.max(...[`${root}tsconfig.json`, stamp, ...sources].map((path) => statSync(path).mtimeMs));
}

function endWhenAbandoned() {
  if (lineage() === ancestors) return;
  for (const child of children) child.kill('SIGKILL');
  process.kill(process.pid, process.listenerCount('SIGTERM') > 0 ? 'SIGTERM' : 'SIGKILL');
}

// The parent and its parent: there may be a shell in between, which outlives an npm that is killed.
function lineage() {
  const stat = `/proc/${process.ppid}/stat`;
  return `${process.ppid} of ${existsSync(stat) ? / \S (\d+) /.exec(readFileSync(stat, 'utf8'))?.[1] : ''}`;
}

function call(command, argv) {
  return new Promise((resolve, reject) => {
    // Standard output belongs to the module (it may print JSON), so the tools' own goes to standard error.
    const child = spawn(command, argv, { cwd: root, stdio: ['ignore', 2, 2] });
    children.add(child);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      children.delete(child);
      if (code === 0) return resolve();
      process.stderr.write(`${command} ${argv[0]} ended with ${code ?? signal}\n`);
      process.exit(code ?? 1);
    });
  });
}
