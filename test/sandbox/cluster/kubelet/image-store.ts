import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { ImageConfig } from '../../registry/push-image.ts';
import { type ImageName, pullImage } from './pull-image.ts';
import type { Credentials } from './registry-reader.ts';

/** An image on the node, unpacked. */
export interface NodeImage {
  readonly digest: string;
  readonly config: ImageConfig;
  /** Its root folder. */
  readonly root: string;
  readonly sizeBytes: number;
}

/** The images of the node by their reference. */
export interface ImageStore {
  get(image: string): NodeImage | undefined;
  /** Throws a PullError. */
  pull(image: string, name: ImageName): Promise<NodeImage>;
}

/** Keeps images below `folder`. */
export function createImageStore(folder: string, credentials: Credentials): ImageStore {
  const known = new Map<string, NodeImage>();
  const pulling = new Map<string, Promise<NodeImage>>();

  async function pull(image: string, name: ImageName): Promise<NodeImage> {
    const { digest, config, layers, sizeBytes } = await pullImage(image, name, credentials);
    const root = join(folder, digest.replace(':', '-'));
    for (const entry of layers.flat()) {
      const path = resolve(root, entry.path.replace(/^\/+/, ''));
      if (!path.startsWith(`${root}/`)) throw new Error(`A layer of ${image} leaves its root: ${entry.path}`);
      if (entry.type === 'folder') await mkdir(path, { recursive: true });
      if (entry.type !== 'file') continue;
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, entry.content, { mode: entry.mode });
    }
    const pulled = { digest, config, root, sizeBytes };
    known.set(image, pulled);
    return pulled;
  }

  return {
    get: (image) => known.get(image),
    pull(image, name) {
      // Two containers that ask at the same time share one pull.
      const running = pulling.get(image) ?? pull(image, name).finally(() => pulling.delete(image));
      pulling.set(image, running);
      return running;
    },
  };
}
