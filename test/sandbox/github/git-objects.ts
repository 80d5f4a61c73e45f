import { createHash } from 'node:crypto';

/** A git object's kind; https://git-scm.com/book/en/v2/Git-Internals-Git-Objects */
export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** An object as git stores it, without its header. */
export interface GitObject {
  readonly sha: string;
  readonly type: ObjectType;
  readonly content: Buffer;
}

/** One line of a tree; `mode` as git prints it (`040000` for folders). */
export interface TreeEntry {
  readonly mode: string;
  readonly name: string;
  readonly sha: string;
}

/** Who made a commit or tag; `date` is ISO 8601 with its offset. */
export interface Signature {
  readonly name: string;
  readonly email: string;
  readonly date: string;
}

export interface CommitFields {
  readonly tree: string;
  readonly parents: readonly string[];
  readonly author: Signature;
  readonly committer: Signature;
  readonly message: string;
  readonly signature?: string | undefined;
}

export interface TagFields {
  readonly object: string;
  readonly type: ObjectType;
  readonly tag: string;
  readonly tagger?: Signature | undefined;
  readonly message: string;
}

/** The name of an object. */
export function shaOf(type: ObjectType, content: Buffer): string {
  return createHash('sha1').update(`${type} ${content.length}\0`).update(content).digest('hex');
}

export function encodeCommit(commit: CommitFields): Buffer {
  const lines = [
    `tree ${commit.tree}`,
    ...commit.parents.map((parent) => `parent ${parent}`),
    `author ${encodeSignature(commit.author)}`,
    `committer ${encodeSignature(commit.committer)}`,
  ];
  if (commit.signature !== undefined) lines.push(`gpgsig ${commit.signature.trimEnd().replaceAll('\n', '\n ')}`);
  return Buffer.from(`${lines.join('\n')}\n\n${commit.message}`);
}

export function decodeCommit(content: Buffer): CommitFields {
  const { headers, message } = splitHeaders(content.toString());
  const one = (name: string) => headers.find(([key]) => key === name)?.[1] ?? '';
  return {
    tree: one('tree'),
    parents: headers.filter(([key]) => key === 'parent').map(([, value]) => value),
    author: decodeSignature(one('author')),
    committer: decodeSignature(one('committer')),
    message,
    signature: one('gpgsig') || undefined,
  };
}

export function encodeTag(tag: TagFields): Buffer {
  const tagger = tag.tagger === undefined ? '' : `tagger ${encodeSignature(tag.tagger)}\n`;
  return Buffer.from(`object ${tag.object}\ntype ${tag.type}\ntag ${tag.tag}\n${tagger}\n${tag.message}`);
}

export function decodeTag(content: Buffer): TagFields {
  const { headers, message } = splitHeaders(content.toString());
  const one = (name: string) => headers.find(([key]) => key === name)?.[1] ?? '';
  const tagger = one('tagger');
  return {
    object: one('object'),
    type: one('type') as ObjectType,
    tag: one('tag'),
    tagger: tagger === '' ? undefined : decodeSignature(tagger),
    message,
  };
}

/** Sorts as git demands: folders compare as if their name ended with a slash. */
export function encodeTree(entries: readonly TreeEntry[]): Buffer {
  const key = ({ mode, name }: TreeEntry) => Buffer.from(mode === '040000' ? `${name}/` : name);
  const sorted = [...entries].sort((a, b) => Buffer.compare(key(a), key(b)));
  const parts = sorted.flatMap(({ mode, name, sha }) => [
    Buffer.from(`${mode.replace(/^0/, '')} ${name}\0`),
    Buffer.from(sha, 'hex'),
  ]);
  return Buffer.concat(parts);
}

export function decodeTree(content: Buffer): TreeEntry[] {
  // Cutting two long texts is much faster than as many small conversions as there are entries.
  const [bytes, hex] = [content.toString('latin1'), content.toString('hex')];
  const entries: TreeEntry[] = [];
  for (let at = 0; at < content.length; ) {
    const [space, end] = [bytes.indexOf(' ', at), bytes.indexOf('\0', at)];
    const name = bytes.slice(space + 1, end);
    entries.push({
      mode: bytes.slice(at, space).padStart(6, '0'),
      name: NOT_ASCII.test(name) ? content.toString('utf8', space + 1, end) : name,
      sha: hex.slice(2 * end + 2, 2 * end + 42),
    });
    at = end + 21;
  }
  return entries;
}

/** The kind of object that a tree entry's mode stands for. */
export function typeOfMode(mode: string): 'blob' | 'tree' | 'commit' {
  if (mode === '040000') return 'tree';
  return mode === '160000' ? 'commit' : 'blob';
}

/** ISO 8601 in UTC with seconds, as GitHub prints every date. */
export function isoUtc(date: string | Date): string {
  return new Date(date).toISOString().replace(/\.\d+Z$/, 'Z');
}

function encodeSignature({ name, email, date }: Signature): string {
  const offset = /([+-]\d{2}):?(\d{2})$/.exec(date);
  const seconds = Math.floor(Date.parse(date) / 1000);
  return `${name.replace(/[<>\n]/g, '')} <${email.replace(/[<>\n]/g, '')}> ${seconds} ${offset ? `${offset[1]}${offset[2]}` : '+0000'}`;
}

function decodeSignature(line: string): Signature {
  const [, name = '', email = '', seconds = '0'] = /^(.*?) ?<(.*)> (\d+) [+-]\d{4}$/.exec(line) ?? [];
  return { name, email, date: isoUtc(new Date(Number(seconds) * 1000)) };
}

function splitHeaders(text: string): { headers: [string, string][]; message: string } {
  const end = text.indexOf('\n\n');
  const head = (end === -1 ? text : text.slice(0, end)).replaceAll('\n ', '\u0000').split('\n');
  const headers = head.map((line): [string, string] => {
    const space = line.indexOf(' ');
    return [line.slice(0, space), line.slice(space + 1).replaceAll('\u0000', '\n')];
  });
  return { headers, message: end === -1 ? '' : text.slice(end + 2) };
}

const NOT_ASCII = /[\u0080-\u00ff]/;
