import type { ReadDocument } from '../../documents/document';
import type { DocumentRule, GateFacts, RuleFinding } from '../rule';
import { changedSince, dayOf, lastChangeOf, namedDeployment, type LaterChange } from './described-files';
import { quoted } from './document-severity';

const RUNBOOKS = ['runbook', 'rollback-runbook', 'incident-response'];

/** More of them than this are listed by number only. */
const MAX_EVIDENCE = 10;

/** The deployment that a runbook describes was changed after the runbook was. */
export const rule: DocumentRule = {
  id: 'document-older-than-deploy',
  title: 'A runbook is older than the deployment that it describes',
  severity: 'warn',
  why: 'An outdated runbook is worse than none: it is believed until the step that is wrong.',
  subject: 'document',
  kinds: RUNBOOKS,
  asksHistory: true,
  check: (document, facts): readonly RuleFinding[] => {
    const named = namedDeployment(document, facts);
    const described = named.length > 0 ? named : productionWorkflows(document, facts);
    const since = described.length > 0 ? lastChangeOf(document, facts) : null;
    if (!since) return [];
    const changes = described.flatMap((path) => changedSince(since, path, facts) ?? []).sort(newestFirst);
    const [newest] = changes;
    if (!newest) return [];
    const others = changes.length - 1;
    const which = named.length > 0 ? 'which it names' : 'which deploys to production';
    return [
      {
        message: `This document last changed on ${dayOf(since)}, and ${quoted(newest.path)}, ${which}, on ${dayOf(newest.commit)}${others === 0 ? '' : `, ${others === 1 ? '1 other' : `${others} others`} since then too`}: read it against the change and correct it, or note in it that it still holds`,
        path: document.path,
        span: document.sections[0]?.headingSpan ?? null,
        status: 'fail',
        // That a document describes what it does not name is likely, not certain.
        ...(named.length > 0 ? {} : { severity: 'info' as const }),
        evidence: changes.slice(0, MAX_EVIDENCE).map(({ path, commit }) => ({
          message: `${commit.hash.slice(0, 12)} ${commit.subject}`,
          path,
          span: null,
        })),
      },
    ];
  },
};

/** The workflows that deploy to production, where the repository has one runbook of the kind, so that it can only be of these. */
function productionWorkflows(
  document: ReadDocument,
  { documents = [], workflows }: GateFacts,
): readonly string[] {
  if (documents.filter(({ kind }) => kind === document.kind).length !== 1) return [];
  const paths = (workflows?.jobs ?? [])
    .filter(({ target }) => target?.kind === 'production')
    .map(({ workflow }) => workflow.path);
  return [...new Set(paths)].sort();
}

function newestFirst(a: LaterChange, b: LaterChange): number {
  return Date.parse(b.commit.committedAt) - Date.parse(a.commit.committedAt);
}
