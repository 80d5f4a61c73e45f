/** One member of a tar archive. */
export interface TarEntry {
  readonly path: string;
  readonly type: 'file' | 'folder' | 'link' | 'other';
  readonly mode: number;
  readonly content: Buffer;
  /** Where a link points to; '' for everything else. */
  readonly target: string;
}

const blockSize = 512;

/** Packs files by path into an ustar archive whose bytes depend on nothing but the files. */
export function writeTar(files: Readonly<Record<string, string | Buffer>>): Buffer {
  const blocks: Buffer[] = [];
  for (const path of Object.keys(files).sort()) {
    const content = Buffer.from(files[path] ?? '');
    blocks.push(header(path, content.length), content, Buffer.alloc(padding(content.length)));
  }
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
}

/** Reads an ustar archive, with the long names of pax and GNU tar; throws on a broken header. */
export function readTar(archive: Buffer): TarEntry[] {
  const entries: TarEntry[] = [];
  let longPath: string | undefined;
  for (let offset = 0; offset + blockSize <= archive.length; ) {
    const block = archive.subarray(offset, offset + blockSize);
    if (block.every((byte) => byte === 0)) break;
    if (octal(block, 148, 8) !== checksum(block)) throw new Error(`Broken tar header at byte ${offset}`);
    const size = octal(block, 124, 12);
    const content = archive.subarray(offset + blockSize, offset + blockSize + size);
    offset += blockSize + size + padding(size);
    const flag = String.fromCharCode(block[156] ?? 0);
    if (flag === 'x') longPath = paxPath(content) ?? longPath;
    else if (flag === 'L') longPath = text(content, 0, content.length);
    else if (flag !== 'g') {
      entries.push(entryOf(block, content, longPath));
      longPath = undefined;
    }
  }
  return entries;
}

function entryOf(block: Buffer, content: Buffer, longPath: string | undefined): TarEntry {
  const prefix = text(block, 345, 155);
  const name = text(block, 0, 100);
  const flag = String.fromCharCode(block[156] ?? 0);
  const types: Record<string, TarEntry['type']> = {
    '0': 'file',
    '\0': 'file',
    '5': 'folder',
    '1': 'link',
    '2': 'link',
  };
  return {
    path: longPath ?? (prefix === '' ? name : `${prefix}/${name}`),
    type: types[flag] ?? 'other',
    mode: octal(block, 100, 8),
    content,
    target: text(block, 157, 100),
  };
}

function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(blockSize);
  const { prefix, name } = split(path);
  block.write(name, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  // A fixed time of change keeps the digest of a layer the same for the same files.
  block.write('00000000000\0', 136);
  block.write('0', 156);
  block.write('ustar\u000000', 257);
  block.write(prefix, 345, 155);
  block.write(`${checksum(block).toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

function split(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  const cut = path.indexOf('/', path.length - 100);
  if (cut < 0 || cut > 155) throw new Error(`The path is too long for ustar: ${path}`);
  return { prefix: path.slice(0, cut), name: path.slice(cut + 1) };
}

function checksum(block: Buffer): number {
  let sum = 8 * 0x20;
  for (let index = 0; index < blockSize; index++) {
    if (index < 148 || index >= 156) sum += block[index] ?? 0;
  }
  return sum;
}

function padding(size: number): number {
  return (blockSize - (size % blockSize)) % blockSize;
}

function octal(block: Buffer, start: number, length: number): number {
  const digits = text(block, start, length).trim();
  return digits === '' ? 0 : Number.parseInt(digits, 8);
}

function text(block: Buffer, start: number, length: number): string {
  return block
    .subarray(start, start + length)
    .toString('utf8')
    .replace(/\0.*$/s, '');
}

function paxPath(content: Buffer): string | undefined {
  return /(?:^|\n)\d+ path=([^\n]*)\n/.exec(content.toString('utf8'))?.[1];
}
