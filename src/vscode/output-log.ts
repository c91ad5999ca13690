import * as vscode from 'vscode';
import type { Log } from './log';

/** The log "Release Gate" in the Output view; the channel is made when something is first written. */
export function createOutputLog(context: vscode.ExtensionContext): Log {
  let channel: vscode.LogOutputChannel | null = null;
  const open = (): vscode.LogOutputChannel => {
    if (!channel) {
      channel = vscode.window.createOutputChannel('Release Gate', { log: true });
      context.subscriptions.push(channel);
    }
    return channel;
  };
  return {
    fault: (what, error) => {
      open().error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    },
  };
}
