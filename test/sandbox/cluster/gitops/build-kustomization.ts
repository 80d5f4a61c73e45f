import { posix } from 'node:path';
import { parseAllDocuments } from 'yaml';
import type { Manifest } from '../apply.ts';
import type { Container, PodSpec } from '../pod-objects.ts';
import { kindOf } from '../resource-kinds.ts';

/** A build that failed; the message is kustomize's. */
export class BuildError extends Error {}

interface ImageRule {
  readonly name: string;
  readonly newName?: string;
  readonly newTag?: string;
  readonly digest?: string;
}

interface Kustomization {
  readonly resources?: readonly string[];
  readonly namespace?: string;
  readonly images?: readonly ImageRule[];
  readonly labels?: readonly { readonly pairs?: Readonly<Record<string, string>> }[];
  readonly commonAnnotations?: Readonly<Record<string, string>>;
}

const fileNames = ['kustomization.yaml', 'kustomization.yml', 'Kustomization'];
const understood = [
  'apiVersion',
  'kind',
  'metadata',
  'resources',
  'namespace',
  'images',
  'labels',
  'commonAnnotations',
];
const order = ['Namespace', 'ServiceAccount', 'ConfigMap', 'Secret', 'Service'];

/** The objects of a folder as `kustomize build` gives them; throws a BuildError. Of kustomize only what is named here is done. */
export function buildKustomization(files: ReadonlyMap<string, string>, path: string): Manifest[] {
  const folder = posix
    .normalize(path)
    .replace(/^\.?\/|\/$/g, '')
    .replace(/^\.$/, '');
  if (![...files.keys()].some((name) => folder === '' || name.startsWith(`${folder}/`))) {
    throw new BuildError(`kustomization path not found: stat /tmp/kustomization/${folder}: no such file or directory`);
  }
  try {
    return sorted(build(files, folder));
  } catch (error) {
    throw new BuildError(`kustomize build failed: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function build(files: ReadonlyMap<string, string>, folder: string): Manifest[] {
  const file = fileNames.map((name) => posix.join(folder, name)).find((name) => files.has(name));
  const own = file === undefined ? allYaml(files, folder) : parseKustomization(files.get(file) ?? '');
  const unknown = Object.keys(own).filter((key) => !understood.includes(key));
  if (unknown.length > 0) throw new Error(`this sandbox does not know the kustomize fields ${unknown.join(', ')}`);
  const objects = (own.resources ?? []).flatMap((resource) => read(files, folder, resource));
  for (const object of objects) transform(object, own);
  return objects;
}

// A folder without a kustomization.yaml gets one from kustomize-controller: all manifests below it, but folders that
// have one of their own as a whole.
function allYaml(files: ReadonlyMap<string, string>, folder: string): Kustomization {
  const inside = [...files.keys()].filter((name) => folder === '' || name.startsWith(`${folder}/`));
  const own = inside.filter((name) => fileNames.includes(posix.basename(name))).map((name) => posix.dirname(name));
  const within = (path: string, roots: readonly string[]) => roots.some((root) => path.startsWith(`${root}/`));
  const loose = inside.filter((name) => /\.ya?ml$/.test(name) && !within(name, own));
  const roots = own.filter((root) => !within(root, own));
  return { resources: [...roots, ...loose].map((name) => posix.relative(folder, name)) };
}

function parseKustomization(text: string): Kustomization {
  const [document] = parseAllDocuments(text);
  const problem = document?.errors[0];
  if (problem !== undefined) throw new Error(`invalid Kustomization: ${yamlText(problem)}`);
  return (document?.toJS() ?? {}) as Kustomization;
}

function read(files: ReadonlyMap<string, string>, folder: string, resource: string): Manifest[] {
  const path = posix.join(folder, resource);
  const text = files.get(path);
  if (text === undefined) {
    if ([...files.keys()].some((name) => name.startsWith(`${path}/`))) return build(files, path);
    const full = `/tmp/kustomization/${path}`;
    const missing = `open ${full}: no such file or directory`;
    const link = `must build at directory: not a valid directory: evalsymlink failure on '${full}' : lstat ${full}: no such file or directory`;
    throw new Error(
      `accumulating resources: accumulation err='accumulating resources from '${resource}': ${missing}': ${link}`,
    );
  }
  return parseAllDocuments(text).flatMap((document) => {
    const problem = document.errors[0];
    if (problem !== undefined) throw malformed(resource, yamlText(problem));
    const object = document.toJS() as Manifest | null;
    if (object === null) return [];
    if (typeof object.kind !== 'string') throw malformed(resource, 'missing Resource metadata');
    return [object];
  });
}

function malformed(resource: string, why: string): Error {
  const inner = `MalformedYAMLError: ${why} in File: ${resource}`;
  return new Error(`accumulating resources: accumulation err='accumulating resources from '${resource}': ${inner}'`);
}

function yamlText({
  message,
  linePos,
}: {
  message: string;
  linePos?: [{ line: number }, ...unknown[]] | undefined;
}): string {
  return `yaml: line ${linePos?.[0].line ?? 1}: ${message.split('\n')[0]?.replace(/ at line.*$/, '') ?? ''}`;
}

function transform(object: Manifest, { namespace, images = [], labels = [], commonAnnotations }: Kustomization): void {
  if (namespace !== undefined && kindOf(object)?.namespaced !== false) object.metadata.namespace = namespace;
  for (const { pairs } of labels) object.metadata.labels = { ...object.metadata.labels, ...pairs };
  if (commonAnnotations !== undefined) {
    object.metadata.annotations = { ...object.metadata.annotations, ...commonAnnotations };
  }
  for (const container of containersOf(object)) {
    for (const rule of images) container.image = rewrite(container.image, rule);
  }
}

/** The containers of an object that has a pod template. */
export function containersOf({ spec }: Pick<Manifest, 'spec'>): Container[] {
  type Nested = { template?: { spec?: PodSpec }; jobTemplate?: { spec?: Nested } };
  const nested = spec as Nested | undefined;
  const template = nested?.template ?? nested?.jobTemplate?.spec?.template;
  return [...(template?.spec?.initContainers ?? []), ...(template?.spec?.containers ?? [])];
}

function rewrite(image: string, { name, newName, newTag, digest }: ImageRule): string {
  const at = image.indexOf('@') < 0 ? image.length : image.indexOf('@');
  const colon = image.slice(0, at).indexOf(':', image.slice(0, at).lastIndexOf('/') + 1);
  const current = image.slice(0, colon < 0 ? at : colon);
  if (current !== name) return image;
  const rest = digest !== undefined ? `@${digest}` : newTag !== undefined ? `:${newTag}` : image.slice(current.length);
  return `${newName ?? current}${rest}`;
}

function sorted(objects: readonly Manifest[]): Manifest[] {
  const rank = ({ kind }: Manifest) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  return [...objects].sort((a, b) => rank(a) - rank(b));
}
