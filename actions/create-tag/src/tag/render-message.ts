/** The message of the tag, one line break at its end: the input `message` with `{tag}`, `{version}` and `{sha}` filled in, by default the tag's name. */
export function tagMessage(template: string, values: { tag: string; version: string; sha: string }): string {
  const text = template === '' ? '{tag}' : template;
  const filled = text.replace(/\{(tag|version|sha)\}/g, (_, name: keyof typeof values) => values[name]);
  return `${filled.replace(/\r\n?/g, '\n').trimEnd()}\n`;
}
