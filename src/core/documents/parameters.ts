import type { ReadDocument } from './document';
import { blocksOf } from './markdown/parse';
import { readTable } from './markdown/parts';
import { holdsPlaceholder } from './markdown/placeholders';

/** Something that a person fills before the commands of a document can run. */
export interface DocumentParameter {
  /** A shell variable, without `$` and braces. */
  readonly name: string;
  /** '' where nothing says. */
  readonly meaning: string;
  /** A value that the document gives as an example; '' where it gives none, or UNKNOWN. */
  readonly example: string;
  /** False for a variable that a command takes and the document's table does not list. */
  readonly isDeclared: boolean;
}

/** The parameters of a document's table, then those that its commands take besides. */
export function parametersOf(
  document: Pick<ReadDocument, 'tree' | 'sections'>,
  taken: Iterable<string>,
): readonly DocumentParameter[] {
  const found = declaredParameters(document);
  const names = new Set(found.map(({ name }) => name));
  for (const name of taken) {
    if (names.has(name)) continue;
    names.add(name);
    found.push({ name, meaning: '', example: '', isDeclared: false });
  }
  return found;
}

/** The parameters of a document's table. */
export function declaredParameters(document: Pick<ReadDocument, 'tree' | 'sections'>): DocumentParameter[] {
  const rows = readTable(blocksOf(document, 'parameters'), {
    name: ['name', 'parameter', 'variable'],
    meaning: ['meaning', 'description'],
    example: ['example', 'value', 'default'],
  });
  const found = new Map<string, DocumentParameter>();
  for (const { cells } of rows) {
    const name = /^\$?\{?([A-Za-z_]\w*)\}?$/.exec(cells.name.trim())?.[1];
    if (name === undefined || found.has(name)) continue;
    const example = holdsPlaceholder(cells.example) ? '' : cells.example.trim();
    found.set(name, { name, meaning: cells.meaning, example, isDeclared: true });
  }
  return [...found.values()];
}

/** Names under which a document's parameters say which environment is meant. */
const ENVIRONMENT_NAMES = ['ENV', 'ENVIRONMENT', 'TARGET_ENV', 'TARGET_ENVIRONMENT', 'DEPLOY_ENV', 'STAGE'];

/** The environment that the values name; null where none of them does. */
export function environmentIn(values: ReadonlyMap<string, string>): string | null {
  for (const name of ENVIRONMENT_NAMES) {
    const value = values.get(name);
    if (value !== undefined && value !== '') return value;
  }
  return null;
}
