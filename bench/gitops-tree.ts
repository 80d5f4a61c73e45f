import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The image that stands in the tree's hits, the tag there, and the one that is asked for. */
export const HIT = { image: 'ghcr.io/acme/thoughts-backend', tag: 'v1.4.0', next: 'v1.4.1' } as const;

/** How large a tree is: the number of files, and of those that name the image. */
export interface TreeSize {
  readonly files: number;
  readonly hits: number;
}

/** One file of a tree. */
export interface TreeFile {
  readonly path: string;
  readonly text: string;
  readonly isHit: boolean;
}

const KINDS = ['Deployment', 'StatefulSet', 'CronJob', 'DaemonSet'];

/**
 * The files of a GitOps repository, 2.4 kB each (12 MB in 5,000): services of a kustomization and four workloads. The hits
 * are kustomizations that name the image, because that is where every peer can change it.
 */
export function* treeFiles({ files, hits }: TreeSize): Generator<TreeFile> {
  const services = Math.ceil(files / (KINDS.length + 1));
  const every = Math.floor(services / hits);
  for (let service = 0; service < services; service++) {
    const name = `svc-${String(service).padStart(5, '0')}`;
    const folder = `clusters/${service % 2 === 0 ? 'staging' : 'production'}/team-${service % 37}/${name}`;
    const isHit = service % every === 0 && service / every < hits;
    const image = isHit ? HIT.image : `ghcr.io/acme/${name}`;
    yield { path: `${folder}/kustomization.yaml`, text: kustomization(name, image), isHit };
    for (const kind of KINDS) {
      yield { path: `${folder}/${kind.toLowerCase()}.yaml`, text: workload(kind, name), isHit: false };
    }
  }
}

/** Writes the tree anew. */
export function writeTree(folder: string, size: TreeSize): void {
  rmSync(folder, { recursive: true, force: true });
  for (const { path, text } of treeFiles(size)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}

/** Undoes what a tool does that changes hits alone. */
export function restoreHits(folder: string, size: TreeSize): void {
  for (const { path, text, isHit } of treeFiles(size)) if (isHit) writeFileSync(join(folder, path), text);
}

/** What a tool did to a tree: hits that hold the new tag, and files where something else changed, too. */
export function judgeTree(folder: string, size: TreeSize): { bumped: number; damaged: number } {
  let [bumped, damaged] = [0, 0];
  for (const { path, text, isHit } of treeFiles(size)) {
    const now = readFileSync(join(folder, path), 'utf8');
    const expected = isHit ? text.replace(HIT.tag, HIT.next) : text;
    if (isHit && now.includes(HIT.next)) bumped += 1;
    if (now !== expected && now !== text) damaged += 1;
  }
  return { bumped, damaged };
}

function kustomization(name: string, image: string): string {
  return `# Who asks for changes here: team ${name}
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
namespace: ${name}

resources:
${KINDS.map((kind) => `  - ${kind.toLowerCase()}.yaml\n`).join('')}images:
  - name: ${image}
    newTag: ${HIT.tag} # the release of the week
configMapGenerator:
  - name: flags
    literals:
${repeat(43, (index) => `      - OPTION_${index}=value of ${index * 7919}\n`)}`;
}

function workload(kind: string, name: string): string {
  return `apiVersion: apps/v1
kind: ${kind}
metadata:
  name: ${name}
  labels: {app.kubernetes.io/name: ${name}, app.kubernetes.io/part-of: "shop"}
spec:
  template:
    spec:
      containers:
        - name: app # the only one
          image: 'registry.example.com/platform/${name}-${kind.toLowerCase()}:2024.10.06'
          ports: [{containerPort: 8080, name: http}]
          resources:
            limits: {cpu: 500m, memory: 256Mi}
          env:
${repeat(36, (index) => `            - {name: SETTING_${index}, value: "value of ${index * 7919}"}\n`)}`;
}

function repeat(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}
