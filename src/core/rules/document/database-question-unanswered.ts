import type { ReadDocument } from '../../documents/document';
import { blocksOf, shownText } from '../../documents/markdown/parse';
import { readTable, type Columns } from '../../documents/markdown/parts';
import { rollbackRunbookKind } from '../../documents/rollback-runbook/rollback-runbook-kind';
import type { DocumentRule, RuleFinding } from '../rule';
import { quoted, severityIn } from './document-severity';
import { insertRow } from './edits/insert-row';

const columns: Columns<'question' | 'answer' | 'evidence'> = {
  question: ['question', 'asked', 'topic'],
  answer: ['answer', 'value'],
  evidence: ['evidence', 'source', 'shown by'],
};

/** What a rollback has to say of the database, and the words by which people say it. */
const QUESTIONS: readonly { readonly question: string; readonly says: RegExp; readonly without: string }[] = [
  {
    question: 'Can its migrations be undone?',
    says: /revers|undo|undone|roll(?:ed|s|ing)?[- ]?back|tak(?:e|en) back|down(?:grade| migration)|no migration|no database|stateless/i,
    without: 'whether its migrations can be undone',
  },
  {
    question: 'Is what was written since the deployment kept?',
    says: /(?:data|rows|records|writ(?:es|ten)).{0,80}(?:kept|keep|preserv|lost|lose|loss|since|survive|discard)|(?:kept|keep|preserv|lost|lose|loss|restor).{0,80}(?:data|rows|records|writ(?:es|ten))|no database|stateless/i,
    without: 'whether data that was written since the deployment is kept',
  },
  {
    question: 'Does the version before run on the schema as it is (no conflicts)?',
    says: /conflict|compatib|run(?:s)? (?:on|against|with)|schema|no database|stateless/i,
    without: 'whether the version before runs on the schema as it is',
  },
];

/** A rollback runbook leaves open what becomes of the database. */
export const rule: DocumentRule = {
  id: 'database-question-unanswered',
  title: 'A rollback does not say what becomes of the database',
  severity: 'block',
  why: 'The version before is put back in minutes; what it finds in the database is why a rollback loses data or does not start.',
  subject: 'document',
  kinds: [rollbackRunbookKind.id],
  check: (document): readonly RuleFinding[] => {
    const section = document.sections.find(({ id }) => id === 'database');
    // The section that is missing is another rule's finding.
    if (!section) return [];
    const text = shownText({ type: 'root', children: [...blocksOf(document, 'database')] });
    const missing = QUESTIONS.filter(({ says }) => !says.test(text)).map(
      ({ question, without }): RuleFinding => ({
        message: `"${section.title}" does not say ${without}: add it, or UNKNOWN(what is needed)`,
        path: document.path,
        span: section.headingSpan,
        status: 'fail',
        severity: severityIn(document, 'block'),
        ...fixOf(document, question),
      }),
    );
    const empty = readTable(blocksOf(document, 'database'), columns)
      .filter(
        ({ cells, columns: has }) =>
          has.has('answer') &&
          cells.question !== '' &&
          /^(?:|-|–|\?+|tbd|todo|n\/a\?)$/i.test(cells.answer.trim()),
      )
      .map(({ cells, cellSpan }): RuleFinding => ({
        message: `The question ${quoted(cells.question)} has no answer: answer it, or write UNKNOWN(what is needed)`,
        path: document.path,
        span: cellSpan('question'),
        status: 'fail',
        severity: severityIn(document, 'block'),
      }));
    return [...missing, ...empty];
  },
};

function fixOf(document: ReadDocument, question: string): Pick<RuleFinding, 'fix'> {
  const edit = insertRow(document, 'database', columns, { question }, 'the database');
  return edit === null
    ? {}
    : {
        fix: {
          kind: 'proposed',
          title: `Add the question "${question}"`,
          edits: [{ path: document.path, edits: [edit] }],
        },
      };
}
