import type { ComparedFile } from '#shared/github/compare.ts';
import type { Mode, Proof } from '../facts/deploy-facts.ts';
import type { Direction } from '../facts/plan-direction.ts';
import type { ReasonCode } from '../reasons.ts';
import { codeFiles } from './plan-paths.ts';

/** What the gates look at; times in milliseconds since 1970. */
export interface GateFacts {
  readonly mode: Mode;
  readonly direction: Direction;
  readonly version: string;
  readonly previousVersion: string | undefined;
  /** The environment that must have verified the version; `''` for none. */
  readonly requiredEnvironment: string;
  readonly proof: Proof | undefined;
  readonly minSoakSeconds: number;
  readonly nowMs: number;
  readonly migrationPolicy: 'warn' | 'separate' | 'off';
  readonly migrations: readonly ComparedFile[];
  readonly files: readonly ComparedFile[];
}

/** Why a deployment must not be proposed, in words. */
export interface Closed {
  readonly code: ReasonCode;
  readonly message: string;
}

/** The first gate that is closed; undefined when all are open. */
export function closedGate(facts: GateFacts): Closed | undefined {
  return closedByDirection(facts) ?? closedByProof(facts) ?? closedByMigrations(facts);
}

/** The environment whose proof an emergency release does without; undefined where there is nothing to skip. */
export function skippedProof(facts: GateFacts): string | undefined {
  if (facts.mode !== 'hotfix') return undefined;
  return closedByProof({ ...facts, mode: 'promote' }) === undefined ? undefined : facts.requiredEnvironment;
}

function closedByDirection({ direction, mode, version, previousVersion }: GateFacts): Closed | undefined {
  if (mode === 'rollback') {
    if (direction !== 'forward') return undefined;
    return { code: 'would-roll-forward', message: `${version} is newer than ${previousVersion ?? 'what runs'}.` };
  }
  if (direction !== 'rollback') return undefined;
  return { code: 'would-roll-back', message: `${version} is older than ${previousVersion ?? 'what runs'}.` };
}

function closedByProof(facts: GateFacts): Closed | undefined {
  const { mode, requiredEnvironment, proof, minSoakSeconds, nowMs, version } = facts;
  if (requiredEnvironment === '' || mode === 'hotfix' || mode === 'rollback') return undefined;
  if (proof === undefined) {
    return { code: 'not-verified', message: `${requiredEnvironment} has not verified ${version}.` };
  }
  const openAtMs = Date.parse(proof.verifiedAt) + minSoakSeconds * 1000;
  if (nowMs >= openAtMs) return undefined;
  const openAt = new Date(openAtMs).toISOString().replace('.000Z', 'Z');
  return {
    code: 'soaking',
    message: `${requiredEnvironment} verified ${version} at ${proof.verifiedAt}; it may go on at ${openAt}.`,
  };
}

function closedByMigrations({ migrationPolicy, migrations, files, direction, mode }: GateFacts): Closed | undefined {
  if (migrationPolicy !== 'separate' || migrations.length === 0) return undefined;
  if (direction === 'rollback' || mode === 'hotfix') return undefined;
  const code = codeFiles(files, migrations);
  if (code.length === 0) return undefined;
  const [migration, other] = [migrations[0]?.path ?? '', code[0]?.path ?? ''];
  return {
    code: 'migration-not-separate',
    message: `The range holds ${migrations.length} migration files (${migration}) and ${code.length} other files (${other}).`,
  };
}
