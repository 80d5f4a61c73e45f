import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The image that stands in the tree's hits, and the tag there. */
export const HIT = { image: 'ghcr.io/acme/thoughts-backend', tag: 'v1.4.0', next: 'v1.4.1' } as const;

/** Files of each service: a kustomization and four manifests. */
const FILES_PER_SERVICE = 5;

/**
 * Writes a GitOps repository of `files` YAML files (2.4 kB each, as 12 MB in 5,000) with `hits` kustomizations that name the image.
 * The same bytes each time; gives the folders of the hits.
 */
export async function writeGitOpsTree(
  folder: string,
  { files, hits }: { files: number; hits: number },
): Promise<string[]> {
  const services = Math.ceil(files / FILES_PER_SERVICE);
  const every = Math.floor(services / hits);
  const hitFolders: string[] = [];
  for (let service = 0; service < services; service++) {
    const name = `svc-${String(service).padStart(5, '0')}`;
    const path = join(folder, 'clusters', service % 2 === 0 ? 'staging' : 'production', `team-${service % 37}`, name);
    await mkdir(path, { recursive: true });
    const isHit = service % every === 0 && hitFolders.length < hits;
    if (isHit) hitFolders.push(path);
    const image = isHit ? HIT.image : `ghcr.io/acme/${name}`;
    await writeFile(join(path, 'kustomization.yaml'), kustomization(name, image));
    for (const kind of ['Deployment', 'StatefulSet', 'CronJob', 'DaemonSet']) {
      await writeFile(join(path, `${kind.toLowerCase()}.yaml`), workload(kind, name));
    }
  }
  return hitFolders;
}

function kustomization(name: string, image: string): string {
  const head = `# Who asks for changes here: team ${name}\napiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nnamespace: ${name}\n\n`;
  const resources = [
    'resources:',
    ...['deployment', 'statefulset', 'cronjob', 'daemonset'].map((file) => `  - ${file}.yaml`),
  ];
  const images = ['images:', `  - name: ${image}`, `    newTag: ${HIT.tag} # the release of the week`];
  return `${head}${[...resources, ...images, 'configMapGenerator:', '  - name: flags', '    literals:'].join('\n')}\n${settings('      - ', '=', 43)}`;
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
${settings('            - {name: ', ', value: ', 36, '}')}`;
}

function settings(before: string, between: string, count: number, after = ''): string {
  const lines = Array.from(
    { length: count },
    (_, index) => `${before}SETTING_${index}${between}"value of ${index * 7919}"${after}\n`,
  );
  return lines.join('').replaceAll(/SETTING_(\d)\b/g, 'OPTION_$1');
}
