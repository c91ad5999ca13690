import * as vscode from 'vscode';
import { changesAnything } from '../../core/text/proposal';
import type { FormQuestion, FormReply, OpenDocument } from '../../core/tasks/unknowns';
import { chooseRepository } from '../commands/choose-repository';
import { COMMANDS } from '../commands/names';
import { faultSentence } from '../log';
import { showDifference } from '../proposals/proposed-documents';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';

/** What a call may fill in beforehand. */
interface UnknownsArguments {
  readonly folder?: string | null;
  /** Only this document, from the root of the repository. */
  readonly path?: string;
  /** Only the placeholder that begins here, as the document stands in the editor. */
  readonly start?: number;
  /** Answers by what is needed, in place of the input boxes: a caller that knows them. Nothing is written by them. */
  readonly answers?: Readonly<Record<string, string>>;
}

/** What became of the form. Nothing is written before the person applies the proposal. */
export type UnknownsOutcome =
  | { readonly kind: 'proposed'; readonly proposal: string; readonly paths: readonly string[] }
  | { readonly kind: 'nothing' | 'refused'; readonly message: string };

const PLACEHOLDER = /\bUNKNOWN\(/;

/** Fill In the Unknowns: asks one by one, then shows all answers as one change to review; and a quick fix on a placeholder. */
export function registerUnknowns(context: vscode.ExtensionContext, workbench: Workbench): void {
  const { repositories } = workbench;
  context.subscriptions.push(
    vscode.commands.registerCommand(COMMANDS.fillInUnknowns, (given?: unknown) =>
      fillInUnknowns(argumentsOf(given), workbench),
    ),
    vscode.languages.registerCodeActionsProvider(
      { language: 'markdown', scheme: 'file' },
      {
        provideCodeActions: async (document, range) => {
          const place = repositories.ofUri(document.uri);
          if (!place || !PLACEHOLDER.test(document.lineAt(range.start.line).text)) return [];
          const { findPlaceholders } = await import('../../core/documents/markdown/placeholders');
          const offset = document.offsetAt(range.start);
          const line = range.start.line;
          const here = findPlaceholders(document.getText()).find(
            ({ span }) =>
              (span.start <= offset && offset <= span.end) || document.positionAt(span.start).line === line,
          );
          if (!here) return [];
          const action = new vscode.CodeAction('Answer this…', vscode.CodeActionKind.QuickFix);
          action.command = {
            title: action.title,
            command: COMMANDS.fillInUnknowns,
            arguments: [{ folder: place.repository.key, path: place.path, start: here.span.start }],
          };
          return [action];
        },
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
}

function argumentsOf(given: unknown): UnknownsArguments {
  return typeof given === 'object' && given !== null ? given : {};
}

async function fillInUnknowns(
  given: UnknownsArguments,
  workbench: Workbench,
): Promise<UnknownsOutcome | null> {
  const { person, repositories, log } = workbench;
  const repository = await chooseRepository(repositories, person, given.folder ?? null);
  if (!repository) return null;
  try {
    const opened = await repository.world();
    if (!opened.ok) return refuse('refused', opened.message, workbench);
    const { answeredFiles, fillIn, openDocuments } = await import('../../core/tasks/unknowns');
    const only = given.path === undefined ? null : new Set([given.path]);
    const { documents } = await openDocuments(opened.world.files, only);
    const unknowns = documents
      .flatMap((each) => each.unknowns)
      .filter(({ span }) => given.start === undefined || span.start === given.start);
    if (unknowns.length === 0)
      return refuse('nothing', 'No document says that something is unknown.', workbench);
    const answers = await fillIn(unknowns, await askerFor(given, repository));
    const { files, refused } = answeredFiles(documents, answers);
    for (const reason of refused) void person.warn(`Not written: ${reason}.`);
    if (files.length === 0) return refuse('nothing', 'Nothing was answered, so nothing changes.', workbench);
    return await propose(repository, documents, files, workbench);
  } catch (error) {
    log.fault('The unknowns could not be filled in', error);
    return refuse('refused', faultSentence('The unknowns could not be filled in', error), workbench);
  }
}

async function askerFor(
  given: UnknownsArguments,
  repository: WorkspaceRepository,
): Promise<(question: FormQuestion) => Promise<FormReply>> {
  const { answers } = given;
  if (answers) {
    return ({ unknown }) => {
      const text = answers[unknown.needed];
      return Promise.resolve(text === undefined ? { is: 'skip' } : { is: 'answer', text, isForAll: false });
    };
  }
  const { askInEditor } = await import('./ask-in-editor');
  return (question) => askInEditor(repository.folder, question);
}

/** One change for review: each difference is shown, and Apply is the person's word on them. */
async function propose(
  repository: WorkspaceRepository,
  documents: readonly OpenDocument[],
  files: Parameters<Workbench['proposals']['add']>[1]['files'],
  workbench: Workbench,
): Promise<UnknownsOutcome> {
  const { proposals, repositories, person } = workbench;
  const proposal = proposals.add(repository.key, { files, findings: [] });
  const paths = files.filter(changesAnything).map(({ path }) => path);
  for (const path of paths) await showDifference(proposal.id, path, proposals, repositories);
  const places = documents.reduce((sum, { unknowns }) => sum + unknowns.length, 0);
  const message = `Your answers change ${paths.join(', ')} (${places} ${places === 1 ? 'value was' : 'values were'} unknown). Read the difference, then apply.`;
  // Not awaited: the notification waits beside the difference for as long as reading takes.
  void person
    .tell(message, 'Apply')
    .then((choice) =>
      choice === 'Apply' ? vscode.commands.executeCommand(COMMANDS.applyProposal, proposal.id) : undefined,
    );
  return { kind: 'proposed', proposal: proposal.id, paths };
}

function refuse(
  kind: 'nothing' | 'refused',
  message: string,
  { person }: Workbench,
): Extract<UnknownsOutcome, { message: string }> {
  void person.tell(message);
  return { kind, message };
}
