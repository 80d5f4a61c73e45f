import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { projectRoot } from './action-manifest.ts';

/** Node's arguments that check the traffic of a sandbox GitHub in the process (see test/sandbox/schemas/watch-process.ts). */
export const watchedProcess: readonly string[] = [
  '--import',
  pathToFileURL(join(projectRoot, 'build', 'test', 'sandbox', 'schemas', 'watch-process.js')).href,
];
