import { gzipSync } from 'node:zlib';
import { type Descriptor, digestOf, mediaTypes } from './content.ts';
import { writeTar } from './tar.ts';

/** How a container of an image starts, as the OCI image configuration has it. */
export interface ImageConfig {
  readonly Entrypoint?: readonly string[];
  readonly Cmd?: readonly string[];
  readonly Env?: readonly string[];
  readonly WorkingDir?: string;
  readonly ExposedPorts?: Readonly<Record<string, object>>;
  readonly Labels?: Readonly<Record<string, string>>;
}

/** An image to build and push. */
export interface PushedImage {
  readonly repository: string;
  readonly tag: string;
  /** Content by path without a leading slash, `app/src/server.js`. */
  readonly files: Readonly<Record<string, string | Buffer>>;
  readonly config?: ImageConfig;
  /** `linux/amd64`; several make an index, each with a config of its own. A single manifest for the machine's own when left out. */
  readonly platforms?: readonly string[];
}

/** Where to push to, and as whom. */
export interface PushTarget {
  readonly url: string;
  readonly credentials: { readonly username: string; readonly password: string };
}

/** The platform of the machine in the words of OCI, `linux/amd64`. */
export const ownPlatform = `linux/${process.arch === 'x64' ? 'amd64' : process.arch}`;

/** Builds an image with one layer and pushes it as any client does; gives the digest that the tag names. */
export async function pushImage(target: PushTarget, image: PushedImage): Promise<string> {
  const send = await connect(target, image.repository);
  const tar = writeTar(image.files);
  const layer = await pushBlob(send, gzipSync(tar, { level: 6 }), mediaTypes.layer);
  const diffId = digestOf(tar);
  const platforms = image.platforms ?? [];
  if (platforms.length === 0) {
    const manifest = await manifestFor(send, { image, platform: ownPlatform, layer, diffId });
    return (await pushManifest(send, image.tag, manifest, mediaTypes.manifest)).digest;
  }
  const manifests: Descriptor[] = [];
  for (const platform of platforms) {
    const manifest = await manifestFor(send, { image, platform, layer, diffId });
    const pushed = await pushManifest(send, digestOf(JSON.stringify(manifest)), manifest, mediaTypes.manifest);
    const [os = '', architecture = ''] = platform.split('/');
    manifests.push({ ...pushed, platform: { os, architecture } });
  }
  const index = { schemaVersion: 2, mediaType: mediaTypes.index, manifests };
  return (await pushManifest(send, image.tag, index, mediaTypes.index)).digest;
}

type Send = (path: string, init: RequestInit) => Promise<Response>;

async function connect({ url, credentials }: PushTarget, repository: string): Promise<Send> {
  const basic = `Basic ${Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64')}`;
  const challenge = (await fetch(`${url}/v2/`)).headers.get('www-authenticate') ?? '';
  let authorization = basic;
  const realm = /^Bearer realm="([^"]+)"/.exec(challenge)?.[1];
  if (realm !== undefined) {
    const scope = `repository:${repository}:pull,push`;
    const answer = await fetch(`${realm}?scope=${encodeURIComponent(scope)}`, { headers: { authorization: basic } });
    authorization = `Bearer ${((await answer.json()) as { token: string }).token}`;
  }
  return async (path, init) => {
    const target = new URL(path, `${url}/v2/${repository}/`);
    const response = await fetch(target, { ...init, headers: { ...init.headers, authorization } });
    if (response.ok) return response;
    throw new Error(`${init.method} ${target.pathname}: ${response.status} ${await response.text()}`);
  };
}

async function manifestFor(
  send: Send,
  { image, platform, layer, diffId }: { image: PushedImage; platform: string; layer: Descriptor; diffId: string },
): Promise<object> {
  const [os, architecture] = platform.split('/');
  const rootfs = { type: 'layers', diff_ids: [diffId] };
  const history = [{ created_by: 'COPY . /' }];
  const config = { architecture, os, config: image.config ?? {}, rootfs, history };
  const pushed = await pushBlob(send, Buffer.from(JSON.stringify(config)), mediaTypes.config);
  return { schemaVersion: 2, mediaType: mediaTypes.manifest, config: pushed, layers: [layer] };
}

async function pushBlob(send: Send, content: Buffer, mediaType: string): Promise<Descriptor> {
  const digest = digestOf(content);
  const begun = await send('blobs/uploads/', { method: 'POST' });
  const location = begun.headers.get('location') ?? '';
  await send(`${location}${location.includes('?') ? '&' : '?'}digest=${digest}`, {
    method: 'PUT',
    body: new Uint8Array(content),
    headers: { 'content-type': 'application/octet-stream' },
  });
  return { mediaType, digest, size: content.length };
}

async function pushManifest(send: Send, reference: string, manifest: object, mediaType: string): Promise<Descriptor> {
  const body = JSON.stringify(manifest);
  await send(`manifests/${reference}`, { method: 'PUT', body, headers: { 'content-type': mediaType } });
  return { mediaType, digest: digestOf(body), size: Buffer.byteLength(body) };
}
