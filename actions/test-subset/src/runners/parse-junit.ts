/** One test case of a JUnit report. */
export interface JUnitCase {
  readonly name: string;
  readonly className: string;
  /** As the runner wrote it, usually relative to its folder; `''` where the report names none. */
  readonly file: string;
  /** From 1; undefined where the report names none. */
  readonly line: number | undefined;
  readonly seconds: number;
  readonly status: 'passed' | 'failed' | 'skipped';
  /** The failure's message and its text (usually the stack). */
  readonly message: string;
  readonly detail: string;
}

const TOKEN =
  /<!--[\s\S]*?-->|<!\[CDATA\[([\s\S]*?)\]\]>|<(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>|<[?!][^>]*>|([^<]+)/g;
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
]);

/** Reads a JUnit report; what is malformed is passed over, so a report of a runner that crashed still tells what it has. */
export function parseJUnit(xml: string): JUnitCase[] {
  const cases: JUnitCase[] = [];
  const suiteFiles: string[] = [];
  let current: OpenCase | undefined;
  let text: string[] | undefined;
  for (const [, cdata, closing, tag, attributes, selfClosing, characters] of xml.matchAll(TOKEN)) {
    if (cdata !== undefined || characters !== undefined) {
      text?.push(cdata ?? decode(characters ?? ''));
      continue;
    }
    const opens = closing !== '/';
    if (tag === 'testsuite') {
      if (opens && selfClosing === '') suiteFiles.push(attribute(attributes, 'file'));
      else if (!opens) suiteFiles.pop();
    } else if (tag === 'testcase') {
      if (opens) current = openCase(attributes, suiteFiles.findLast((file) => file !== '') ?? '');
      if (current !== undefined && (!opens || selfClosing === '/')) cases.push(closeCase(current));
      if (!opens || selfClosing === '/') current = undefined;
    } else if ((tag === 'failure' || tag === 'error') && current !== undefined) {
      if (opens) {
        current.status = 'failed';
        current.message ||= attribute(attributes, 'message');
        text = selfClosing === '/' ? undefined : current.detail;
      } else text = undefined;
    } else if (tag === 'skipped' && current !== undefined) current.status = 'skipped';
  }
  return cases;
}

interface OpenCase extends Omit<JUnitCase, 'status' | 'message' | 'detail'> {
  status: JUnitCase['status'];
  message: string;
  detail: string[];
}

function openCase(attributes: string | undefined, suiteFile: string): OpenCase {
  const line = attribute(attributes, 'line');
  return {
    name: attribute(attributes, 'name'),
    className: attribute(attributes, 'classname'),
    file: attribute(attributes, 'file') || suiteFile,
    // pytest counts lines from 0.
    line: /^\d+$/.test(line) ? Number(line) + 1 : undefined,
    seconds: Number(attribute(attributes, 'time')) || 0,
    status: 'passed',
    message: '',
    detail: [],
  };
}

function closeCase(open: OpenCase): JUnitCase {
  return { ...open, detail: open.detail.join('').trim() };
}

function attribute(attributes: string | undefined, name: string): string {
  const match = new RegExp(String.raw`\s${name}\s*=\s*(?:"([^"]*)"|'([^']*)')`).exec(attributes ?? '');
  return decode(match?.[1] ?? match?.[2] ?? '');
}

function decode(text: string): string {
  return text.replace(
    /&(?:#(\d+)|#x([0-9a-fA-F]+)|(\w+));/g,
    (whole, decimal?: string, hex?: string, name?: string) => {
      if (name !== undefined) return ENTITIES.get(name) ?? whole;
      const code = decimal === undefined ? Number.parseInt(hex ?? '', 16) : Number(decimal);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    },
  );
}
