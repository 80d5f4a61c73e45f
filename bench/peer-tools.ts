import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Programs that people change tags with today, each at its path. */
export interface PeerTools {
  readonly yq: string;
  readonly kustomize: string;
  /** A Python with ruamel.yaml. */
  readonly python: string;
}

const VERSIONS = {
  yq: 'github.com/mikefarah/yq/v4@v4.54.2',
  kustomize: 'sigs.k8s.io/kustomize/kustomize/v5@v5.7.1',
  ruamel: 'ruamel.yaml==0.19.1',
} as const;

/** The tools and their versions, for the table. */
export const peerVersions = Object.values(VERSIONS).join(', ');

/** Installs what is not there yet, by Go and pip, into a folder below the machine's temporary folder; needs both. */
export function installPeerTools(): PeerTools {
  const folder = join(tmpdir(), 'trunkline-bench-tools');
  mkdirSync(folder, { recursive: true });
  const bin = join(folder, 'bin');
  for (const name of ['yq', 'kustomize'] as const) {
    if (existsSync(join(bin, name))) continue;
    process.stderr.write(`Building ${VERSIONS[name]} (minutes, once)\n`);
    execFileSync('go', ['install', VERSIONS[name]], { env: { ...process.env, GOBIN: bin }, stdio: 'inherit' });
  }
  const venv = join(folder, 'venv');
  if (!existsSync(venv)) {
    execFileSync('python3', ['-m', 'venv', venv]);
    execFileSync(join(venv, 'bin', 'pip'), ['install', '--quiet', '--disable-pip-version-check', VERSIONS.ruamel]);
  }
  return { yq: join(bin, 'yq'), kustomize: join(bin, 'kustomize'), python: join(venv, 'bin', 'python') };
}
