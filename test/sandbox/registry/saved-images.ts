import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { loadState, saveState } from '../saved-state.ts';
import { emptyRepository, type StoredRepository } from './content.ts';

// Blobs may be large and never change, so each has a file of its own, written once.
type SavedRepository = Pick<StoredRepository, 'manifests' | 'tags'> & { readonly blobs: readonly string[] };

/** The repositories as `saveImages` left them in `folder`; none when it is new. */
export function loadImages(folder: string): Map<string, StoredRepository> {
  mkdirSync(join(folder, 'blobs'), { recursive: true });
  const saved =
    loadState<Map<string, SavedRepository>>(join(folder, 'repositories')) ?? new Map<string, SavedRepository>();
  return new Map(
    [...saved].map(([name, { manifests, tags, blobs }]) => {
      const contents = new Map(blobs.map((digest) => [digest, readFileSync(blobFile(folder, digest))]));
      // Buffers come back as plain bytes.
      const whole = [...manifests].map(([digest, { mediaType, bytes }]) => {
        return [digest, { mediaType, bytes: Buffer.from(bytes) }] as const;
      });
      return [name, { ...emptyRepository(), manifests: new Map(whole), tags, blobs: contents }];
    }),
  );
}

/** Writes manifests, tags and blobs; uploads that are not finished are left out. */
export function saveImages(folder: string, repositories: ReadonlyMap<string, StoredRepository>): void {
  const saved = new Map<string, SavedRepository>();
  for (const [name, { manifests, tags, blobs }] of repositories) {
    for (const [digest, bytes] of blobs) writeBlob(blobFile(folder, digest), bytes);
    saved.set(name, { manifests, tags, blobs: [...blobs.keys()] });
  }
  saveState(join(folder, 'repositories'), saved);
}

function writeBlob(file: string, bytes: Buffer): void {
  if (existsSync(file)) return;
  writeFileSync(`${file}.new`, bytes);
  renameSync(`${file}.new`, file);
}

function blobFile(folder: string, digest: string): string {
  return join(folder, 'blobs', digest.replace(/\W/g, '-'));
}
