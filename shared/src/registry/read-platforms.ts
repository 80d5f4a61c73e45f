import type { HttpReply } from '../http/send-request.ts';

/**
 * The platforms of a manifest or index, `os/architecture[/variant]`, without attestations.
 * https://github.com/opencontainers/image-spec/blob/main/image-index.md
 */
export async function readPlatforms(
  manifest: Buffer,
  readBlob: (digest: string) => Promise<HttpReply>,
): Promise<readonly string[]> {
  const fields = parseObject(manifest);
  const children = fields.get('manifests');
  if (Array.isArray(children)) {
    const platforms = children.map((child) => platformOf(objectOf(objectOf(child).get('platform'))));
    return [...new Set(platforms.filter((platform) => platform !== ''))];
  }
  const config = objectOf(fields.get('config')).get('digest');
  if (typeof config !== 'string') return [];
  const reply = await readBlob(config);
  const platform = reply.status === 200 ? platformOf(parseObject(reply.body)) : '';
  return platform === '' ? [] : [platform];
}

function platformOf(fields: ReadonlyMap<string, unknown>): string {
  const [os, architecture, variant] = ['os', 'architecture', 'variant'].map((name) => fields.get(name));
  if (typeof os !== 'string' || typeof architecture !== 'string' || os === 'unknown') return '';
  const full = typeof variant === 'string' && variant !== '' ? `/${variant}` : '';
  // Every arm64 is v8; builders write it or not.
  return `${os}/${architecture}${architecture === 'arm64' && full === '/v8' ? '' : full}`;
}

function parseObject(body: Buffer): ReadonlyMap<string, unknown> {
  try {
    return objectOf(JSON.parse(body.toString('utf8')));
  } catch {
    return new Map();
  }
}

function objectOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map(typeof value === 'object' && value !== null && !Array.isArray(value) ? Object.entries(value) : []);
}
