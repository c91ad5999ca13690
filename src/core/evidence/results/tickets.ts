import { readCsv } from '../../text/csv';
import type { Range } from '../../text/position';
import { isRecord, shownName, textAt, unreadable, type ReportReading } from './report';

/** A ticket in the scope of a release. */
export interface Ticket {
  /** `SHOP-12`, `#34`. */
  readonly id: string;
  readonly title: string;
  /** As the tracker calls it: `In Progress`. */
  readonly state: string;
  readonly range: Range | null;
}

/** How far the work on a ticket is, told by its state's name. */
export type Progress = 'done' | 'in-work' | 'not-known';

const MAX_TICKETS = 20_000;

/**
 * Reads the tickets of a release: a JSON list of objects, Jira's answer to a search (`issues`), what
 * `gh issue list --json number,title,state` prints, or a CSV with a column for the id and one for the state.
 */
export function readTickets(text: string): ReportReading<readonly Ticket[]> {
  const plain = text.replace(/^\uFEFF/, '');
  if (/^\s*[[{]/.test(plain)) {
    let value: unknown;
    try {
      value = JSON.parse(plain);
    } catch {
      return unreadable('is not JSON');
    }
    return fromJson(value);
  }
  return plain.trim() === '' ? unreadable('is empty') : fromCsv(plain);
}

function fromJson(value: unknown): ReportReading<readonly Ticket[]> {
  const list = Array.isArray(value)
    ? (value as readonly unknown[])
    : isRecord(value)
      ? ['issues', 'tickets', 'items', 'nodes', 'data'].map((key) => value[key]).find(Array.isArray)
      : undefined;
  if (!list) return unreadable('holds no list of tickets');
  if (list.length > MAX_TICKETS) return unreadable(`holds more than ${MAX_TICKETS} tickets`);
  const total = isRecord(value) && typeof value['total'] === 'number' ? value['total'] : list.length;
  if (total > list.length) return unreadable(`holds ${list.length} of ${total} tickets; ask for all of them`);
  const tickets: Ticket[] = [];
  for (const [index, each] of (list as readonly unknown[]).entries()) {
    const fields = isRecord(each) && isRecord(each['fields']) ? each['fields'] : {};
    const both = isRecord(each) ? { ...fields, ...each } : {};
    const number = both['number'];
    const id =
      textAt(both, 'key') ??
      textAt(both, 'identifier') ??
      (typeof number === 'number' ? `#${number}` : null) ??
      textAt(both, 'id') ??
      (typeof both['id'] === 'number' ? `#${both['id']}` : null);
    const state = nameIn(both, 'status') ?? nameIn(both, 'state');
    if (id === null || state === null) {
      return unreadable(`holds a ticket without ${id === null ? 'an id' : 'a state'}: number ${index + 1}`);
    }
    tickets.push({
      id: shownName(id),
      title: shownName(textAt(both, 'title') ?? textAt(both, 'summary') ?? ''),
      state: shownName(state),
      range: null,
    });
  }
  return { ok: true, report: tickets };
}

/** A text, or the name of an object: Jira and Linear give `{ "name": "In Progress" }`. */
function nameIn(parent: Readonly<Record<string, unknown>>, key: string): string | null {
  const value = parent[key];
  return textAt(parent, key) ?? (isRecord(value) ? textAt(value, 'name') : null);
}

function fromCsv(text: string): ReportReading<readonly Ticket[]> {
  const rows = readCsv(text);
  if (!rows) return unreadable('is no table that can be read: a quote does not end, or it has too many rows');
  const [header, ...rest] = rows;
  const names = header?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const column = (...titles: readonly string[]): number =>
    titles.map((title) => names.indexOf(title)).find((index) => index !== -1) ?? -1;
  const id = column('issue key', 'key', 'ticket', 'id', 'identifier', 'number', 'issue', 'work item');
  const state = column('status', 'state');
  const title = column('summary', 'title', 'name');
  if (id === -1 || state === -1) {
    return unreadable('has no column for the id or none for the state of a ticket ("Issue key", "Status")');
  }
  if (rest.length > MAX_TICKETS) return unreadable(`holds more than ${MAX_TICKETS} tickets`);
  const tickets: Ticket[] = [];
  for (const { cells, line } of rest) {
    const [key, own] = [shownName(cells[id] ?? ''), shownName(cells[state] ?? '')];
    if (key === '' || own === '') {
      return unreadable(`holds a ticket without ${key === '' ? 'an id' : 'a state'}`, rangeOf(line));
    }
    tickets.push({ id: key, title: shownName(cells[title] ?? ''), state: own, range: rangeOf(line) });
  }
  return { ok: true, report: tickets };
}

function rangeOf(line: number): Range {
  return { start: { line, column: 1 }, end: { line, column: 1 } };
}

/** What is being tested is no longer worked on: whether the tests are enough, the quality report says. */
const DONE = new Set([
  ...[
    'in testing',
    'in test',
    'testing',
    'in qa',
    'qa',
    'ready for qa',
    'ready for test',
    'ready for testing',
  ],
  ...['done', 'closed', 'resolved', 'fixed', 'released', 'complete', 'completed', 'merged', 'verified'],
  ...[
    'accepted',
    'cancelled',
    'canceled',
    "won't do",
    'wont do',
    "won't fix",
    'wontfix',
    'duplicate',
    'not planned',
  ],
  ...['ready for release', 'ready to release', 'ready for deployment', 'ready to deploy', 'deployed'],
]);

const IN_WORK = new Set([
  ...['in progress', 'in development', 'in dev', 'doing', 'started', 'active', 'development', 'implementing'],
  ...[
    'code review',
    'in code review',
    'in review',
    'review',
    'under review',
    'ready for review',
    'peer review',
  ],
  ...[
    'to do',
    'todo',
    'open',
    'new',
    'backlog',
    'reopened',
    'blocked',
    'on hold',
    'selected for development',
  ],
]);

/** What a state says of its ticket; a name that a team made up says nothing. */
export function progressOf(state: string): Progress {
  const plain = state
    .toLowerCase()
    .replace(/[\s_-]+/g, ' ')
    .replaceAll('’', "'")
    .trim();
  return DONE.has(plain) ? 'done' : IN_WORK.has(plain) ? 'in-work' : 'not-known';
}
