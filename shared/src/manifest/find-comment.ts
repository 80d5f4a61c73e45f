import type { Span } from './occurrence.ts';

/** The comments that speak about the value at `span`: behind it on its line, or on the comment lines directly above; empty when there are none. */
export function commentsAt(text: string, span: Span): { readonly behind: string; readonly above: string } {
  const lineStart = text.lastIndexOf('\n', span.start - 1) + 1;
  const behind = /#.*/.exec(text.slice(span.end, endOfLine(text, span.end)))?.[0] ?? '';
  const above: string[] = [];
  for (let end = lineStart - 1; end > 0; ) {
    const start = text.lastIndexOf('\n', end - 1) + 1;
    const line = text.slice(start, end).trim();
    if (!/^(?:#|\/\/)/.test(line)) break;
    above.push(line);
    end = start - 1;
  }
  return { behind, above: above.join('\n') };
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end === -1 ? text.length : end;
}

/** The image that a Renovate comment names for the value beside or below it; undefined for other comments and for tags that Renovate rewrites. https://docs.renovatebot.com/presets-customManagers/ */
export function renovateImage(comment: string): string | undefined {
  const settings = /(?:#|\/\/)\s*renovate:\s*(.*)/.exec(comment)?.[1];
  if (settings === undefined) return undefined;
  const setting = (name: string) => new RegExp(`(?:^|\\s)${name}=["']?([^\\s"']+)`).exec(settings)?.[1];
  // `extractVersion` cuts the tag to something else, so what stands there is no tag.
  if (setting('extractVersion') !== undefined) return undefined;
  if (setting('datasource') === 'docker') return setting('packageName') ?? setting('lookupName') ?? setting('depName');
  return setting('image');
}

/** The policy of a Flux `$imagepolicy` comment, and which part of the image the value is; https://fluxcd.io/flux/guides/image-update/ */
export function fluxPolicy(comment: string): { policy: string; part: 'all' | 'name' | 'tag' | 'digest' } | undefined {
  const [, policy, part] = /\{\s*"\$imagepolicy"\s*:\s*"([^":]+:[^":]+)(?::(name|tag|digest))?"/.exec(comment) ?? [];
  if (policy === undefined) return undefined;
  return { policy, part: part === 'name' || part === 'tag' || part === 'digest' ? part : 'all' };
}
