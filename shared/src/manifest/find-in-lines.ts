import { parseImageReference } from '../image/reference.ts';
import type { Occurrence, Quote } from './occurrence.ts';

const LINE = /^(\s*(?:- )*)(["']?)([\w.-]*image[\w.-]*)\2:[ \t]+(["']?)([^\s"'{}]+)\4[ \t]*(?:#.*)?\r?$/i;

/**
 * Images of a file that is no YAML (a Helm template): lines `key: [quote]reference[quote]` whose key says image.
 * Nothing else is understood; a reference with a template expression in it is none.
 */
export function findInLines(text: string, path: string): Occurrence[] {
  const occurrences: Occurrence[] = [];
  let start = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const [, lead = '', keyQuote = '', key = '', quote = '', value = ''] = LINE.exec(line) ?? [];
    const reference = parseImageReference(value);
    if (reference !== undefined && (reference.tag !== undefined || reference.digest !== undefined)) {
      const valueStart = start + line.indexOf(value, lead.length + key.length + 2 * keyQuote.length + 1);
      const suffixStart = valueStart + reference.writtenName.length;
      occurrences.push({
        path,
        style: 'template-line',
        image: reference.writtenName,
        nameSpan: { start: valueStart, end: suffixStart },
        tag: reference.tag,
        digest: reference.digest,
        slots: [
          {
            part: 'suffix',
            span: { start: suffixStart, end: valueStart + value.length },
            quote: quotes[quote] ?? 'plain',
          },
        ],
        line: index + 1,
        column: suffixStart - start + 1,
        object: { kind: '', name: '', namespace: '' },
        container: undefined,
        keyPath: key,
      });
    }
    start += line.length + 1;
  }
  return occurrences;
}

const quotes: Readonly<Record<string, Quote>> = { '': 'plain', "'": 'single', '"': 'double' };
