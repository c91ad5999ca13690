import path from 'node:path';
import * as vscode from 'vscode';

/** How long a new terminal may take until its shell tells when commands end. Without that they run all the same. */
const INTEGRATION_WAIT_MS = 5_000;

/** The terminal of one runbook: opened by its first command, and kept so that each command finds what the last one left. */
export interface RunbookTerminal {
  whyNot(): string | null;
  run(
    command: string,
    secrets: ReadonlyMap<string, string>,
  ): Promise<{ readonly ended: Promise<number | null> | null }>;
}

/** Opens nothing until a command is run. `folder` is where commands begin. */
export function createRunbookTerminal(name: string, folder: vscode.Uri): RunbookTerminal {
  let terminal: vscode.Terminal | null = null;
  let given = '';
  const open = (secrets: ReadonlyMap<string, string>): vscode.Terminal => {
    const wanted = JSON.stringify([...secrets]);
    // A terminal's environment is set when it opens: other secrets need another one.
    const isUsable = terminal?.exitStatus === undefined && (secrets.size === 0 || wanted === given);
    if (terminal && isUsable) return terminal;
    given = wanted;
    terminal = vscode.window.createTerminal({
      name,
      cwd: folder,
      env: Object.fromEntries(secrets),
      // Otherwise the editor would keep its environment, and so the secrets, to revive it after a restart.
      isTransient: true,
    });
    return terminal;
  };
  return {
    whyNot() {
      const shell = path.basename(vscode.env.shell).replace(/\.exe$/i, '');
      return /^(?:ba|z|da|k|mk|a)?sh$/.test(shell)
        ? null
        : `the terminal's shell is ${shell || 'not known'}, and these commands are written for sh, bash or zsh`;
    },
    async run(command, secrets) {
      const used = open(secrets);
      used.show(true);
      const integration = used.shellIntegration ?? (await integrationOf(used));
      if (!integration) {
        used.sendText(command, true);
        return { ended: null };
      }
      // Of a command of several lines VS Code tells the end only where each line is a command of its own.
      const execution = integration.executeCommand(command);
      return { ended: endOf(execution, used) };
    },
  };
}

function integrationOf(terminal: vscode.Terminal): Promise<vscode.TerminalShellIntegration | null> {
  return new Promise((resolve) => {
    const settle = (found: vscode.TerminalShellIntegration | null): void => {
      clearTimeout(timer);
      listener.dispose();
      resolve(found);
    };
    const timer = setTimeout(() => settle(null), INTEGRATION_WAIT_MS);
    const listener = vscode.window.onDidChangeTerminalShellIntegration((event) => {
      if (event.terminal === terminal) settle(event.shellIntegration);
    });
  });
}

function endOf(execution: vscode.TerminalShellExecution, terminal: vscode.Terminal): Promise<number | null> {
  return new Promise((resolve) => {
    const settle = (code: number | null): void => {
      for (const listener of listeners) listener.dispose();
      resolve(code);
    };
    const listeners = [
      vscode.window.onDidEndTerminalShellExecution((event) => {
        if (event.execution === execution) settle(event.exitCode ?? null);
      }),
      vscode.window.onDidCloseTerminal((closed) => {
        if (closed === terminal) settle(null);
      }),
    ];
  });
}
