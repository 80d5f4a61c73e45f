import { gunzipSync } from 'node:zlib';
import { type Descriptor, digestOf, mediaTypes } from '../../registry/content.ts';
import { type ImageConfig, ownPlatform } from '../../registry/push-image.ts';
import { readTar, type TarEntry } from '../../registry/tar.ts';

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

/** A pull that failed; the message is containerd's. */
export class PullError extends Error {}

/** User and password for a registry host; undefined for none. */
export type Credentials = (host: string) => { username: string; password: string } | undefined;

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
  const get = createReader({ host, repository, credentials, prefix: resolve });
  const answer = await get(`manifests/${reference}`, acceptManifests);
  if (answer.status === 404) throw notFoundError(`${resolve}: ${image}: not found`);
  if (answer.status !== 200) throw new PullError(`${unknown}${resolve}: ${unexpected(answer)}`);
  const top = Buffer.from(await answer.arrayBuffer());
  const digest = digestOf(top);
  // The bytes are what counts; a header that says something else is a broken registry.
  const told = answer.headers.get('docker-content-digest');
  if (told !== null && told !== digest) {
    throw new PullError(
      `${failed}${named}: failed commit on ref "manifest-${told}": unexpected commit digest ${digest}, expected ${told}: failed precondition`,
    );
  }
  const fetchContent = async (path: string, expected: string): Promise<Buffer> => {
    const found = await get(path, acceptManifests);
    if (found.status !== 200)
      throw new PullError(`${unknown}${named}: failed to copy: httpReadSeeker: failed open: ${unexpected(found)}`);
    const bytes = Buffer.from(await found.arrayBuffer());
    if (digestOf(bytes) === expected) return bytes;
    throw new PullError(
      `${failed}${named}: failed commit on ref "${expected}": unexpected commit digest ${digestOf(bytes)}, expected ${expected}: failed precondition`,
    );
  };
  const manifest = JSON.parse((await ownManifest(top, fetchContent, named)).toString()) as Manifest;
  const config = JSON.parse(
    (await fetchContent(`blobs/${manifest.config.digest}`, manifest.config.digest)).toString(),
  ) as {
    config?: ImageConfig;
  };
  const layers: TarEntry[][] = [];
  for (const { digest: layer } of manifest.layers) {
    const bytes = await fetchContent(`blobs/${layer}`, layer);
    layers.push(readTar(bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes));
  }
  const sizeBytes = manifest.layers.reduce((sum, { size }) => sum + size, manifest.config.size + top.length);
  return { digest, config: config.config ?? {}, layers, sizeBytes };
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
const unknown = 'rpc error: code = Unknown desc = ';
const failed = 'rpc error: code = FailedPrecondition desc = ';

function notFoundError(message: string): PullError {
  return new PullError(`rpc error: code = NotFound desc = ${message}`);
}

async function ownManifest(
  top: Buffer,
  fetchContent: (path: string, expected: string) => Promise<Buffer>,
  named: string,
): Promise<Buffer> {
  const { manifests } = JSON.parse(top.toString()) as { manifests?: readonly Descriptor[] };
  if (manifests === undefined) return top;
  const own = manifests.find(({ platform }) => `${platform?.os}/${platform?.architecture}` === ownPlatform);
  if (own === undefined) throw notFoundError(`${named}: no match for platform in manifest: not found`);
  return fetchContent(`manifests/${own.digest}`, own.digest);
}

function unexpected({ url, status, statusText }: Response): string {
  return `unexpected status from GET request to ${url}: ${status} ${statusText}`;
}

function createReader({
  host,
  repository,
  credentials,
  prefix,
}: {
  host: string;
  repository: string;
  credentials: Credentials;
  prefix: string;
}) {
  // As containerd and Docker do it: registries on loopback speak plain HTTP.
  const scheme = /^(localhost|127\.)/.test(host) ? 'http' : 'https';
  const known = credentials(host);
  const basic = known && `Basic ${Buffer.from(`${known.username}:${known.password}`).toString('base64')}`;
  let authorization: string | undefined;

  async function send(path: string, accept: string): Promise<Response> {
    const url = `${scheme}://${host}/v2/${repository}/${path}`;
    try {
      return await fetch(url, { headers: { accept, ...(authorization === undefined ? {} : { authorization }) } });
    } catch (error) {
      const cause = (error as { cause?: { code?: string; message?: string } }).cause;
      const why =
        cause?.code === 'ECONNREFUSED'
          ? `dial tcp ${host}: connect: connection refused`
          : (cause?.message ?? String(error));
      throw new PullError(`${unknown}${prefix}: failed to do request: Head "${url}": ${why}`);
    }
  }

  return async (path: string, accept: string): Promise<Response> => {
    const answer = await send(path, accept);
    const challenge = answer.headers.get('www-authenticate') ?? '';
    if (answer.status !== 401 || authorization !== undefined) return answer;
    await answer.arrayBuffer();
    authorization = challenge.startsWith('Basic') ? basic : await tokenFor(challenge, basic, prefix);
    if (authorization === undefined)
      throw unauthorized(
        prefix,
        `pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials`,
      );
    const again = await send(path, accept);
    if (again.status !== 401) return again;
    throw unauthorized(
      prefix,
      'pull access denied, repository does not exist or may require authorization: server message: insufficient_scope: authorization failed',
    );
  };
}

function unauthorized(prefix: string, why: string): PullError {
  return new PullError(`${unknown}${prefix}: ${why}`);
}

async function tokenFor(challenge: string, basic: string | undefined, prefix: string): Promise<string> {
  const parameters = Object.fromEntries(
    [...challenge.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
  );
  const query = new URLSearchParams({ scope: parameters['scope'] ?? '', service: parameters['service'] ?? '' });
  const url = `${parameters['realm']}?${query}`;
  const answer = await fetch(url, basic === undefined ? {} : { headers: { authorization: basic } });
  const kind = basic === undefined ? 'failed to fetch anonymous token' : 'failed to fetch oauth token';
  if (!answer.ok) throw unauthorized(prefix, `failed to authorize: ${kind}: ${unexpected(answer)}`);
  return `Bearer ${((await answer.json()) as { token: string }).token}`;
}
