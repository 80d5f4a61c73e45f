import type { CauseClass } from './cause-table.ts';

/** Something that speaks against a success. It decides once `dueAt` (server milliseconds) has passed. */
export interface Finding {
  readonly class: CauseClass;
  /** `kind/name` of the object that carries the evidence. */
  readonly object: string;
  readonly container?: string;
  readonly node?: string;
  /** The reason as the cluster words it. */
  readonly reason: string;
  readonly evidence: string;
  /** NOW, NEVER, or a moment. */
  readonly dueAt: number;
}

/** A finding that decides at once. */
export const NOW = Number.NEGATIVE_INFINITY;
/** A finding that never decides by itself, and explains a timeout. */
export const NEVER = Number.POSITIVE_INFINITY;
/** Milliseconds that a state must last where watches race, or where what the state tells may be about the one before. */
export const settleMs = 1000;
