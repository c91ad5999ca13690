import * as vscode from 'vscode';
import type { RootReport } from '../../core/gate/report';
import { createMarkdownReply } from '../chat/markdown-reply';
import { isCancellation } from '../chat/outcome';
import { faultSentence } from '../log';
import { signalOf } from '../places';
import { NO_FOLDER } from '../repositories';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import { COMMANDS } from './names';

/** Check Workspace, Check Current File and Show Rule. */
export function registerCheckCommands(context: vscode.ExtensionContext, workbench: Workbench): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(COMMANDS.checkWorkspace, () => checkWorkspace(workbench)),
    vscode.commands.registerCommand(COMMANDS.checkFile, () => checkFile(workbench)),
    vscode.commands.registerCommand(COMMANDS.showRule, (id?: unknown) =>
      showRule(typeof id === 'string' ? id : null, context, workbench),
    ),
  );
}

/** Judges every folder, fills the Problems view and opens the report; null where it was cancelled or failed. */
async function checkWorkspace(workbench: Workbench): Promise<readonly RootReport[] | null> {
  const repositories = workbench.repositories.all();
  if (repositories.length === 0) {
    void workbench.person.warn(NO_FOLDER);
    return null;
  }
  const reply = createMarkdownReply();
  const reports = await judgeAll(repositories, workbench, (message) => {
    reply.markdown(`${message}\n\n`);
  });
  if (reports === null) return null;
  const { describeReport } = await import('../gate/describe-report');
  for (const report of reports) describeReport(report, reply);
  await workbench.reports.show('check', `# Check of the workspace\n\n${reply.text()}`, null);
  if (reports.some((report) => report.findings.length > 0)) {
    await vscode.commands.executeCommand('workbench.actions.view.problems');
  }
  return reports;
}

/** Judges the folder of the open file and says what it finds in this file. */
async function checkFile(workbench: Workbench): Promise<RootReport | null> {
  const uri = vscode.window.activeTextEditor?.document.uri;
  const place = uri ? workbench.repositories.ofUri(uri) : null;
  if (!place) {
    void workbench.person.warn('Open a workflow or document of the workspace first.');
    return null;
  }
  const messages: string[] = [];
  const reports = await judgeAll([place.repository], workbench, (message) => messages.push(message));
  const report = reports?.[0];
  if (!report) {
    if (messages.length > 0) void workbench.person.warn(messages.join(' '));
    return null;
  }
  const findings = report.findings.filter((finding) => finding.path === place.path);
  const here = { ...report, findings };
  if (findings.length > 0) await vscode.commands.executeCommand('workbench.actions.view.problems');
  else void workbench.person.tell(`The gate finds nothing in ${place.path}.`);
  return here;
}

async function judgeAll(
  repositories: readonly WorkspaceRepository[],
  workbench: Workbench,
  onNotJudged: (message: string) => void,
): Promise<readonly RootReport[] | null> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title: 'Release Gate: checking', cancellable: true },
    async (progress, token) => {
      const cancel = signalOf(token);
      const reports: RootReport[] = [];
      try {
        for (const repository of repositories) {
          progress.report({ message: repository.name });
          const judgement = await workbench.gate.judge(repository, cancel.signal, { isFresh: true });
          switch (judgement.kind) {
            case 'judged':
              reports.push(judgement.report);
              break;
            case 'not-judged':
              onNotJudged(`${repository.name} could not be checked. ${judgement.message}`);
              break;
          }
          workbench.liveGate.showAll(repository);
        }
        return reports;
      } catch (error) {
        if (isCancellation(error, cancel.signal)) return null;
        workbench.log.fault('The check failed', error);
        void workbench.person.warn(faultSentence('The check failed', error));
        return null;
      } finally {
        cancel.dispose();
      }
    },
  );
}

async function showRule(
  id: string | null,
  context: vscode.ExtensionContext,
  workbench: Workbench,
): Promise<void> {
  const { rules, pageOf } = await import('../../core/rules/index');
  let chosen = id;
  if (chosen === null) {
    const labels = rules.map((rule) => `${rule.id}: ${rule.title}`);
    const label = await workbench.person.choose('Which rule?', labels);
    chosen = label === null ? null : (rules[labels.indexOf(label)]?.id ?? null);
  }
  if (chosen === null) return;
  if (!rules.some((rule) => rule.id === chosen)) {
    void workbench.person.warn(`There is no rule ${chosen}.`);
    return;
  }
  const page = vscode.Uri.joinPath(context.extensionUri, ...pageOf(chosen).split('/'));
  await vscode.commands.executeCommand('markdown.showPreview', page);
}
