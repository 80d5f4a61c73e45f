/** What can be broken on purpose, to see how the failure is told. */
export const breakages = ['image', 'crash', 'config', 'tests'] as const;

/** One of `breakages`. */
export type Breakage = (typeof breakages)[number];

/** The options of `npm start`. */
export interface DeliveryOptions {
  readonly json: boolean;
  readonly breakage: Breakage | undefined;
}

/** Parses the arguments of `npm start`. Throws an Error that says what is allowed. */
export function parseArguments(argv: readonly string[]): DeliveryOptions {
  let json = false;
  let breakage: Breakage | undefined;
  const rest = argv.flatMap((argument) =>
    argument.startsWith('--break=') ? ['--break', argument.slice(8)] : [argument],
  );
  while (rest.length > 0) {
    const argument = rest.shift();
    if (argument === '--json') json = true;
    else if (argument === '--break') breakage = parseBreakage(rest.shift());
    else throw new Error(`unknown argument ${argument}; allowed: --json, --break ${breakages.join('|')}`);
  }
  return { json, breakage };
}

function parseBreakage(word: string | undefined): Breakage {
  const breakage = breakages.find((candidate) => candidate === word);
  if (breakage === undefined) throw new Error(`--break ${word ?? ''}: allowed are ${breakages.join(', ')}`);
  return breakage;
}
