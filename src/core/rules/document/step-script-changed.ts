import type { DocumentRule, RuleFinding } from '../rule';
import { calledScripts, changedSince, dayOf, lastChangeOf } from './described-files';
import { quoted } from './document-severity';

/** A script that a document has its reader run was changed after the document was. */
export const rule: DocumentRule = {
  id: 'step-script-changed',
  title: 'A script that a step runs was changed after the document was',
  severity: 'warn',
  why: 'What a step promises (its arguments, what it prints, how long it takes, how to go back) is the promise of an older script.',
  subject: 'document',
  kinds: ['runbook', 'rollback-runbook', 'incident-response'],
  asksHistory: true,
  check: (document, facts): readonly RuleFinding[] => {
    const scripts = calledScripts(document, facts);
    const since = scripts.length > 0 ? lastChangeOf(document, facts) : null;
    if (!since) return [];
    return scripts.flatMap(({ path, span, step }): RuleFinding[] => {
      const change = changedSince(since, path, facts);
      if (!change) return [];
      const what = step ? `step ${step.number} ${quoted(step.title)} runs` : 'this document runs';
      return [
        {
          message: `${quoted(path)}, which ${what}, changed on ${dayOf(change.commit)}, and this document last on ${dayOf(since)}: read the step against the script and correct it, or note in the document that it still holds`,
          path: document.path,
          span,
          status: 'fail',
          evidence: [
            { message: `${change.commit.hash.slice(0, 12)} ${change.commit.subject}`, path, span: null },
          ],
        },
      ];
    });
  },
};
