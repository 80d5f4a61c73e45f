import { parseArgs } from 'node:util';

/** What a replay was called with. */
export interface ReplayArguments<Rules extends string> {
  readonly files: readonly string[];
  /** Where to write the misses. */
  readonly missesFile: string | undefined;
  /** The rules that a person named. */
  readonly rules: Rules | undefined;
}

/** Reads `FILE... [--misses OUT]` and, where there are rules to name, `[--rules NAME]`; else gives what is wrong. */
export function readArguments<Rules extends string>(
  argv: readonly string[],
  ruleNames: readonly Rules[],
): ReplayArguments<Rules> | Error {
  const misses = { type: 'string' } as const;
  const options = ruleNames.length === 0 ? { misses } : { misses, rules: { type: 'string' } as const };
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options, allowPositionals: true });
    const { rules } = values as { rules?: string };
    if (positionals.length === 0) return new Error('no file is given');
    const chosen = ruleNames.find((name) => name === rules);
    if (chosen === undefined && rules !== undefined) return new Error(`no rules are named "${rules}"`);
    return { files: positionals, missesFile: values.misses, rules: chosen };
  } catch (error) {
    return error as Error;
  }
}
