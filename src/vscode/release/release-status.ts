import * as vscode from 'vscode';
import { COMMANDS } from '../commands/names';
import type { FollowedRuns, LiveRun } from './followed-runs';
import { statusOf } from './release-status-words';

/** One status bar item for as long as a run is under way; selecting it shows the run. */
export function registerReleaseStatus(context: vscode.ExtensionContext, runs: FollowedRuns): void {
  const item = vscode.window.createStatusBarItem('releaseGate.release', vscode.StatusBarAlignment.Left, 11);
  item.name = 'Release Gate: Release';
  const update = (): void => {
    const live = runs.all().filter((run) => run.state().phase !== 'ended');
    const [first] = [...live].sort((one, other) => Number(waits(other)) - Number(waits(one)));
    if (!first) {
      item.hide();
      return;
    }
    const { icon, text } = statusOf(first.state(), first.isGone());
    const more = live.length > 1 ? ` (+${live.length - 1})` : '';
    item.text = `$(${icon}) ${text}${more}`;
    item.tooltip = `${first.id}. Select to follow it.`;
    item.accessibilityInformation = { label: `${text}${more}. ${item.tooltip}` };
    item.backgroundColor = waits(first)
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    item.command = {
      title: 'Follow Release',
      command: COMMANDS.followRelease,
      arguments: [{ folder: first.repository.key, run: first.id }],
    };
    item.show();
  };
  context.subscriptions.push(item, runs.onDidChange(update));
}

const waits = (run: LiveRun): boolean => run.state().question !== null || run.isGone();
