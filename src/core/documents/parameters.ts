import type { ReadDocument } from './document';
import { blocksOf } from './markdown/parse';
import { readTable } from './markdown/parts';
import { holdsPlaceholder } from './markdown/placeholders';
import { parameterColumns } from './runbook/columns';

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

/** The parameters that a document declares, with what its table says of each, then those that its commands take besides. */
export function parametersOf(
  document: Pick<ReadDocument, 'tree' | 'sections'>,
  declared: readonly { readonly name: string; readonly example: string }[],
  taken: Iterable<string>,
): readonly DocumentParameter[] {
  const rows = readTable(blocksOf(document, 'parameters'), parameterColumns);
  const found = new Map<string, DocumentParameter>();
  for (const { name, example } of declared) {
    const row = rows.find(({ cells }) => cells.name.split(/[^\w]+/).includes(name));
    found.set(name, {
      name,
      meaning: row?.cells.meaning ?? '',
      example: holdsPlaceholder(example) ? '' : example.trim(),
      isDeclared: true,
    });
  }
  for (const name of taken) {
    if (!found.has(name)) found.set(name, { name, meaning: '', example: '', isDeclared: false });
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
