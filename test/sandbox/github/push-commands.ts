import { ZERO } from './ref-store.ts';

/** One ref that a `git push` wants to change. */
export interface PushCommand {
  readonly ref: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
}

/** The commands and the pack of a receive-pack request; https://git-scm.com/docs/pack-protocol#_reference_update_request_and_packfile_transfer */
export function parsePush(body: Buffer): { commands: PushCommand[]; capabilities: string; pack: Buffer } {
  const commands: PushCommand[] = [];
  let capabilities = '';
  let at = 0;
  while (at + 4 <= body.length) {
    const length = Number.parseInt(body.toString('latin1', at, at + 4), 16);
    if (length === 0) break;
    const [line = '', more = ''] = body
      .toString('utf8', at + 4, at + length)
      .replace(/\n$/, '')
      .split('\0');
    capabilities ||= more;
    const match = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.+)$/.exec(line);
    if (match !== null) {
      const [, before, after, ref = ''] = match;
      commands.push({ ref, before: before === ZERO ? undefined : before, after: after === ZERO ? undefined : after });
    }
    at += length;
  }
  return { commands, capabilities, pack: body.subarray(at + 4) };
}

/** The answer that refuses a whole push, with `text` shown as `remote: ...`. */
export function refusedPush(commands: readonly PushCommand[], reason: string, text: string): Buffer {
  const report = [packetLine('unpack ok\n'), ...commands.map(({ ref }) => packetLine(`ng ${ref} ${reason}\n`)), '0000'];
  return Buffer.from(`${packetLine(`\u0002${text}\n`)}${packetLine(`\u0001${report.join('')}`)}0000`);
}

function packetLine(text: string): string {
  return (Buffer.byteLength(text) + 4).toString(16).padStart(4, '0') + text;
}
