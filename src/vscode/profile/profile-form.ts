import * as vscode from 'vscode';
import type { Source } from '../../core/evidence/fact';
import type { ProfileRow, RowCorrection } from '../../core/evidence/profile-view';
import { correctionOf, type GivenCorrection } from '../../core/gate/correct-configuration';
import { editorRange, uriIn } from '../places';

/** A row of the form, or what it does when it is chosen. */
interface FormItem extends vscode.QuickPickItem {
  readonly row?: ProfileRow;
  readonly isReview?: true;
}

const OPEN: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon('go-to-file'),
  tooltip: 'Show where it stands',
};
const CORRECT: vscode.QuickInputButton = { iconPath: new vscode.ThemeIcon('edit'), tooltip: 'Correct it' };

/**
 * Shows the profile as a list that is read and corrected by keyboard: each fact with its evidence and how sure it is, what is
 * not known first. Gives the corrections once the person asks for their review or leaves: they are reviewed before anything is
 * written, so that leaving loses none.
 */
export async function showProfileForm(
  folder: vscode.Uri,
  rows: readonly ProfileRow[],
  summary: string,
): Promise<readonly GivenCorrection[]> {
  const given = new Map<string, { readonly row: ProfileRow; readonly correction: GivenCorrection }>();
  for (let active: ProfileRow | null = null; ;) {
    const chosen = await choose(folder, rows, summary, given, active);
    if (chosen === null || chosen.is === 'review')
      return [...given.values()].map(({ correction }) => correction);
    active = chosen.row;
    const correction = await correct(folder, chosen.row, chosen.is === 'correct');
    if (correction === null) continue;
    given.set(correction.at.join('\0'), { row: chosen.row, correction });
  }
}

type Chosen =
  { readonly is: 'review' } | { readonly is: 'open' | 'correct'; readonly row: ProfileRow } | null;

/** The list itself. A button of a row shows its evidence beside the list, which stays. */
async function choose(
  folder: vscode.Uri,
  rows: readonly ProfileRow[],
  summary: string,
  given: ReadonlyMap<string, { readonly row: ProfileRow; readonly correction: GivenCorrection }>,
  active: ProfileRow | null,
): Promise<Chosen> {
  const pick = vscode.window.createQuickPick<FormItem>();
  pick.title = `Profile of the repository: ${summary}`;
  pick.placeholder = 'Choose a line to see where it stands or to correct it; type to search';
  pick.matchOnDescription = true;
  pick.matchOnDetail = true;
  pick.ignoreFocusOut = true;
  pick.items = itemsOf(rows, given);
  const before = pick.items.find(({ row }) => row !== undefined && row === active);
  if (before) pick.activeItems = [before];
  try {
    return await new Promise<Chosen>((resolve) => {
      pick.onDidAccept(() => {
        const [item] = pick.selectedItems;
        resolve(item?.isReview ? { is: 'review' } : item?.row ? { is: 'open', row: item.row } : null);
      });
      pick.onDidTriggerItemButton(({ item, button }) => {
        if (!item.row) return;
        if (button === CORRECT) resolve({ is: 'correct', row: item.row });
        else if (item.row.sources[0]) void reveal(folder, item.row.sources[0]);
      });
      pick.onDidHide(() => {
        resolve(null);
      });
      pick.show();
    });
  } finally {
    pick.dispose();
  }
}

function itemsOf(
  rows: readonly ProfileRow[],
  given: ReadonlyMap<string, { readonly row: ProfileRow; readonly correction: GivenCorrection }>,
): readonly FormItem[] {
  const items: FormItem[] = [];
  if (given.size > 0) {
    items.push({
      label: `$(diff) Review ${given.size} ${given.size === 1 ? 'correction' : 'corrections'}`,
      detail: 'Shows what changes in the configuration; nothing is written before you apply it',
      isReview: true,
    });
  }
  const open = rows.filter(({ value, confidence }) => value === null || confidence === 'weak');
  const section = (label: string): void => {
    items.push({ label, kind: vscode.QuickPickItemKind.Separator });
  };
  if (open.length > 0) {
    section('Not known, or only perhaps');
    items.push(...open.map((row) => itemOf(row, given, true)));
  }
  let last = '';
  for (const row of rows) {
    if (open.includes(row)) continue;
    if (row.section !== last) section(row.section);
    last = row.section;
    items.push(itemOf(row, given, false));
  }
  return items;
}

