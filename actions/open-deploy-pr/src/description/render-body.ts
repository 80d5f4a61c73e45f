import type { DeployFacts } from '../facts/deploy-facts.ts';
import type { Risk } from '../facts/plan-risk.ts';
import { renderChanges } from './render-changes.ts';
import {
  renderChecklist,
  renderDiff,
  renderFlags,
  renderHeader,
  renderLeadTime,
  renderMigrations,
  renderRollback,
} from './render-sections.ts';

/** GitHub's limit for a body. */
export const MAX_BODY = 65_536;
/** What the hidden lines and a kept edit may take. */
const RESERVED = 12_000;
const MAX_CHANGES = 30_000;

/** The visible text of the pull request; every section has its budget, so risk and rollback are always there. */
export function renderBody(facts: DeployFacts, risk: Risk): string {
  const last = [
    renderMigrations(facts),
    renderFlags(facts),
    renderDiff(facts),
    renderChecklist(facts),
    renderRollback(facts),
    renderLeadTime(facts),
  ];
  const header = renderHeader(facts, risk);
  const used = [header, ...last].reduce((sum, section) => sum + section.length + 2, 0);
  const room = Math.min(MAX_CHANGES, MAX_BODY - RESERVED - used);
  return [header, renderChanges(facts, Math.max(room, 1000)), ...last].filter((section) => section !== '').join('\n\n');
}
