import type { ReadDocument } from '../../documents/document';
import { blocksOf, spanOf } from '../../documents/markdown/parse';
import { readTable, type FoundRow } from '../../documents/markdown/parts';
import { cellCode, markdownTable, markdownText, NOTHING } from '../../documents/markdown/write';
import type { ReleasePlan } from '../../documents/release-plan/release-plan';
import { irreversibleColumns } from '../../documents/release-plan/release-plan-kind';
import { placeholder } from '../../evidence/fact';
import { settle, type SettledAction } from '../../risk/compensations';
import { lineBreakOf } from '../../text/edit';
import type { Span } from '../../text/position';
import type { DocumentRule, Fix, RuleFinding } from '../rule';
import { quoted } from './document-severity';

const HEADER = ['Path', 'Line', 'Statement', 'Why', 'Advice', 'Compensation', 'Evidence', 'By'];

/** The change holds an action that cannot be undone, and the plan does not name what compensates it. */
export const rule: DocumentRule = {
  id: 'irreversible-action-not-in-plan',
  title: 'An irreversible action has no compensating action in the plan',
  severity: 'block',
  why: 'Going back puts the version before in place, not the data: what is lost has to be planned for before the release, by somebody who stands for it.',
  subject: 'document',
  kinds: ['release-plan'],
  check: (document, { release }): readonly RuleFinding[] => {
    if (!release || document.path !== release.planPath || document.problems.length > 0) return [];
    const { actions, stale } = settle(release.change, document.data as ReleasePlan);
    const blocks = blocksOf(document, 'irreversible');
    const rows = readTable(blocks, irreversibleColumns);
    const heading = document.sections.find(({ id }) => id === 'irreversible')?.headingSpan ?? null;
    const open = actions.filter(({ open }) => open !== null);
    return [
      ...open.map((action): RuleFinding => {
        const row = action.row === null ? undefined : rows[action.row];
        const fix = row ? null : insertRow(document, action, heading);
        return {
          message: messageOf(action),
          path: document.path,
          span: row?.span ?? heading,
          status: 'fail',
          evidence: [
            {
              message: `${action.action.why}${action.action.side === 'base' ? ' (as it stood before this release)' : ''}`,
              path: action.action.path,
              span: null,
              ...(action.action.range ? { range: action.action.range } : {}),
            },
          ],
          ...(fix ? { fix } : {}),
        };
      }),
      ...stale.flatMap((index) => staleRow(document, rows[index])),
    ];
  },
};

function messageOf({ action, open, row }: SettledAction): string {
  const place = `${action.path}${action.range ? `:${action.range.start.line}` : ''}`;
  const what = action.statement === '' ? place : `${quoted(action.statement)} (${place})`;
  const needed =
    action.kind === 'unjudgeable'
      ? 'what it is (“reviewed reversible: reason” or “reviewed irreversible: reason; compensation”) and who says so'
      : 'the compensation, its evidence and the name of who stands for it';
  const next = `${row === null ? 'add its row' : 'complete its row'} with ${needed}`;
  return `${what} ${open ?? ''}: ${next}`;
}

/** A row that compensates nothing of this change: left from an older one, or its statement was changed since. */
function staleRow(
  document: ReadDocument,
  row: FoundRow<keyof typeof irreversibleColumns> | undefined,
): readonly RuleFinding[] {
  if (!row || (row.cells.path === '' && row.cells.statement === '')) return [];
  return [
    {
      message: `The row for ${quoted(row.cells.statement || row.cells.path)} names nothing that this release changes, so it compensates nothing: take it out, or make the plan anew`,
      path: document.path,
      span: row.span,
      status: 'fail',
      severity: 'warn',
    },
  ];
}

function insertRow(document: ReadDocument, { action }: SettledAction, heading: Span | null): Fix | null {
  if (!heading) return null;
  const row = [
    cellCode(action.path),
    action.range ? String(action.range.start.line) : '',
    cellCode(action.statement),
    markdownText(action.why, false),
    markdownText(action.compensation ?? 'say what the statement does', false),
    placeholder('compensating action'),
    placeholder('what shows that it is done'),
    placeholder('who stands for it'),
  ];
  const table = markdownTable(HEADER, [row]).replace(/\n/g, lineBreakOf(document.text));
  const lineBreak = lineBreakOf(document.text);
  const blocks = blocksOf(document, 'irreversible');
  const nothing = blocks.find(
    (block) =>
      block.type === 'paragraph' && document.text.slice(spanOf(block).start, spanOf(block).end) === NOTHING,
  );
  const own = blocks.find(
    (block) =>
      block.type === 'table' &&
      HEADER.every((title, index) => {
        const cell = block.children[0]?.children[index];
        return (
          cell !== undefined && document.text.slice(spanOf(cell).start, spanOf(cell).end).includes(title)
        );
      }),
  );
  const edit = own
    ? { span: endOf(own), text: `${lineBreak}${table.split(lineBreak).at(-1) ?? ''}` }
    : nothing
      ? { span: spanOf(nothing), text: table }
      : { span: { start: heading.end, end: heading.end }, text: `${lineBreak}${lineBreak}${table}` };
  return {
    kind: 'proposed',
    title: 'Insert its row, with what a person has to say',
    edits: [{ path: document.path, edits: [edit] }],
  };
}

function endOf(node: Parameters<typeof spanOf>[0]): Span {
  const { end } = spanOf(node);
  return { start: end, end };
}
