import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { getExecOutput } from '@actions/exec';

/** An account of a registry; `identityToken` is an OAuth2 refresh token that stands for a password. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
  readonly identityToken?: string;
}

/** Finds the account for a registry host; undefined for anonymous access. */
export type CredentialSource = (host: string) => Promise<Credentials | undefined>;

const DOCKER_HUB = 'https://index.docker.io/v1/';

/**
 * The credentials that `docker login` left: `config.json` of DOCKER_CONFIG or `~/.docker`, with credential helpers.
 * https://docs.docker.com/reference/cli/docker/login/
 */
export function dockerCredentials(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): CredentialSource {
  const folder = environment['DOCKER_CONFIG'] || join(homedir(), '.docker');
  let config: Promise<ReadonlyMap<string, unknown>> | undefined;
  return async (host) => {
    config ??= readConfig(join(folder, 'config.json'));
    const settings = await config;
    for (const key of configKeys(host)) {
      const helper = textOf(mapOf(settings.get('credHelpers')).get(key)) || textOf(settings.get('credsStore'));
      const found = (helper === '' ? undefined : await askHelper(helper, key)) ?? entryOf(settings, key);
      if (found !== undefined) return found;
    }
    return undefined;
  };
}

// Docker Hub is kept under its historic address, other registries by host or by URL.
function configKeys(host: string): string[] {
  const hub = host === 'docker.io' || host === 'registry-1.docker.io';
  return hub ? [DOCKER_HUB, 'docker.io', 'index.docker.io'] : [host, `https://${host}`, `https://${host}/v2/`];
}

async function readConfig(path: string): Promise<ReadonlyMap<string, unknown>> {
  try {
    return mapOf(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return new Map();
  }
}

function entryOf(settings: ReadonlyMap<string, unknown>, key: string): Credentials | undefined {
  const entry = mapOf(mapOf(settings.get('auths')).get(key));
  const decoded = Buffer.from(textOf(entry.get('auth')), 'base64').toString('utf8');
  const colon = decoded.indexOf(':');
  const username = colon > 0 ? decoded.slice(0, colon) : textOf(entry.get('username'));
  const password = colon > 0 ? decoded.slice(colon + 1).replace(/\0+$/, '') : textOf(entry.get('password'));
  const identityToken = textOf(entry.get('identitytoken'));
  if (identityToken !== '') return { username, password, identityToken };
  return username === '' && password === '' ? undefined : { username, password };
}

// https://github.com/docker/docker-credential-helpers: the server on standard input, JSON on standard output.
async function askHelper(helper: string, server: string): Promise<Credentials | undefined> {
  if (!/^[\w.-]+$/.test(helper)) return undefined;
  const options = { input: Buffer.from(server), silent: true, ignoreReturnCode: true };
  try {
    const { exitCode, stdout } = await getExecOutput(`docker-credential-${helper}`, ['get'], options);
    if (exitCode !== 0) return undefined;
    const answer = mapOf(JSON.parse(stdout));
    const [username, secret] = [textOf(answer.get('Username')), textOf(answer.get('Secret'))];
    if (secret === '') return undefined;
    return username === '<token>'
      ? { username: '', password: '', identityToken: secret }
      : { username, password: secret };
  } catch {
    return undefined;
  }
}

function mapOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
