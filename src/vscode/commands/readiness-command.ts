import * as vscode from 'vscode';
import type { ReadinessVerdict } from '../../core/readiness/judge';
import type { ProposedRelease } from '../../core/tasks/propose-release';
import { faultSentence } from '../log';
import type { ReadinessPanel } from '../readiness/readiness-panel';
import type { AskedRelease } from '../readiness/release-judge';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import { askEnvironment, told, withProgress } from './ask-release';
import { chooseRepository } from './choose-repository';
import { COMMANDS } from './names';

/** What a caller may give, so that it is not asked. */
export interface ReadinessArguments {
  /** The name or the key of the folder. */
  readonly folder?: string | null;
  readonly version?: string | null;
  readonly environment?: string | null;
  /** Shows the judgement that there is, if there is one, in place of making another. */
  readonly isKept?: boolean;
}

/** How the command ended; null where the person turned away. */
export type ReadinessOutcome =
  | { readonly kind: 'judged'; readonly verdict: ReadinessVerdict; readonly reasons: readonly string[] }
  | { readonly kind: 'stopped'; readonly message: string }
  | { readonly kind: 'cancelled' };

/** Is This Release Ready?: asks which release, judges it and shows the verdict. Writes nothing. */
export function registerReadinessCommand(
  context: vscode.ExtensionContext,
  workbench: Workbench,
  panel: ReadinessPanel,
): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(COMMANDS.judgeRelease, (given?: unknown) =>
      judgeRelease(typeof given === 'object' && given !== null ? given : {}, workbench, panel),
    ),
  );
}

async function judgeRelease(
  given: ReadinessArguments,
  workbench: Workbench,
  panel: ReadinessPanel,
): Promise<ReadinessOutcome | null> {
  const { person, releaseJudge, log } = workbench;
  const repository = await chooseRepository(workbench.repositories, person, given.folder ?? null);
  if (!repository) return null;
  if (given.isKept === true && releaseJudge.latest(repository)) {
    await panel.show(repository);
    return null;
  }
  try {
    const asked = await askRelease(given, repository, workbench);
    if (asked === null) return null;
    if ('kind' in asked) {
      if (asked.kind === 'stopped') void person.warn(asked.message);
      return asked;
    }
    const answer = await withProgress('judging the release', (report, signal) =>
      releaseJudge.judge(repository, asked, { signal, report }, person, true),
    );
    if (answer === null) return { kind: 'cancelled' };
    if (answer.kind === 'not-judged') {
      void person.warn(answer.message);
      return { kind: 'stopped', message: answer.message };
    }
    await panel.show(repository);
    const { verdict, reasons } = answer.judgement.view;
    return { kind: 'judged', verdict, reasons: reasons.map(({ id }) => id) };
  } catch (error) {
    log.fault('The release could not be judged', error);
    void person.warn(faultSentence('The release could not be judged', error));
    return { kind: 'stopped', message: faultSentence('The release could not be judged', error) };
  }
}

/** Version and environment as the caller gave them, else as the person says; null where they turn away. */
async function askRelease(
  given: ReadinessArguments,
  repository: WorkspaceRepository,
  workbench: Workbench,
): Promise<AskedRelease | Exclude<ReadinessOutcome, { kind: 'judged' }> | null> {
  const version = told(given.version);
  const environment = told(given.environment);
  if (version !== null && environment !== null) return { version, environment };
  const opened = await repository.world();
  if (!opened.ok) return { kind: 'stopped', message: opened.message };
  const [{ proposeRelease }, { HistoryFailure }] = await Promise.all([
    import('../../core/tasks/propose-release'),
    import('../../core/ports'),
  ]);
  let proposed: ProposedRelease | null;
  try {
    proposed = await withProgress('reading the change', (report, signal) =>
      proposeRelease(opened.world, { signal, report }),
    );
  } catch (error) {
    if (!(error instanceof HistoryFailure)) throw error;
    return { kind: 'stopped', message: `The change cannot be read: ${error.message}.` };
  }
  if (proposed === null) return { kind: 'cancelled' };
  const chosenVersion = version ?? (await askVersion(proposed, workbench));
  if (chosenVersion === null) return null;
  const chosenEnvironment =
    environment ?? (await askEnvironment('Where is it released to?', proposed.environments, workbench));
  return chosenEnvironment === null ? null : { version: chosenVersion, environment: chosenEnvironment };
}

async function askVersion(proposed: ProposedRelease, { person }: Workbench): Promise<string | null> {
  const question =
    proposed.version === null
      ? 'Which version is released?'
      : `Which version is released? ${proposed.version} is ${proposed.from}.`;
  const answer = await person.ask(question, 'For example 2.4.0', proposed.version ?? undefined);
  return answer === null ? null : told(answer);
}
