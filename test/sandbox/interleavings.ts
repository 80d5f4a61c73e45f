import { type Choose, playRace, type Race, type RaceEnd, type Step } from './race-harness.ts';
import { areDependent, type Effects, effectsOf } from './request-effects.ts';

/** Which orders are the same. */
export interface Reduction {
  /** What a step can notice and change. */
  readonly effects: (step: Step) => Effects;
  /** A step that is to happen next, whatever else could. */
  readonly atOnce: Choose;
}

/** A place in a race where it was decided which copy goes on. */
interface Turn {
  /** What each copy waits for that has not ended. */
  readonly waiting: ReadonlyMap<number, Effects>;
  /** Copies to be tried here, because their next step could as well come before one that happened here. */
  readonly wanted: Set<number>;
  /** Copies that need not be tried here: an order that is the same was played already. */
  readonly asleep: Map<number, Effects>;
  /** The copy that goes on. */
  copy: number;
  /** The last turn of each copy that must come before this one's step, itself included. */
  past: ReadonlyMap<number, number>;
}

/**
 * Plays a race in all orders that can matter, each from the same world, calls `check` after each, and gives their
 * number. Orders that differ only in neighbours that commute (two reads, or requests for different refs) are the same:
 * of each such class one is played, by dynamic partial order reduction with sleep sets (Flanagan and Godefroid, POPL
 * 2005). A copy may send one request at a time.
 */
export async function playAllOrders<T>(
  race: Race<T>,
  check: (end: RaceEnd<T>) => void,
  options: Partial<Reduction> = {},
): Promise<number> {
  const reduction = { effects: effectsOf, atOnce: () => undefined, ...options };
  const rewind = race.github.checkpoint();
  const turns: Turn[] = [];
  let played = 0;
  do {
    rewind();
    const end = await playRace(race, { choose: choiceAlong(turns, reduction), random: () => 0.5 });
    if (end === undefined) continue;
    played += 1;
    check(end);
  } while (goBack(turns));
  rewind();
  return played;
}

/** Repeats the turns so far, then makes new ones; gives up where every order from here was played before. */
function choiceAlong(turns: Turn[], { effects, atOnce }: Reduction): Choose {
  const repeated = turns.length;
  let depth = 0;
  return (steps) => {
    // What no other copy can notice commutes with everything, so it happens at once.
    const own = steps.find((step) => isUnnoticed(effects(step))) ?? atOnce(steps);
    if (own !== undefined) return own;
    const waiting = new Map(steps.map((step) => [step.copy, effects(step)]));
    if (waiting.size < steps.length) throw new Error('A copy sends several requests at a time');
    const turn = depth < repeated ? turns[depth] : newTurn(turns, waiting);
    if (turn === undefined) return undefined;
    depth += 1;
    if (depth >= repeated) noteRaces(turns);
    return steps.find(({ copy }) => copy === turn.copy);
  };
}

function newTurn(turns: Turn[], waiting: ReadonlyMap<number, Effects>): Turn | undefined {
  const last = turns.at(-1);
  const slept = [...(last?.asleep ?? [])];
  // A copy wakes up when something happens that its step depends on.
  const asleep = new Map(slept.filter(([, effects]) => !areDependent(effects, stepOf(last))));
  const copy = [...waiting.keys()].find((one) => !asleep.has(one));
  if (copy === undefined) return undefined;
  const turn: Turn = { waiting, wanted: new Set([copy]), asleep, copy, past: new Map() };
  turns.push(turn);
  return turn;
}

/** Looks which earlier steps the newest one could have come before, and wants that to be tried. */
function noteRaces(turns: readonly Turn[]): void {
  const newest = turns.at(-1) as Turn;
  const index = turns.length - 1;
  const before = turns.slice(0, -1);
  const past = new Map(before.findLast(({ copy }) => copy === newest.copy)?.past);
  const mine = new Map(past);
  for (const [at, turn] of before.entries()) {
    if (turn.copy === newest.copy || !areDependent(stepOf(turn), stepOf(newest))) continue;
    if ((mine.get(turn.copy) ?? -1) < at) turn.wanted.add(newest.copy);
    for (const [copy, last] of turn.past) past.set(copy, Math.max(last, past.get(copy) ?? -1));
  }
  newest.past = past.set(newest.copy, index);
}

/** Turns to the next order that is wanted; false when there is none left. */
function goBack(turns: Turn[]): boolean {
  for (let turn = turns.at(-1); turn !== undefined; turn = turns.at(-1)) {
    turn.asleep.set(turn.copy, stepOf(turn));
    const { asleep } = turn;
    const next = [...turn.wanted].find((copy) => !asleep.has(copy));
    if (next !== undefined) {
      turn.copy = next;
      return true;
    }
    turns.pop();
  }
  return false;
}

function stepOf(turn: Turn | undefined): Effects {
  return turn?.waiting.get(turn.copy) ?? { reads: [], writes: [] };
}

function isUnnoticed({ reads, writes }: Effects): boolean {
  return reads.length === 0 && writes.length === 0;
}
