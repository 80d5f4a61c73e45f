/** The options of `npm run sandbox`. */
export interface SandboxCommand {
  readonly help: boolean;
  readonly json: boolean;
  /** The first of three ports in a row; free ones when left out. */
  readonly port: number | undefined;
  /** The folder that keeps everything over a restart; nothing is kept when left out. */
  readonly state: string | undefined;
}

const highestPort = 65_535 - 2;
const flags = ['--help', '--json'];
const options = ['--port', '--state'];

/** Parses the arguments, written `--port 4000` or `--port=4000`. Throws one Error that lists every problem. */
export function parseArguments(argv: readonly string[]): SandboxCommand {
  const given = new Map<string, string>();
  const problems: string[] = [];
  const rest = argv.flatMap((argument) => /^(--[^=]+)=(.*)$/s.exec(argument)?.slice(1) ?? [argument]);
  for (let name = rest.shift(); name !== undefined; name = rest.shift()) {
    if (!flags.includes(name) && !options.includes(name)) {
      problems.push(`unknown argument ${name}`);
      continue;
    }
    if (given.has(name)) problems.push(`${name} is given twice`);
    const takesValue = options.includes(name) && rest[0] !== undefined && !rest[0].startsWith('--');
    given.set(name, takesValue ? (rest.shift() ?? '') : '');
  }
  const port = given.get('--port');
  if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) <= highestPort)) {
    problems.push(`--port needs a number from 1 to ${highestPort}, not ${port === '' ? 'nothing' : port}`);
  }
  if (given.get('--state') === '') problems.push('--state needs a folder');
  if (problems.length > 0) throw new Error(`${problems.join('\n')}\nSee npm run sandbox -- --help`);
  return {
    ...{ help: given.has('--help'), json: given.has('--json'), state: given.get('--state') },
    port: port === undefined ? undefined : Number(port),
  };
}
