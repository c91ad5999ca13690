import * as vscode from 'vscode';
import { counted } from '../../core/text/words';
import { createMarkdownReply } from '../chat/markdown-reply';
import { isCancellation, type Outcome } from '../chat/outcome';
import type { FixesOfRepository } from '../gate/workspace-gate';
import { faultSentence } from '../log';
import { signalOf } from '../places';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import { chooseRepository } from './choose-repository';
import { COMMANDS } from './names';
import { offerNext } from './task-commands';

/** Fix Workspace: every safe fix of a folder as one proposal, to be read and applied like any other. */
export function registerFixCommand(context: vscode.ExtensionContext, workbench: Workbench): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(COMMANDS.fixWorkspace, (given?: { readonly folder?: string }) =>
      fixWorkspace(given?.folder ?? null, workbench),
    ),
  );
}

async function fixWorkspace(folder: string | null, workbench: Workbench): Promise<Outcome | null> {
  const { person } = workbench;
  const repository = await chooseRepository(workbench.repositories, person, folder);
  if (!repository) return null;
  const fixes = await fixesOf(repository, workbench);
  if (!fixes) return { kind: 'cancelled' };
  if (fixes.kind === 'not-judged') {
    void person.warn(fixes.message);
    return { kind: 'stopped', message: fixes.message };
  }
  const { fixed } = fixes;
  if (fixed.files.length === 0) {
    const left = fixed.after.findings.length;
    const message = `Nothing in ${repository.name} can be fixed safely${left > 0 ? `; ${counted(left, 'finding')} need a person` : ''}.`;
    void person.tell(message);
    return { kind: 'stopped', message };
  }
  const changed = new Set(fixed.files.map((file) => file.path));
  const proposal = workbench.proposals.add(repository.key, {
    files: fixed.files,
    findings: fixed.after.findings.filter((finding) => changed.has(finding.path)),
  });
  const { describeFixes } = await import('../gate/describe-fixes');
  const reply = createMarkdownReply();
  describeFixes(repository.name, fixed, reply);
  await workbench.reports.show('fix', reply.text(), proposal.id);
  // Not awaited: the report can be read while the choice is open, and the command has done its work.
  void offerNext(proposal.id, workbench);
  return { kind: 'answered', proposal: proposal.id, next: [] };
}

/** Null where it was cancelled or failed; the person knows which. */
async function fixesOf(
  repository: WorkspaceRepository,
  workbench: Workbench,
): Promise<FixesOfRepository | null> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Release Gate: fixing', cancellable: true },
    async (_progress, token) => {
      const cancel = signalOf(token);
      try {
        return await workbench.gate.fix(repository, 'safe', cancel.signal);
      } catch (error) {
        if (isCancellation(error, cancel.signal)) return null;
        workbench.log.fault('The fixes could not be worked out', error);
        void workbench.person.warn(faultSentence('The fixes could not be worked out', error));
        return null;
      } finally {
        cancel.dispose();
      }
    },
  );
}