function itemOf(
  row: ProfileRow,
  given: ReadonlyMap<string, { readonly row: ProfileRow; readonly correction: GivenCorrection }>,
  withSection: boolean,
): FormItem {
  const told = row.correction ? given.get(row.correction.at.join('\0')) : undefined;
  const [first] = row.sources;
  const where = [
    ...(first ? [placeOf(first)] : []),
    ...(row.sources.length > 1 ? [`${row.sources.length - 1} more`] : []),
  ].join(' and ');
  // State is said in words; the icon only repeats it.
  const state = told
    ? `corrected to ${JSON.stringify(told.correction.value)}, not applied yet`
    : row.value === null
      ? `UNKNOWN(${row.needed})`
      : `${where}${row.confidence === 'strong' ? '' : ` (${row.confidence ?? ''} evidence)`}`;
  const icon = told
    ? '$(edit)'
    : row.value === null
      ? '$(question)'
      : row.confidence === 'weak'
        ? '$(info)'
        : '$(check)';
  return {
    label: `${icon} ${withSection ? `${row.section}, ` : ''}${row.label}`,
    description: row.value ?? '',
    detail: state,
    buttons: [...(first?.kind === 'file' ? [OPEN] : []), ...(row.correction ? [CORRECT] : [])],
    row,
  };
}

interface ActItem extends vscode.QuickPickItem {
  readonly source?: Source;
  readonly isNone?: true;
  readonly isCorrect?: true;
}

/** What is done with one row: its evidence is opened, it is corrected, or taken away. Null: nothing was corrected. */
async function correct(
  folder: vscode.Uri,
  row: ProfileRow,
  isAtOnce: boolean,
): Promise<GivenCorrection | null> {
  const { correction } = row;
  if (isAtOnce && correction) return ask(row, correction);
  const acts: ActItem[] = [
    ...(correction && correction.choices?.join() !== 'none'
      ? [{ label: '$(edit) Correct it…', detail: correction.hint, isCorrect: true as const }]
      : []),
    ...(correction?.canBeNone
      ? [
          {
            label: '$(circle-slash) None: nothing of it is there',
            detail: `Writes "none" under profile: ${correction.at.join(': ')}`,
            isNone: true as const,
          },
        ]
      : []),
    ...row.sources
      .filter(({ kind }) => kind === 'file')
      .map((source) => ({
        label: `$(go-to-file) ${placeOf(source)}`,
        detail: 'Shows where it stands',
        source,
      })),
  ];
  if (acts.length === 0) {
    acts.push({ label: 'The configuration cannot say this: it is read from git or from the files' });
  }
  for (;;) {
    const chosen = await vscode.window.showQuickPick(acts, {
      title: `${row.section}, ${row.label}`,
      placeHolder: row.value ?? `UNKNOWN(${row.needed})`,
      ignoreFocusOut: true,
    });
    if (chosen?.source) {
      await reveal(folder, chosen.source);
      continue;
    }
    if (chosen?.isNone && correction) return { at: correction.at, value: 'none' };
    return chosen?.isCorrect && correction ? ask(row, correction) : null;
  }
}

/** Asks for the value that is right; choices where these are all. */
async function ask(row: ProfileRow, correction: RowCorrection): Promise<GivenCorrection | null> {
  const title = `${row.section}, ${row.label}`;
  const choices = correction.takes === 'flag' ? ['yes', 'no'] : correction.choices;
  const written = choices
    ? await vscode.window.showQuickPick([...choices], {
        title,
        placeHolder: correction.hint,
        ignoreFocusOut: true,
      })
    : await vscode.window.showInputBox({
        title,
        prompt: `${correction.hint}${correction.canBeNone ? '. "none": there is none' : ''}`,
        value: correction.takes === 'text' ? (row.value ?? '') : '',
        ignoreFocusOut: true,
        validateInput: (text) => {
          if (text.trim() === '') return null;
          const read = correctionOf(correction, text);
          return read.ok ? null : read.reason;
        },
      });
  if (written === undefined || written.trim() === '') return null;
  const read = correctionOf(correction, written);
  return read.ok ? { at: correction.at, value: read.value } : null;
}

function placeOf(source: Source): string {
  switch (source.kind) {
    case 'file':
      return `${source.path}${source.range ? `:${source.range.start.line}` : ''}`;
    case 'tag':
      return `tag ${source.name}`;
    case 'commit':
      return `commit ${source.hash.slice(0, 12)}`;
    case 'git':
      return source.what;
    case 'answer':
      return source.from;
    case 'person':
      return 'told by a person';
    default:
      return source satisfies never;
  }
}

/** Shows a place beside the form, which keeps the keyboard. */
async function reveal(folder: vscode.Uri, source: Source): Promise<void> {
  if (source.kind !== 'file') return;
  const uri = uriIn(folder, source.path);
  try {
    if ((await vscode.workspace.fs.stat(uri)).type === vscode.FileType.Directory) return;
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, {
      preserveFocus: true,
      preview: true,
      ...(source.range ? { selection: editorRange(source.range) } : {}),
    });
  } catch {
    // The file went away since it was read; the form goes on.
  }
}
