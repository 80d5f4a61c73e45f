import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from '../../support/action-manifest.ts';
import type { Reply } from '../faults.ts';
import { readOverview, type Watched } from './read-overview.ts';
import { renderPage } from './render-page.ts';

/** Answers what belongs to the page; undefined for every other path. `etag` is the client's `if-none-match`. */
export type PageHandler = (path: string, etag: string | undefined) => Reply | undefined;

// What an action wrote is shown here: even unescaped it could run nothing and reach nobody.
const policy = [
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:",
  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
].join('; ');

const files: Readonly<Record<string, string>> = {
  '/_sandbox/page.css': 'text/css; charset=utf-8',
  '/_sandbox/live-page.js': 'text/javascript; charset=utf-8',
};

/** Serves the page about these servers at `/`; unchanged, it is answered by 304. */
export function servePage(watched: Watched, path: string, etag: string | undefined): Reply | undefined {
  const fileType = files[path];
  if (path !== '/' && fileType === undefined) return undefined;
  const body = fileType === undefined ? renderPage(readOverview(watched)) : readFileSync(fileOf(path), 'utf8');
  const tag = `"${createHash('sha256').update(body).digest('base64url')}"`;
  const headers = {
    ...{ 'content-type': fileType ?? 'text/html; charset=utf-8', etag: tag, 'cache-control': 'no-cache' },
    ...{ 'content-security-policy': policy, 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' },
  };
  return etag === tag ? { status: 304, headers, body: '' } : { status: 200, headers, body };
}

function fileOf(path: string): string {
  return join(projectRoot, 'test', 'sandbox', 'page', path.replace('/_sandbox/', ''));
}
