import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import { registerParticipant } from './chat/participant';
import { registerCheckCommands } from './commands/check-commands';
import { registerFixCommand } from './commands/fix-command';
import { registerProposalCommands } from './commands/proposal-commands';
import { registerReadinessCommand } from './commands/readiness-command';
import { registerRecordCommands } from './commands/record-commands';
import { registerTaskCommands } from './commands/task-commands';
import { registerConfigurationAssistance } from './gate/configuration-assistance';
import { registerLiveGate } from './gate/live-gate';
import { registerQuickFixes } from './gate/quick-fixes';
import { registerStatus } from './gate/status';
import { createWorkspaceGate } from './gate/workspace-gate';
import { createOutputLog } from './output-log';
import { registerPathHints } from './paths/path-hints';
import { registerPathsPanel } from './paths/paths-panel';
import { personAtEditor } from './person';
import { markPlaceholders, type MarkdownIt } from './preview/markdown-plugin';
import { registerRunbookPreview } from './preview/runbook-preview';
import { registerProposedDocuments } from './proposals/proposed-documents';
import { registerProfile } from './profile/register-profile';
import { createProposals } from './proposals/proposals';
import { registerReadinessDiagnostics } from './readiness/readiness-diagnostics';
import { registerReadinessLens } from './readiness/readiness-lens';
import { registerReadinessPanel } from './readiness/readiness-panel';
import { createReleaseJudge } from './readiness/release-judge';
import { registerRelease } from './release/register-release';
import { registerReportDocuments } from './report-documents';
import { registerModelTools } from './tools/register-tools';
import { registerUnknowns } from './unknowns/register-unknowns';
import type { Workbench } from './workbench';
import { createWorkspaceRepositories } from './workspace-world';

/**
 * Registers every feature. Nothing slow is awaited: the engine and its parsers load when something first needs them. What
 * it gives is for VS Code's own Markdown preview.
 */
export function activate(context: vscode.ExtensionContext): {
  extendMarkdownIt(markdown: MarkdownIt): MarkdownIt;
} {
  const log = createOutputLog(context);
  const repositories = createWorkspaceRepositories();
  const proposals = createProposals(
    () => randomUUID().slice(0, 8),
    (waiting) => void vscode.commands.executeCommand('setContext', 'releaseGate.hasProposal', waiting > 0),
  );
  const gate = createWorkspaceGate(repositories);
  context.subscriptions.push(gate);
  const liveGate = registerLiveGate(context, repositories, gate, log);
  const releaseJudge = createReleaseJudge(context, repositories, log);
  const reports = registerReportDocuments(context);
  const workbench: Workbench = {
    repositories,
    proposals,
    gate,
    liveGate,
    releaseJudge,
    reports,
    person: personAtEditor,
    log,
  };

  registerProposedDocuments(context, proposals);
  registerQuickFixes(context, repositories, gate);
  registerConfigurationAssistance(context, repositories);
  registerStatus(context, gate);
  registerTaskCommands(context, workbench);
  registerProposalCommands(context, workbench);
  registerCheckCommands(context, workbench);
  registerFixCommand(context, workbench);
  registerRunbookPreview(context, workbench);
  registerPathsPanel(context, workbench);
  registerPathHints(context, repositories, gate);
  const readinessPanel = registerReadinessPanel(context, workbench);
  registerReadinessCommand(context, workbench, readinessPanel);
  registerReadinessDiagnostics(context, repositories, releaseJudge);
  registerReadinessLens(context, repositories, releaseJudge);
  registerRecordCommands(context, workbench);
  registerRelease(context, workbench);
  registerUnknowns(context, workbench);
  registerProfile(context, workbench);
  registerParticipant(context, workbench);
  registerModelTools(context, workbench);
  return { extendMarkdownIt: markPlaceholders };
}
