import { gunzipSync } from 'node:zlib';
import { type Descriptor, digestOf, mediaTypes } from '../../registry/content.ts';
import { type ImageConfig, ownPlatform } from '../../registry/push-image.ts';
import { readTar, type TarEntry } from '../../registry/tar.ts';
import { type Credentials, createRegistryReader, PullError, unexpected, unknown } from './registry-reader.ts';

/** An image as it came from its registry. */
export interface PulledImage {
  /** The digest that the reference resolved to: an index's where there is one. */
  readonly digest: string;
  readonly config: ImageConfig;
  readonly layers: readonly (readonly TarEntry[])[];
  readonly sizeBytes: number;
}

/** What an image reference names. */
export interface ImageName {
  readonly host: string;
  readonly repository: string;
  /** Tag or digest. */
  readonly reference: string;
}

/** Takes `host/name:tag@digest` apart, with containerd's defaults; the refusal in kubelet's words where it is no reference. */
export function parseImageName(image: string): ImageName | { invalid: string } {
  const [withTag = '', digest] = image.split('@');
  const slash = withTag.lastIndexOf('/');
  const colon = withTag.indexOf(':', slash + 1);
  const path = colon < 0 ? withTag : withTag.slice(0, colon);
  const tag = colon < 0 ? 'latest' : withTag.slice(colon + 1);
  const [first = '', ...rest] = path.split('/');
  const hasHost = rest.length > 0 && (/[.:]/.test(first) || first === 'localhost');
  const repository = hasHost ? rest.join('/') : path.includes('/') ? path : `library/${path}`;
  const name = { host: hasHost ? first : 'docker.io', repository, reference: digest ?? tag };
  const parse = `Failed to apply default image tag "${image}": couldn't parse image name "${image}": invalid reference format`;
  if (/[A-Z]/.test(repository)) return { invalid: `${parse}: repository name (${repository}) must be lowercase` };
  if (!/^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/.test(repository))
    return { invalid: parse };
  if (!/^\w[\w.-]{0,127}$/.test(tag)) return { invalid: parse };
  return name;
}

/** Pulls an image by HTTP as containerd does; throws a PullError with containerd's text. */
export async function pullImage(
  image: string,
  { host, repository, reference }: ImageName,
  credentials: Credentials,
): Promise<PulledImage> {
  const named = `failed to pull and unpack image "${image}"`;
  const resolve = `${named}: failed to resolve reference "${image}"`;
  const read = createRegistryReader({ host, repository, credentials, prefix: resolve });
  const answer = await read(`manifests/${reference}`, acceptManifests);
  if (answer.status === 404) throw notFoundError(`${resolve}: ${image}: not found`);
  if (answer.status !== 200) throw new PullError(`${unknown}${resolve}: ${unexpected(answer)}`);
  const top = Buffer.from(await answer.arrayBuffer());
  const digest = digestOf(top);
  // The bytes are what counts; a header that says something else is a broken registry.
  const told = answer.headers.get('docker-content-digest') ?? digest;
  if (told !== digest) throw wrongDigest(named, { ref: `manifest-${told}`, found: digest, expected: told });
  const fetchContent: FetchContent = async (path, expected) => {
    const found = await read(path, acceptManifests);
    if (found.status !== 200) {
      throw new PullError(`${unknown}${named}: failed to copy: httpReadSeeker: failed open: ${unexpected(found)}`);
    }
    const bytes = Buffer.from(await found.arrayBuffer());
    if (digestOf(bytes) === expected) return bytes;
    throw wrongDigest(named, { ref: expected, found: digestOf(bytes), expected });
  };
  const manifest = JSON.parse((await ownManifest(top, fetchContent, named)).toString()) as Manifest;
  const layers = await readLayers(manifest, fetchContent);
  const sizeBytes = manifest.layers.reduce((sum, { size }) => sum + size, manifest.config.size + top.length);
  return { digest, config: await readConfig(manifest, fetchContent), layers, sizeBytes };
}

type FetchContent = (path: string, expected: string) => Promise<Buffer>;

async function readConfig({ config }: Manifest, fetchContent: FetchContent): Promise<ImageConfig> {
  const text = (await fetchContent(`blobs/${config.digest}`, config.digest)).toString();
  return (JSON.parse(text) as { config?: ImageConfig }).config ?? {};
}

async function readLayers(manifest: Manifest, fetchContent: FetchContent): Promise<TarEntry[][]> {
  const layers: TarEntry[][] = [];
  for (const { digest } of manifest.layers) {
    const bytes = await fetchContent(`blobs/${digest}`, digest);
    layers.push(readTar(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes));
  }
  return layers;
}

function wrongDigest(named: string, { ref, found, expected }: { ref: string; found: string; expected: string }) {
  const why = `unexpected commit digest ${found}, expected ${expected}: failed precondition`;
  return new PullError(`${failed}${named}: failed commit on ref "${ref}": ${why}`);
}

interface Manifest {
  readonly config: Descriptor;
  readonly layers: readonly Descriptor[];
}

const acceptManifests = [
  mediaTypes.index,
  mediaTypes.dockerIndex,
  mediaTypes.manifest,
  mediaTypes.dockerManifest,
  '*/*',
].join(', ');
const failed = 'rpc error: code = FailedPrecondition desc = ';

function notFoundError(message: string): PullError {
  return new PullError(`rpc error: code = NotFound desc = ${message}`);
}

async function ownManifest(top: Buffer, fetchContent: FetchContent, named: string): Promise<Buffer> {
  const { manifests } = JSON.parse(top.toString()) as { manifests?: readonly Descriptor[] };
  if (manifests === undefined) return top;
  const own = manifests.find(({ platform }) => `${platform?.os}/${platform?.architecture}` === ownPlatform);
  if (own === undefined) throw notFoundError(`${named}: no match for platform in manifest: not found`);
  return fetchContent(`manifests/${own.digest}`, own.digest);
}
