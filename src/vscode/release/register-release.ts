import type * as vscode from 'vscode';
import type { Workbench } from '../workbench';
import { createFollowedRuns } from './followed-runs';
import { registerQuestionPicks } from './question-pick';
import { registerReleaseCommands, type ReleaseParts } from './release-commands';
import { registerReleasePanels } from './release-panel';
import { registerReleaseStatus } from './release-status';
import { watchForRuns } from './watch-for-runs';

/**
 * Releases in VS Code: the commands that start and follow a run, its panel, its questions and its place in the status bar.
 * The run itself is a process of its own; this window reads its journal and hands it what a person says.
 */
export function registerRelease(context: vscode.ExtensionContext, workbench: Workbench): void {
  const runs = createFollowedRuns(context, workbench);
  const panels = registerReleasePanels(context, workbench, runs);
  const parts: ReleaseParts = { runs, panels, isStarting: false };
  registerQuestionPicks(context, workbench, runs, panels);
  registerReleaseStatus(context, runs);
  registerReleaseCommands(context, workbench, parts);
  watchForRuns(context, workbench, parts);
}
