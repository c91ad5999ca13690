import * as vscode from 'vscode';
import type { GivenCorrection } from '../../core/gate/correct-configuration';
import type { RepositoryFiles } from '../../core/ports';
import { chooseRepository } from '../commands/choose-repository';
import { COMMANDS } from '../commands/names';
import { faultSentence } from '../log';
import { showDifference } from '../proposals/proposed-documents';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';

/** What a call may fill in beforehand. */
interface ProfileArguments {
  readonly folder?: string | null;
  /** Corrections in place of the form: a caller that knows them. Nothing is written by them. */
  readonly corrections?: readonly GivenCorrection[];
}

/** What became of the form. Nothing is written before the person applies the proposal. */
export type ProfileOutcome =
  | { readonly kind: 'proposed'; readonly proposal: string; readonly path: string }
  | { readonly kind: 'shown'; readonly rows: number }
  | { readonly kind: 'refused'; readonly message: string };

/** Show the Repository's Profile: what is known of it, with evidence; corrections become one change to review. */
export function registerProfile(context: vscode.ExtensionContext, workbench: Workbench): void {
  context.subscriptions.push(
    vscode.commands.registerCommand(COMMANDS.showProfile, (given?: unknown) =>
      showProfile(typeof given === 'object' && given !== null ? given : {}, workbench),
    ),
  );
}

async function showProfile(given: ProfileArguments, workbench: Workbench): Promise<ProfileOutcome | null> {
  const { person, repositories, log } = workbench;
  const repository = await chooseRepository(repositories, person, given.folder ?? null);
  if (!repository) return null;
  try {
    const opened = await repository.world();
    if (!opened.ok) return refuse(opened.message, workbench);
    const { world } = opened;
    const rows = await vscode.window.withProgress(
      { location: vscode.ProgressLocation.Window, title: 'Release Gate: reading the repository' },
      async () => {
        const { readProfile } = await import('../../core/workflow/read-profile');
        const { profileRows, profileSummary } = await import('../../core/evidence/profile-view');
        const profile = await readProfile(world, { signal: new AbortController().signal, report: () => {} });
        const all = profileRows(profile);
        return { all, summary: profileSummary(all, profile.problems?.length ?? 0) };
      },
    );
    const { showProfileForm } = await import('./profile-form');
    const corrections =
      given.corrections ?? (await showProfileForm(repository.folder, rows.all, rows.summary));
    if (corrections.length === 0) return { kind: 'shown', rows: rows.all.length };
    return await propose(repository, corrections, world.files, workbench);
  } catch (error) {
    log.fault('The profile could not be shown', error);
    return refuse(faultSentence('The profile could not be shown', error), workbench);
  }
}

/** One change of the configuration for review: Apply is the person's word on it, and one undo takes it back. */
async function propose(
  repository: WorkspaceRepository,
  corrections: readonly GivenCorrection[],
  files: RepositoryFiles,
  workbench: Workbench,
): Promise<ProfileOutcome> {
  const { proposals, repositories, person } = workbench;
  const { withCorrections } = await import('../../core/gate/correct-configuration');
  const { CONFIGURATION_PATH } = await import('../../core/gate/configuration');
  const read = await files.read(CONFIGURATION_PATH);
  if (!read.ok && read.reason !== 'missing')
    return refuse(`${CONFIGURATION_PATH} cannot be read.`, workbench);
  const corrected = withCorrections(read.ok ? read.text : null, corrections);
  if (!corrected.ok) return refuse(`The correction cannot be written: ${corrected.reason}.`, workbench);
  const proposal = proposals.add(repository.key, { files: [corrected.file], findings: [] });
  await showDifference(proposal.id, corrected.file.path, proposals, repositories);
  // Not awaited: the notification waits beside the difference for as long as reading takes.
  void person
    .tell(`What you said changes ${corrected.file.path}. Read the difference, then apply.`, 'Apply')
    .then((choice) =>
      choice === 'Apply' ? vscode.commands.executeCommand(COMMANDS.applyProposal, proposal.id) : undefined,
    );
  return { kind: 'proposed', proposal: proposal.id, path: corrected.file.path };
}

function refuse(message: string, { person }: Workbench): ProfileOutcome {
  void person.tell(message);
  return { kind: 'refused', message };
}
