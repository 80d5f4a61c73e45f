import type { Alias, Document, Node, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import type { AliasNode, ManifestNode, MapNode, ScalarNode } from './manifest-node.ts';
import { MASK, maskTemplate } from './mask-template.ts';
import type { Quote, Span } from './occurrence.ts';

/** The `yaml` package; loaded when the first manifest is parsed, because most runs of most actions parse none. */
export type YamlLibrary = typeof import('yaml');

/** One document of a file. */
export interface ManifestDocument {
  readonly root: ManifestNode | undefined;
  /** The file is YAML only with its template expressions masked. */
  readonly isTemplate: boolean;
}

/** A manifest that is no YAML, and the parser's first complaint. */
export interface NotYaml {
  readonly problem: string;
  /** Offset of the problem. */
  readonly at: number;
}

let library: Promise<YamlLibrary> | undefined;

/** Loads the YAML parser once. */
export function loadYaml(): Promise<YamlLibrary> {
  library ??= import(/* webpackMode: "eager" */ 'yaml');
  return library;
}

/**
 * Parses every document of `text`; scalars stay text, aliases stay aliases. A template is read with its expressions masked;
 * a file that is no YAML even then gives the first problem instead.
 */
export function parseManifest(yaml: YamlLibrary, text: string): readonly ManifestDocument[] | NotYaml {
  const parsed = parseText(yaml, text);
  const masked = 'problem' in parsed ? maskTemplate(text) : undefined;
  const template = masked === undefined ? parsed : parseText(yaml, masked);
  if ('problem' in template) return parsed;
  return masked === undefined ? parsed : template.map(({ root }) => ({ root, isTemplate: true }));
}

function parseText(yaml: YamlLibrary, text: string): readonly ManifestDocument[] | NotYaml {
  try {
    return parseDocuments(yaml, text);
  } catch (error) {
    // The parser calls itself for each level; thousands of levels are an attack, not a manifest.
    if (error instanceof RangeError) return { problem: 'nested too deeply', at: 0 };
    throw error;
  }
}

function parseDocuments(yaml: YamlLibrary, text: string): readonly ManifestDocument[] | NotYaml {
  // A byte order mark would count as a column, so that a list on the first line would seem to be indented.
  const parsed = yaml.parseAllDocuments(text.replace(/^\uFEFF/, '\n'), {
    // Failsafe: `1.10` and `yes` are text here, in YAML 1.1 and 1.2 alike.
    schema: 'failsafe',
    logLevel: 'silent',
    prettyErrors: false,
    // Files with a key twice are in use; lookups refuse such a key, the rest of the file is fine.
    uniqueKeys: false,
  });
  const documents: readonly Document.Parsed[] = Array.isArray(parsed) ? parsed : [];
  const broken = documents.flatMap((document) => document.errors)[0];
  if (broken !== undefined) return { problem: broken.message, at: broken.pos[0] };
  return documents.map((document) => ({ root: convertDocument(yaml, document, text), isTemplate: false }));
}

interface Conversion {
  readonly yaml: YamlLibrary;
  readonly text: string;
  readonly anchors: Map<string, ManifestNode>;
  readonly places: Map<ManifestNode, number>;
}

type Keys = readonly (string | number)[];

function convertDocument(yaml: YamlLibrary, document: Document.Parsed, text: string): ManifestNode | undefined {
  return convert(document.contents, [], { yaml, text, anchors: new Map(), places: new Map() });
}

// In file order, so an anchor that is defined twice means its latest definition, as YAML says.
function convert(node: Node | null | undefined, keys: Keys, conversion: Conversion): ManifestNode | undefined {
  const { yaml, anchors, places } = conversion;
  if (yaml.isAlias(node)) return convertAlias(node, conversion);
  let converted: ManifestNode | undefined;
  if (yaml.isScalar(node)) converted = convertScalar(node, conversion);
  else if (yaml.isMap(node)) converted = convertMap(node, keys, conversion);
  else if (yaml.isSeq(node)) {
    const items = (node as YAMLSeq<Node>).items.map((item, index) => convert(item, [...keys, index], conversion));
    converted = { type: 'list', items: items.map((item) => item ?? nothing) };
  }
  const anchor = yaml.isNode(node) && 'anchor' in node ? node.anchor : undefined;
  if (converted !== undefined && typeof anchor === 'string') {
    anchors.set(anchor, converted);
    places.set(converted, isStoredValue(keys) ? 0 : 1);
  }
  return converted;
}

/** Whether a place only stores a value for its aliases, as `x-version: &v 1.2.3` does; anywhere else the anchor's own place is a use, too. */
export function isStoredValue(keys: Keys): boolean {
  return /^(?:x-|[._])/.test(String(keys[0] ?? ''));
}

function convertAlias(alias: Alias, { anchors, places }: Conversion): AliasNode | undefined {
  const target = anchors.get(alias.source);
  if (target === undefined) return undefined;
  places.set(target, (places.get(target) ?? 0) + 1);
  return { type: 'alias', target };
}

function convertMap(map: YAMLMap, keys: Keys, conversion: Conversion): MapNode {
  const entries = (map.items as Pair<Node, Node | null>[]).map((pair) => {
    const key = conversion.yaml.isScalar(pair.key) ? String(pair.key.value) : '';
    return { key, node: convert(pair.value, [...keys, key], conversion) ?? nothing };
  });
  return { type: 'map', entries };
}

const quotes: Readonly<Record<string, Quote>> = {
  PLAIN: 'plain',
  QUOTE_SINGLE: 'single',
  QUOTE_DOUBLE: 'double',
  BLOCK_LITERAL: 'block',
  BLOCK_FOLDED: 'block',
};

function convertScalar(scalar: Scalar, { text, places }: Conversion): ScalarNode {
  const [start, end] = scalar.range ?? [0, 0];
  const quote = quotes[scalar.type ?? 'PLAIN'] ?? 'plain';
  const node =
    quote === 'block' ? convertBlock(scalar, { text, start, end }) : convertFlow(scalar, { text, start, end, quote });
  if (scalar.anchor === undefined) return node;
  const anchored: ScalarNode = {
    ...node,
    anchor: { name: scalar.anchor, places: () => places.get(anchored) ?? 1 },
  };
  return anchored;
}

interface Body extends Span {
  readonly text: string;
}

function convertFlow(scalar: Scalar, { text, start, end, quote }: Body & { quote: Quote }): ScalarNode {
  const inner = quote === 'plain' ? 0 : 1;
  const span = { start: start + inner, end: end - inner };
  const value = String(scalar.value ?? '');
  // What a template's expression becomes is not known.
  const literal = text.slice(span.start, span.end) === value && !value.includes(MASK);
  return { type: 'scalar', value, span, quote, literal };
}

// One line of text below `>-` or `|` can be spliced like any other; more lines cannot.
function convertBlock(scalar: Scalar, body: Body): ScalarNode {
  const value = String(scalar.value ?? '');
  const span = { start: body.start, end: body.end };
  const whole: ScalarNode = { type: 'scalar', value, span, quote: 'block', literal: false };
  const line = value.trim();
  const lineStart = body.text.indexOf('\n', body.start) + 1;
  const start = body.text.indexOf(line, lineStart);
  if (line === '' || line.includes('\n') || line.includes(MASK) || lineStart === 0 || start === -1 || start >= body.end)
    return whole;
  return { ...whole, value: line, span: { start, end: start + line.length }, literal: true };
}

const nothing: ScalarNode = { type: 'scalar', value: '', span: { start: 0, end: 0 }, quote: 'plain', literal: false };
