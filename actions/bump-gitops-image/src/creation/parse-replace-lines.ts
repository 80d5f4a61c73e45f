import { NotAllowed } from '#shared/inputs.ts';

/** Parses one line of `replace`, `old=new`. Throws NotAllowed. */
export function parseReplaceLine(line: string): { old: string; next: string } {
  const [, old, next] = /^([^\s=]+)\s*=\s*([^\s=]+)$/.exec(line) ?? [];
  if (old === undefined || next === undefined || old === next)
    throw new NotAllowed('lines `old=new`, two different names');
  return { old, next };
}
