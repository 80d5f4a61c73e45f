import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { type ReasonTable, sharedReasons } from '#shared/errors.ts';
import { githubReasons, refReasons } from '#shared/github/reasons.ts';
import { lineStyle } from '#shared/manifest/find-in-lines.ts';
import { styles } from '#shared/manifest/style-table.ts';
import { declaredKey } from '#shared/manifest/styles/declared-key.ts';
import { renderTable } from '#shared/markdown/table.ts';
import { registryReasons } from '#shared/registry/reasons.ts';
import { actionNames } from './build-dist.ts';

interface Manifest {
  readonly name: string;
  readonly description: string;
  readonly inputs?: Readonly<Record<string, { description?: string; default?: string; required?: boolean }>>;
  readonly outputs?: Readonly<Record<string, { description?: string }>>;
}

interface Documented {
  readonly name: string;
  readonly manifest: Manifest;
  readonly reasons: ReasonTable;
}

/**
 * The generated documents by their path: `action-catalog.md`, and each action's README with its tables of inputs, outputs
 * and reason codes filled in from `action.yml` and `reasons.ts`.
 */
export async function generateDocs(root: string): Promise<ReadonlyMap<string, string>> {
  const documents = new Map<string, string>();
  const actions: Documented[] = [];
  for (const name of await actionNames(root)) {
    const action = await readAction(root, name);
    actions.push(action);
    const path = join('actions', name, 'README.md');
    documents.set(path, fillTables(await readFile(join(root, path), 'utf8'), action));
  }
  documents.set('action-catalog.md', renderCatalog(actions));
  return documents;
}

async function readAction(root: string, name: string): Promise<Documented> {
  const manifest = parse(await readFile(join(root, 'actions', name, 'action.yml'), 'utf8')) as Manifest;
  const module = (await import(join(root, 'build', 'actions', name, 'src', 'reasons.js'))) as { reasons: ReasonTable };
  for (const [kind, entries] of Object.entries({ input: manifest.inputs, output: manifest.outputs })) {
    for (const [entry, { description }] of Object.entries(entries ?? {})) {
      if (!description?.trim()) throw new Error(`actions/${name}/action.yml: the ${kind} ${entry} has no description`);
    }
  }
  return { name, manifest, reasons: module.reasons };
}

function fillTables(readme: string, action: Documented): string {
  const tables = {
    inputs: renderInputs(action.manifest),
    outputs: renderOutputs(action.manifest),
    reasons: renderOwnReasons(action.reasons),
    styles: renderStyles(),
  };
  return Object.entries(tables).reduce((text, [marker, table]) => {
    const [start, end] = [`<!-- ${marker} -->`, `<!-- /${marker} -->`];
    const [from, to] = [text.indexOf(start), text.indexOf(end)];
    if (from === -1 && optionalTables.has(marker)) return text;
    if (from === -1 || to < from)
      throw new Error(`actions/${action.name}/README.md: the markers ${start} ... ${end} are missing`);
    return `${text.slice(0, from + start.length)}\n${table}\n${text.slice(to)}`;
  }, readme);
}

/** Tables that only the READMEs have that ask for them. */
const optionalTables: ReadonlySet<string> = new Set(['styles']);

function renderStyles(): string {
  const all = [...styles, declaredKey([]), lineStyle];
  const families = [...new Set(all.map(({ family }) => family))];
  const rows = families.map((family) => {
    const members = all.filter((style) => style.family === family);
    return [family, members.map(({ name, covers }) => `\`${name}\` ${cell(covers)}`).join('<br>')];
  });
  return renderTable(['where', 'style and what it covers'], rows);
}

function renderInputs({ inputs = {} }: Manifest): string {
  const rows = Object.entries(inputs).map(([name, input]) => [
    `\`${name}\`${input.required ? ' (required)' : ''}`,
    cell(input.description),
    input.default === undefined || input.default === '' ? '' : `\`${cell(String(input.default))}\``,
  ]);
  return renderTable(['input', 'meaning', 'default'], rows);
}

function renderOutputs({ outputs = {} }: Manifest): string {
  return renderTable(
    ['output', 'meaning'],
    Object.entries(outputs).map(([name, output]) => [`\`${name}\``, cell(output.description)]),
  );
}

const commonReasons: ReasonTable = { ...sharedReasons, ...githubReasons, ...refReasons, ...registryReasons };

// What comes from the core package stands once, in the catalog.
function renderOwnReasons(reasons: ReasonTable): string {
  const own = Object.entries(reasons).filter(([code, reason]) => commonReasons[code] !== reason);
  const link = '[Reasons that actions share](../../action-catalog.md#reasons-that-actions-share) are in the catalog.';
  return `${renderReasons(Object.fromEntries(own))}\n\n${link}`;
}

function renderReasons(reasons: ReasonTable): string {
  return renderTable(
    ['reason-code', 'meaning', 'what to change'],
    Object.entries(reasons).map(([code, reason]) => [`\`${code}\``, cell(reason.meaning), cell(reason.remedy)]),
  );
}

function renderCatalog(actions: readonly Documented[]): string {
  const overview = renderTable(
    ['action', 'what it does'],
    actions.map(({ name, manifest }) => [`[${name}](actions/${name}/README.md)`, cell(manifest.description)]),
  );
  const details = actions.map(({ name, manifest, reasons }) =>
    [
      `## ${name}`,
      cell(manifest.description),
      renderInputs(manifest),
      renderOutputs(manifest),
      `Reason codes: ${Object.keys(reasons)
        .map((code) => `\`${code}\``)
        .join(', ')}. [What each means](actions/${name}/README.md)`,
    ].join('\n\n'),
  );
  return [
    '<!-- Generated from action.yml and reasons.ts by `npm run build`. -->',
    '# Action catalog',
    'Every action ends with an exit code, a job summary, a `reason-code`, and `requests`: the number of HTTP requests it made.',
    overview,
    ...details,
    '## Reasons that actions share',
    renderReasons(commonReasons),
    '',
  ]
    .join('\n\n')
    .trimEnd()
    .concat('\n');
}

function cell(text: string | undefined): string {
  return (text ?? '')
    .trim()
    .replace(/\s*\n\s*/g, ' ')
    .replaceAll('|', '\\|');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const root = fileURLToPath(new URL('../../../', import.meta.url));
  for (const [path, text] of await generateDocs(root)) await writeFile(join(root, path), text);
}
