import { createHash } from 'node:crypto';

/** Media types of the OCI image specification, and Docker's own that clients still meet. */
export const mediaTypes = {
  manifest: 'application/vnd.oci.image.manifest.v1+json',
  index: 'application/vnd.oci.image.index.v1+json',
  config: 'application/vnd.oci.image.config.v1+json',
  layer: 'application/vnd.oci.image.layer.v1.tar+gzip',
  dockerManifest: 'application/vnd.docker.distribution.manifest.v2+json',
  dockerIndex: 'application/vnd.docker.distribution.manifest.list.v2+json',
} as const;

/** What one content refers to, as the OCI image specification has it. */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: string;
  readonly size: number;
  readonly platform?: { readonly os: string; readonly architecture: string };
}

/** A manifest or an index as it was pushed. */
export interface StoredManifest {
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** One repository of the registry. */
export interface StoredRepository {
  readonly blobs: Map<string, Buffer>;
  readonly manifests: Map<string, StoredManifest>;
  readonly tags: Map<string, string>;
  /** Uploads that were begun, by their id. */
  readonly uploads: Map<string, Buffer[]>;
}

/** `sha256:` and the hash of the bytes in hexadecimal. */
export function digestOf(bytes: Buffer | string): string {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** Starts a repository without content. */
export function emptyRepository(): StoredRepository {
  return { blobs: new Map(), manifests: new Map(), tags: new Map(), uploads: new Map() };
}

/** What a manifest or index needs to be there: the digests of its config and layers, or of its manifests. */
export function referencedDigests(bytes: Buffer): { blobs: string[]; manifests: string[] } {
  const { config, layers, manifests } = JSON.parse(bytes.toString('utf8')) as {
    config?: Descriptor;
    layers?: Descriptor[];
    manifests?: Descriptor[];
  };
  return {
    blobs: [...(config === undefined ? [] : [config]), ...(layers ?? [])].map(({ digest }) => digest),
    manifests: (manifests ?? []).map(({ digest }) => digest),
  };
}
