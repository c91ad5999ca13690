import type { ReadDocument } from '../../documents/document';
import { frontMatterText } from '../../documents/markdown/fields';
import { blocksOf } from '../../documents/markdown/parse';
import { readTable, type Columns } from '../../documents/markdown/parts';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { reviewedFileColumns } from '../../documents/pipeline-review/columns';
import type { Commit } from '../../ports';
import type { Span } from '../../text/position';
import { enumerated } from '../../text/words';
import type { DocumentRule, GateFacts, RuleFinding } from '../rule';
import { dayOf, meansTheSame } from './described-files';
import { quoted, severityIn } from './document-severity';

/** A file that a review is of, and the commit at which it was read. */
interface Reviewed {
  /** As the review writes it. */
  readonly name: string;
  readonly span: Span;
  /** The whole id. */
  readonly commit: string;
}

const columns: Columns<'file' | 'commit' | 'status'> = {
  ...reviewedFileColumns,
  status: ['change', 'status'],
};

const COMMIT = /\b[0-9a-f]{7,64}\b/i;
const WORKFLOW = /^\.github\/workflows\/[^/]+\.ya?ml$/;

/** More new workflows than this are not named one by one. */
const MAX_NAMED = 5;

/** What a review of the pipeline or of infrastructure is of has changed since. */
export const rule: DocumentRule = {
  id: 'review-outdated',
  title: 'What a review is of has changed since it was reviewed',
  severity: 'warn',
  why: 'A review is of the text that was read; its verdicts say nothing of what was written afterwards.',
  subject: 'document',
  kinds: ['pipeline-review', 'infrastructure-review'],
  asksHistory: true,
  check: (document, facts): readonly RuleFinding[] => {
    const { history } = facts;
    if (!history || isOneOfSeveral(document, facts)) return [];
    const whole = commitNamed(
      frontMatterText(document, document.kind === 'pipeline-review' ? 'commit' : 'head'),
      facts,
      document.kind !== 'pipeline-review',
    );
    const at = (message: string, span: Span | null, commit?: Commit | null, path?: string): RuleFinding => ({
      message,
      path: document.path,
      span,
      status: 'fail',
      severity: severityIn(document, 'warn'),
      ...(commit && path
        ? { evidence: [{ message: `${commit.hash.slice(0, 12)} ${commit.subject}`, path, span: null }] }
        : {}),
    });
    const rows = reviewedFiles(document, whole, facts);
    const found = rows.flatMap(({ name, span, commit }): RuleFinding[] => {
      const place = placeOf(name, commit, facts);
      if (!place) return [];
      const reviewed = commit.slice(0, 7);
      if (!facts.paths.has(place.path)) {
        return [
          at(
            `${quoted(place.path)}, which was reviewed at ${reviewed}, is not there any more: review what took its place, and take it out of this review`,
            span,
          ),
        ];
      }
      const now = textNow(place.path, commit, facts);
      if (now === null || meansTheSame(place.path, place.text, now)) return [];
      const change = lastChange(place.path, now, facts);
      if (change === undefined) return [];
      return [
        at(
          `${quoted(place.path)} was reviewed at ${reviewed} and ${change ? `changed on ${dayOf(change)}` : 'is changed and not committed'}: review the change, and name the commit that was read`,
          span,
          change,
          place.path,
        ),
      ];
    });
    const section = document.sections.find(({ id }) => id === 'files');
    const added = whole === null || !section ? [] : newWorkflows(document, whole, facts);
    if (whole !== null && added.length > 0) {
      const named = added.slice(0, MAX_NAMED).map((path) => `"${path}"`);
      const others = added.length - named.length;
      found.push(
        at(
          `${enumerated(others > 0 ? [...named, `${others} more`] : named, 'and')} ${added.length === 1 ? 'was' : 'were'} not there at ${whole.slice(0, 7)}, the commit that was reviewed: review ${added.length === 1 ? 'it' : 'them'} too`,
          section?.headingSpan ?? null,
        ),
      );
    }
    return found;
  },
};

