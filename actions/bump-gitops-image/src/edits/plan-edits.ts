import type { Occurrence, Slot } from '#shared/manifest/occurrence.ts';
import type { ImageRequest, PinDigest, Version } from '../images/image-request.ts';

/** Text that takes the place of a slot's. */
export interface Edit {
  readonly slot: Slot;
  readonly text: string;
}

/** The edits of one occurrence and what stands there afterwards; or why it cannot be changed. */
export type OccurrencePlan = { readonly edits: readonly Edit[]; readonly next: Version } | { readonly problem: string };

/** Whether the request needs a digest that nobody gave: then the registry has to be asked. */
export function needsDigest(occurrence: Occurrence, request: ImageRequest, pinDigest: PinDigest): boolean {
  if (request.digest !== undefined || pinDigest === 'never') return false;
  // The tag stays and so may its digest.
  if (occurrence.tag === request.tag && occurrence.digest !== undefined) return false;
  return (pinDigest === 'always' && takesDigest(occurrence)) || occurrence.digest !== undefined;
}

function takesDigest({ digestPlace, digest, slots }: Occurrence): boolean {
  return digestPlace !== 'nowhere' || digest !== undefined || slots[0]?.part !== 'tag';
}

/** Decides what each slot of an occurrence becomes. */
export function planEdits(occurrence: Occurrence, request: ImageRequest, pinDigest: PinDigest): OccurrencePlan {
  const wanted = wantedVersion(occurrence, request, pinDigest);
  if (typeof wanted === 'string') return { problem: wanted };
  const { slots, tag, digest, digestPlace } = occurrence;
  const digestSlot = slots.find(({ part }) => part === 'digest' || part === 'digest-hex');
  const hasTagSlot = slots.some(({ part }) => part === 'tag' || part === 'suffix');
  const inline = digestSlot === undefined;
  const next = hasTagSlot ? wanted : { tag, digest: wanted.digest };
  if (!hasTagSlot && next.digest === undefined)
    return { problem: 'only a digest stands here, and none is to be written' };
  const addsInline = inline && next.digest !== undefined && digest === undefined;
  if (addsInline && digestPlace === 'own-key' && slots[0]?.part === 'tag') {
    return {
      problem: 'a digest needs a `digest:` key here; add one (it may be empty quotes), or set `pin-digest: never`',
    };
  }
  const edits = slots.flatMap((slot) => {
    const text = textFor(slot, next, inline);
    return text === currentText(slot, occurrence, inline) ? [] : [{ slot, text }];
  });
  const locked = edits.find(({ slot }) => slot.locked !== undefined)?.slot.locked;
  return locked === undefined ? { edits, next } : { problem: locked };
}

function wantedVersion(occurrence: Occurrence, request: ImageRequest, pinDigest: PinDigest): Version | string {
  const tag = request.tag ?? occurrence.tag;
  if (pinDigest === 'never') {
    return request.tag === undefined
      ? 'a request by digest alone contradicts `pin-digest: never`'
      : { tag, digest: undefined };
  }
  if (needsDigest(occurrence, request, pinDigest)) {
    return 'a digest stands here (or is to), and none was given';
  }
  if (!takesDigest(occurrence))
    return request.tag === undefined ? 'only a tag is read here' : { tag, digest: undefined };
  const digest = request.digest ?? occurrence.digest;
  // A digest alone has to be written somewhere; a digest that comes with a tag follows the manifest's habit.
  const pins = pinDigest === 'always' || occurrence.digest !== undefined || request.tag === undefined;
  return { tag, digest: pins ? digest : undefined };
}

function textFor({ part }: Slot, { tag, digest }: Version, inline: boolean): string {
  if (part === 'digest') return digest ?? '';
  if (part === 'digest-hex') return digest?.replace(/^sha256:/, '') ?? '';
  const suffix = inline && digest !== undefined ? `@${digest}` : '';
  if (part === 'tag') return `${tag ?? ''}${suffix}`;
  return `${tag === undefined ? '' : `:${tag}`}${suffix}`;
}

function currentText(slot: Slot, { tag, digest }: Occurrence, inline: boolean): string {
  return textFor(slot, { tag, digest }, inline);
}
