import { readFile } from 'node:fs/promises';
import { createGunzip, gunzipSync } from 'node:zlib';
import { textOfError } from '#shared/errors.ts';

/** One line of a file that holds a JSON value. */
export interface JsonLine {
  /** `file:line`, as editors and compilers spell it. */
  readonly where: string;
  readonly value: unknown;
}

/** What cannot be used, and why. */
export interface Problem {
  /** `file:line`, or the file alone where the whole file is meant. */
  readonly where: string;
  readonly reason: string;
}

/** What a file of JSON lines holds. */
export interface JsonLines {
  readonly lines: readonly JsonLine[];
  /** Lines that hold no JSON. */
  readonly badLines: readonly Problem[];
  /** Why not the whole file was read; undefined when it was. */
  readonly unread: Problem | undefined;
}

/** Reads a file of JSON lines, gzip (by its first bytes) or plain. Never throws: what could not be read is in the result. */
export async function readJsonLines(file: string): Promise<JsonLines> {
  const { text, unread } = await readText(file);
  const lines: JsonLine[] = [];
  const badLines: Problem[] = [];
  // Not by node:readline, which ends a line at U+2028, too: JSON may hold that in a string.
  for (const [index, line] of text
    .replace(/^\ufeff/, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const where = `${file}:${index + 1}`;
    try {
      lines.push({ where, value: JSON.parse(line) as unknown });
    } catch (error) {
      badLines.push({ where, reason: `this is no JSON: ${textOfError(error)}` });
    }
  }
  const empty = lines.length + badLines.length === 0 ? { where: file, reason: 'the file is empty' } : undefined;
  return { lines, badLines, unread: unread ?? empty };
}

async function readText(file: string): Promise<{ text: string; unread: Problem | undefined }> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    return { text: '', unread: { where: file, reason: `the file cannot be read: ${textOfError(error)}` } };
  }
  if (bytes.subarray(0, 2).toString('hex') !== '1f8b') return { text: bytes.toString('utf8'), unread: undefined };
  try {
    return { text: gunzipSync(bytes).toString('utf8'), unread: undefined };
  } catch (error) {
    const text = (await unpackedStart(bytes)).toString('utf8');
    const reason = `the gzip data are damaged, and what follows is lost: ${textOfError(error)}`;
    return { text: text.slice(0, text.lastIndexOf('\n') + 1), unread: { where: file, reason } };
  }
}

// Whatever comes before the damage.
async function unpackedStart(bytes: Buffer): Promise<Buffer> {
  const chunks: Buffer[] = [];
  const gunzip = createGunzip();
  gunzip.end(bytes);
  try {
    for await (const chunk of gunzip) chunks.push(chunk as Buffer);
  } catch {
    // The caller tells it.
  }
  return Buffer.concat(chunks);
}
