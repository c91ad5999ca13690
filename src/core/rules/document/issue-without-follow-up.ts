import { blocksOf } from '../../documents/markdown/parse';
import { readTable } from '../../documents/markdown/parts';
import { followUpColumns, issueColumns } from '../../documents/markdown/report-columns';
import { namesPerson } from '../../records/strict';
import { isoDay } from '../../text/iso-day';
import type { ReadDocument } from '../../documents/document';
import type { DocumentRule, RuleFinding } from '../rule';
import { listed, quoted, severityIn } from './document-severity';
import { isNone, isOpen, isTold } from './told-cells';

/** An issue of a deployment that says not how it was settled, what follows from it, by whom and until when. */
export const rule: DocumentRule = {
  id: 'issue-without-follow-up',
  title: 'An issue lacks its resolution or follow-up, or a follow-up its owner or day',
  severity: 'block',
  why: 'An issue that is only told comes back with the next deployment.',
  subject: 'document',
  kinds: ['verification-report', 'deployment-report', 'post-release-review', 'team-lead-status'],
  check: (document): readonly RuleFinding[] =>
    document.kind === 'verification-report' || document.kind === 'deployment-report'
      ? issuesIn(document)
      : followUpsIn(document),
};

function issuesIn(document: ReadDocument): readonly RuleFinding[] {
  return readTable(blocksOf(document, 'issues'), issueColumns)
    .filter(({ columns }) => columns.has('issue'))
    .filter(({ cells }) => isTold(cells.issue) && !isNone(cells.issue) && !isOpen(cells.issue))
    .flatMap(({ cells, span }) => {
      // "None" is an answer to what follows; it then needs nobody and no day.
      const isDone = isNone(cells.followUp);
      return findingOf(document, span, `issue ${quoted(cells.issue)}`, [
        ...(isTold(cells.resolution) ? [] : ['resolution']),
        ...(document.kind === 'deployment-report' || isTold(cells.runbook)
          ? []
          : ['word on whether the runbook needs updating']),
        ...(isTold(cells.followUp) ? [] : ['follow-up (or "none")']),
        ...(isDone || !isTold(cells.followUp) ? [] : lacksOfAction(cells)),
      ]);
    });
}

function followUpsIn(document: ReadDocument): readonly RuleFinding[] {
  return readTable(blocksOf(document, 'follow-ups'), followUpColumns)
    .filter(({ columns }) => columns.has('action'))
    .filter(({ cells }) => isTold(cells.action) && !isNone(cells.action) && !isOpen(cells.action))
    .flatMap(({ cells, span }) =>
      findingOf(document, span, `follow-up ${quoted(cells.action)}`, lacksOfAction(cells)),
    );
}

function lacksOfAction({ owner, due }: { readonly owner: string; readonly due: string }): readonly string[] {
  // A team's handle is somebody who can be asked; "the team" is not.
  const isOwned = isOpen(owner) || namesPerson(owner);
  const isDue = isOpen(due) || isoDay(due.slice(0, 10)) !== null;
  return [...(isOwned ? [] : ['owner by name']), ...(isDue ? [] : ['due day such as 2027-03-01'])];
}

function findingOf(
  document: ReadDocument,
  span: RuleFinding['span'],
  what: string,
  lacks: readonly string[],
): readonly RuleFinding[] {
  return lacks.length === 0
    ? []
    : [
        {
          message: `The ${what} has no ${listed(lacks)}: add it, or UNKNOWN(what is needed)`,
          path: document.path,
          span,
          status: 'fail',
          severity: severityIn(document, 'block'),
        },
      ];
}
