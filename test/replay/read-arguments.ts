import { parseArgs } from 'node:util';

/** What a replay was called with. */
export interface ReplayArguments {
  readonly files: readonly string[];
  /** Where to write the misses. */
  readonly missesFile: string | undefined;
  /** The rules that a person named. */
  readonly rules: string | undefined;
}

/** Reads `FILE... [--misses OUT]` and, where there are rules to name, `[--rules NAME]`; else gives what is wrong. */
export function readArguments(argv: readonly string[], ruleNames: readonly string[] = []): ReplayArguments | Error {
  const misses = { type: 'string' } as const;
  const options = ruleNames.length === 0 ? { misses } : { misses, rules: { type: 'string' } as const };
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const { rules } = values as { rules?: string };
    if (positionals.length === 0) return new Error('no file is given');
    if (rules !== undefined && !ruleNames.includes(rules)) return new Error(`no rules are named "${rules}"`);
    return { files: positionals, missesFile: values.misses, rules };
  } catch (error) {
    return error as Error;
  }
}
