import * as vscode from 'vscode';
import { COMMANDS } from '../commands/names';
import type { WorkspaceRepositories } from '../workspace-world';
import type { ReleaseJudge } from './release-judge';

const WORDS = { go: 'GO', 'no-go': 'NO-GO', unknown: 'UNKNOWN' } as const;

/** Above a release plan: the last verdict on its release, or the question. */
export function registerReadinessLens(
  context: vscode.ExtensionContext,
  repositories: WorkspaceRepositories,
  judge: ReleaseJudge,
): void {
  const changed = new vscode.EventEmitter<void>();
  context.subscriptions.push(
    changed,
    judge.onDidChange(() => changed.fire()),
    vscode.languages.registerCodeLensProvider(
      { language: 'markdown', scheme: 'file', pattern: '**/RELEASE_PLAN.md' },
      {
        onDidChangeCodeLenses: changed.event,
        provideCodeLenses: (document) => {
          const repository = repositories.ofUri(document.uri)?.repository;
          if (!repository) return [];
          const top = new vscode.Range(0, 0, 0, 0);
          const folder = repository.key;
          const ask = (title: string): vscode.CodeLens =>
            new vscode.CodeLens(top, { title, command: COMMANDS.judgeRelease, arguments: [{ folder }] });
          const latest = judge.latest(repository);
          if (!latest) return [ask('Is this release ready?')];
          const { verdict, version, environment } = latest.view;
          const changedSince = judge.changedSince(repository);
          const outdated = changedSince === null ? '' : ' (outdated)';
          return [
            new vscode.CodeLens(top, {
              title: `${WORDS[verdict]}: ${version} to ${environment}${outdated}`,
              tooltip: `${latest.view.summary}. ${changedSince === null ? '' : `Outdated: ${changedSince} changed since. `}Show the reasons.`,
              command: COMMANDS.judgeRelease,
              arguments: [{ folder, isKept: true }],
            }),
            ask('Judge again'),
          ];
        },
      },
    ),
  );
}
