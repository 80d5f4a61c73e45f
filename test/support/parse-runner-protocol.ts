/** An annotation as a workflow command wrote it. */
export interface LoggedAnnotation {
  readonly level: 'error' | 'warning' | 'notice';
  readonly message: string;
  readonly properties: Readonly<Record<string, string>>;
}

/**
 * Reads a command file (`GITHUB_OUTPUT`): `name=value` lines and `name<<delimiter` blocks.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function parseCommandFile(text: string): Record<string, string> {
  const values: Record<string, string> = {};
  const lines = text.split('\n');
  for (let index = 0; index < lines.length; index++) {
    const line = lines[index] ?? '';
    const block = /^([^=]*?)<<(.+)$/.exec(line);
    const name = block?.[1];
    if (block === null || name === undefined) {
      const equals = line.indexOf('=');
      if (equals > 0) values[line.slice(0, equals)] = line.slice(equals + 1);
      continue;
    }
    const end = lines.indexOf(block[2] ?? '', index + 1);
    if (end === -1) throw new Error(`the value of ${name} has no closing delimiter`);
    values[name] = lines.slice(index + 1, end).join('\n');
    index = end;
  }
  return values;
}

/** Reads a step's log as the runner does: takes the workflow commands out, and hides what was masked. */
export function parseLog(text: string): { log: string; annotations: LoggedAnnotation[] } {
  const annotations: LoggedAnnotation[] = [];
  const secrets: string[] = [];
  const shown: string[] = [];
  let stopped: string | undefined;
  for (const line of text.split('\n')) {
    const command = /^\s*::([a-z-]+|[0-9a-zA-Z-]{8,})(?: ([^:]*(?::(?!:)[^:]*)*))?::(.*)$/.exec(line);
    const name = command?.[1] ?? '';
    const message = unescapeData(command?.[3] ?? '');
    if (stopped !== undefined) {
      if (name === stopped) stopped = undefined;
      else shown.push(line);
    } else if (name === 'stop-commands') stopped = message;
    else if (name === 'add-mask') secrets.push(message);
    else if (name === 'error' || name === 'warning' || name === 'notice') {
      annotations.push({ level: name, message, properties: parseProperties(command?.[2] ?? '') });
      shown.push(`${name}: ${message}`);
    } else if (name === 'group') shown.push(message);
    else if (name === 'endgroup' || name === 'debug') continue;
    else shown.push(line);
  }
  const log = shown.map((line) => hide(line, secrets)).join('\n');
  return { log, annotations };
}

function parseProperties(text: string): Record<string, string> {
  const properties: Record<string, string> = {};
  for (const part of text.split(',')) {
    const equals = part.indexOf('=');
    if (equals > 0) properties[part.slice(0, equals).trim()] = unescapeProperty(part.slice(equals + 1));
  }
  return properties;
}

function hide(line: string, secrets: readonly string[]): string {
  return secrets.filter((secret) => secret !== '').reduce((text, secret) => text.replaceAll(secret, '***'), line);
}

function unescapeData(text: string): string {
  return text.replaceAll('%0D', '\r').replaceAll('%0A', '\n').replaceAll('%25', '%');
}

function unescapeProperty(text: string): string {
  return unescapeData(text.replaceAll('%3A', ':').replaceAll('%2C', ','));
}
