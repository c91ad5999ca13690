import * as vscode from 'vscode';
import { changesAnything, shownPath } from '../../core/text/proposal';
import { applyProposal, type ApplyOutcome } from '../proposals/apply-proposal';
import { showDifference, shownBy } from '../proposals/proposed-documents';
import { repositoryOf } from '../proposals/repository-of';
import { uriIn } from '../places';
import type { Workbench } from '../workbench';
import { COMMANDS } from './names';

/** Apply and Show Difference, as buttons in chat, above reports, in the title of a difference and in the palette. */
export function registerProposalCommands(context: vscode.ExtensionContext, workbench: Workbench): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(COMMANDS.applyProposal, (given?: unknown) =>
      apply(idOf(given, workbench), workbench),
    ),
    vscode.commands.registerCommand(COMMANDS.showDifference, (given?: unknown, path?: unknown) =>
      show(idOf(given, workbench), typeof path === 'string' ? path : null, workbench),
    ),
  );
}

/** Applies; files whose difference nobody has seen are shown first, and the next Apply is the person's word on them. */
async function apply(id: string | null, workbench: Workbench): Promise<ApplyOutcome> {
  const { person, proposals, repositories } = workbench;
  if (id === null) return refuse('There is no proposal to apply; run one of the commands first.', workbench);
  const proposal = proposals.get(id);
  const outcome = await applyProposal(id, proposals, repositories);
  switch (outcome.kind) {
    case 'refused':
      void person.warn(outcome.message);
      return outcome;
    case 'review': {
      for (const path of outcome.paths) await showDifference(id, path, proposals, repositories);
      const files = outcome.paths.join(', ');
      // Not awaited: the notification waits beside the difference for as long as reading takes.
      void person
        .tell(`This changes what is there: ${files}. Read the difference first.`, 'Apply')
        .then((choice) =>
          choice === 'Apply' ? vscode.commands.executeCommand(COMMANDS.applyProposal, id) : undefined,
        );
      return outcome;
    }
    case 'applied': {
      const written = proposal?.result.files.filter((file) => outcome.paths.includes(shownPath(file))) ?? [];
      const owners = written.map((file) => (proposal ? repositoryOf(proposal, file, repositories) : null));
      const [first] = written;
      const [owner] = owners;
      if (first && owner) {
        await vscode.window.showTextDocument(uriIn(owner.folder, first.path), { preview: false });
      }
      for (const repository of new Map(owners.flatMap((each) => (each ? [[each.key, each]] : []))).values()) {
        await workbench.gate.judge(repository, new AbortController().signal, { isFresh: true });
      }
      return outcome;
    }
  }
}

async function show(id: string | null, path: string | null, workbench: Workbench): Promise<boolean> {
  const files = id === null ? [] : (workbench.proposals.get(id)?.result.files ?? []);
  const changing = files.filter(changesAnything).filter((file) => path === null || shownPath(file) === path);
  if (id === null || changing.length === 0) {
    void workbench.person.warn('This proposal is no longer kept; run the command again.');
    return false;
  }
  for (const file of changing)
    await showDifference(id, shownPath(file), workbench.proposals, workbench.repositories);
  return true;
}

/** The proposal's id out of what a button, a title action (the document) or nobody (the palette) gave. */
function idOf(given: unknown, workbench: Workbench): string | null {
  if (typeof given === 'string') return given;
  const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
  const shown = uri ? (shownBy(uri)?.id ?? workbench.reports.proposalOf(uri)) : null;
  return shown ?? workbench.proposals.latest()?.id ?? null;
}

function refuse(message: string, workbench: Workbench): ApplyOutcome {
  void workbench.person.warn(message);
  return { kind: 'refused', message };
}