/** Of several reviews of infrastructure each is the record of one change, and right about that one for ever. */
function isOneOfSeveral({ kind }: ReadDocument, { documents = [] }: GateFacts): boolean {
  return kind === 'infrastructure-review' && documents.filter((other) => other.kind === kind).length > 1;
}

/** The whole id of the commit that a text names; null where it names none that git knows, or is not told yet. */
function commitNamed(text: string, { history }: GateFacts, mayBeName = false): string | null {
  if (holdsPlaceholder(text)) return null;
  const ref = COMMIT.exec(text)?.[0] ?? (mayBeName ? text.trim() : '');
  return ref === '' ? null : (history?.commitOf(ref) ?? null);
}

function reviewedFiles(document: ReadDocument, whole: string | null, facts: GateFacts): readonly Reviewed[] {
  return readTable(blocksOf(document, 'files'), columns).flatMap(({ cells, span }): Reviewed[] => {
    const name = nameIn(cells.file);
    if (name === '' || /^(?:deleted|removed|gone)\b/i.test(cells.status.trim())) return [];
    const commit = cells.commit.trim() === '' ? whole : commitNamed(cells.commit, facts);
    return commit === null ? [] : [{ name, span, commit }];
  });
}

function nameIn(cell: string): string {
  const name = cell.trim().replace(/^\.\//, '');
  return /[*?{}<>$\s]|^[/~]|(?:^|\/)\.\.(?:\/|$)/.test(name) ? '' : name;
}

/** The paths that a name in the table may mean. */
function pathsOf(name: string): readonly string[] {
  return name.includes('/') || !/\.ya?ml$/.test(name) ? [name] : [name, `.github/workflows/${name}`];
}

/** Where a reviewed file stands, and its text at the commit; null where that is not known. */
function placeOf(
  name: string,
  commit: string,
  { history, paths }: GateFacts,
): { readonly path: string; readonly text: string } | null {
  const possible = pathsOf(name);
  const standing = possible.filter((path) => paths.has(path));
  for (const path of standing.length > 0 ? standing : possible) {
    const text = history?.textAt(commit, path);
    if (typeof text === 'string') return { path, text };
  }
  return null;
}

/** A file as it stands, workflows as they are read now and others as they were committed last; null where it is not known. */
function textNow(path: string, commit: string, { history, workflows }: GateFacts): string | null {
  const workflow = workflows?.workflows.find((each) => each.path === path);
  if (workflow) return workflow.text;
  const last = history?.lastCommitOf(path);
  return !last || last.hash === commit ? null : (history?.textAt(last.hash, path) ?? null);
}

/** The commit that brought a file to what it says; null where none did yet, undefined where that is not known. */
function lastChange(path: string, now: string, { history }: GateFacts): Commit | null | undefined {
  const last = history?.lastCommitOf(path);
  const committed = last && history?.textAt(last.hash, path);
  if (typeof committed !== 'string') return undefined;
  return meansTheSame(path, committed, now) ? last : null;
}

/**
 * Workflows that were added since a review of the whole pipeline. A review that left out one that was there already is one
 * of a part, and which workflows belong to it only its author knows.
 */
function newWorkflows(
  document: ReadDocument,
  commit: string,
  { history, paths }: GateFacts,
): readonly string[] {
  if (document.kind !== 'pipeline-review') return [];
  const listed = new Set(
    readTable(blocksOf(document, 'files'), columns).flatMap(({ cells }) => pathsOf(nameIn(cells.file))),
  );
  const rest = [...paths].filter((path) => WORKFLOW.test(path) && !listed.has(path)).sort();
  if (![...listed].some((path) => WORKFLOW.test(path))) return [];
  const before = rest.map((path) => history?.textAt(commit, path));
  return before.every((text) => text === null) ? rest : [];
}
