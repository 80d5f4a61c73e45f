import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createFaults, deliver, type Faults } from '../faults.ts';
import { listen } from '../listen.ts';
import { createRequestLog, type RequestLog } from '../request-log.ts';
import { createAccess, type RegistryAccess, type RegistrySettings } from './access.ts';
import type { StoredRepository } from './content.ts';
import { createPullCount, type PullCount } from './pull-count.ts';
import { type PushedImage, pushImage } from './push-image.ts';
import { answerRegistry } from './routes.ts';
import { loadImages, saveImages } from './saved-images.ts';

/** A container registry on loopback: the OCI distribution API over memory. */
export interface RegistrySandbox {
  readonly url: string;
  /** Host and port, the first part of an image reference. */
  readonly host: string;
  readonly requests: RequestLog;
  readonly faults: Faults;
  /** Change them at any time. */
  readonly settings: RegistrySettings;
  readonly credentials: RegistryAccess['credentials'];
  /** Builds an image from files and pushes it over HTTP; gives the digest of its manifest (of the index, with platforms). */
  pushImage(image: PushedImage): Promise<string>;
  /** Forgets a tag, or the manifest with this digest and all of its tags. */
  deleteManifest(repository: string, reference: string): void;
  close(): Promise<void>;
}

/** How a registry is started; by default everybody may pull and push. */
export interface RegistryOptions extends Partial<RegistrySettings> {
  /** A free one when it is 0 or left out. */
  readonly port?: number;
  /** Where images are written after each push, and read at the start; only memory when left out. */
  readonly folder?: string | undefined;
}

/** Starts a registry on 127.0.0.1. */
export async function startRegistry({ port, folder, ...options }: RegistryOptions = {}): Promise<RegistrySandbox> {
  const settings: RegistrySettings = {
    ...{ challenge: 'none', anonymousPull: true, immutableTags: false, digestHeader: 'right', denied: new Set() },
    pullLimit: undefined,
    ...options,
  };
  const requests = createRequestLog();
  const faults = createFaults();
  const access = createAccess(settings);
  const repositories = folder === undefined ? new Map<string, StoredRepository>() : loadImages(folder);
  const save = folder === undefined ? () => {} : () => saveImages(folder, repositories);
  const parts = { requests, faults, access, settings, repositories, pulls: createPullCount(settings), save };
  const server = createServer((request, response) => {
    serve(parts, request, response).catch(() => response.destroy());
  });
  const host = `127.0.0.1:${await listen(server, port)}`;
  const url = `http://${host}`;
  return {
    ...{ url, host, requests, faults, settings, credentials: access.credentials },
    pushImage: (image) => pushImage({ url, credentials: access.credentials }, image),
    deleteManifest: (repository, reference) => remove(repositories.get(repository), reference),
    close: () => {
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

interface Parts {
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly access: RegistryAccess;
  readonly settings: RegistrySettings;
  readonly repositories: Map<string, StoredRepository>;
  readonly pulls: PullCount;
  /** Called before a write is answered. */
  save(): void;
}

async function serve(parts: Parts, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = 'GET', url = '/', headers } = request;
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const fault = parts.faults.take({ method, path: url });
  const base = `http://${headers.host ?? ''}`;
  const write = !['GET', 'HEAD'].includes(method);
  const answer = async () => {
    const reply = answerRegistry(parts, { method, url, headers, body: Buffer.concat(chunks), base });
    if (write) parts.save();
    return reply;
  };
  const status = await deliver({ request, response }, fault, answer);
  const actor = headers.authorization === undefined ? '' : parts.access.credentials.username;
  parts.requests.add({ method, path: url, status, write, actor });
}

function remove(repository: StoredRepository | undefined, reference: string): void {
  if (repository === undefined) return;
  if (!reference.includes(':')) return void repository.tags.delete(reference);
  repository.manifests.delete(reference);
  for (const [tag, digest] of repository.tags) if (digest === reference) repository.tags.delete(tag);
}
