import * as vscode from 'vscode';
import type { RecordAnswer, RecordingWorld } from '../../core/records/compose';
import type { CloseCondition } from '../../core/tasks/release/records/close-release';
import type { World } from '../../core/tasks/task';
import type { ProposedFile } from '../../core/text/proposal';
import { faultSentence } from '../log';
import { uriIn } from '../places';
import type { Workbench } from '../workbench';
import type { WorkspaceRepository } from '../workspace-world';
import { askEnvironment, told, withProgress } from './ask-release';
import { chooseRepository } from './choose-repository';
import { COMMANDS } from './names';

const RECORD_SCHEME = 'release-gate-record';

/** What a button may fill in beforehand. It is never enough to write: the person answers and confirms in any case. */
interface RecordArguments {
  readonly folder?: string | null;
  readonly version?: string | null;
  readonly environment?: string | null;
  readonly drill?: string | null;
  readonly document?: string | null;
}

/** What became of a record; null where the person turned away before it was composed. */
export type RecordOutcome =
  | { readonly kind: 'written'; readonly path: string }
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'left'; readonly path: string };

/** One record on its way: how it is asked for and composed. */
interface Recording {
  /** What is recorded, where a phrase has to be typed: "An approval"; null where a press is enough. */
  readonly typed: string | null;
  compose(
    world: RecordingWorld & World,
    given: RecordArguments,
    workbench: Workbench,
    repository: WorkspaceRepository,
  ): Promise<RecordAnswer | null>;
}

/**
 * Record a Drill, an Approval, an Override, a Review, Resolve and Close Release: what a person says, asked field by field, shown as a difference, and written
 * only when the person says so, for an approval or override by typing what it is for. No model tool leads here.
 */
export function registerRecordCommands(context: vscode.ExtensionContext, workbench: Workbench): void {
  const shown = new Map<string, string>();
  const register = (command: string, recording: Recording): vscode.Disposable =>
    vscode.commands.registerCommand(command, (given?: unknown) =>
      record(typeof given === 'object' && given !== null ? given : {}, recording, workbench, shown),
    );
  context.subscriptions.push(
    vscode.workspace.registerTextDocumentContentProvider(RECORD_SCHEME, {
      provideTextDocumentContent: (uri) => shown.get(uri.toString()) ?? '',
    }),
    register(COMMANDS.recordDrill, drill),
    register(COMMANDS.recordApproval, approval),
    register(COMMANDS.recordOverride, override),
    register(COMMANDS.recordReview, review),
    register(COMMANDS.resolveRelease, resolution),
    register(COMMANDS.closeRelease, closing),
  );
}

async function record(
  given: RecordArguments,
  recording: Recording,
  workbench: Workbench,
  shown: Map<string, string>,
): Promise<RecordOutcome | null> {
  const { person, log } = workbench;
  if (!vscode.workspace.isTrusted) {
    const message = 'Nothing is recorded in Restricted Mode: trust the workspace first.';
    void person.warn(message);
    return { kind: 'refused', message };
  }
  const repository = await chooseRepository(workbench.repositories, person, given.folder ?? null);
  if (!repository) return null;
  try {
    const opened = await repository.world();
    if (!opened.ok) return await refuse(opened.message, workbench);
    const { gitUserName } = await import('../../adapters/git-identity');
    const { configuration } = opened.world;
    const answer = await recording.compose(
      {
        ...opened.world,
        releaseFolder: configuration.releaseFolder,
        productionEnvironments: configuration.productionEnvironments,
        gitName: await gitUserName(repository.folder.fsPath),
      },
      given,
      workbench,
      repository,
    );
    if (answer === null) return null;
    if (!answer.ok) {
      return await refuse(`Nothing can be recorded yet: ${answer.problems.join('; ')}.`, workbench);
    }
    const { file, notes, phrase } = answer;
    await showRecord(file, shown);
    for (const note of notes) void person.tell(`${note}.`);
    if (!(await isConfirmed(phrase, recording.typed, workbench))) return { kind: 'left', path: file.path };
    const { writeProposal } = await import('../../adapters/file-writer');
    const outcome = await writeProposal(repository.folder.fsPath, [file]);
    if (!outcome.ok)
      return await refuse(`Nothing was written: ${outcome.path} ${outcome.detail}.`, workbench);
    await vscode.window.showTextDocument(uriIn(repository.folder, file.path), { preview: false });
    void person.tell(`${file.path} is written. Commit it: what is not in the history can be changed unseen.`);
    return { kind: 'written', path: file.path };
  } catch (error) {
    log.fault('The record could not be made', error);
    return refuse(faultSentence('The record could not be made', error), workbench);
  }
}

async function refuse(message: string, { person }: Workbench): Promise<RecordOutcome> {
  void person.warn(message);
  return { kind: 'refused', message };
}

async function showRecord({ path, before, after }: ProposedFile, shown: Map<string, string>): Promise<void> {
  const uriOf = (side: 'before' | 'after'): vscode.Uri =>
    vscode.Uri.from({ scheme: RECORD_SCHEME, path: `/${side}/${path}`, query: String(shown.size) });
  const [there, proposed] = [uriOf('before'), uriOf('after')];
  shown.set(proposed.toString(), after);
  shown.set(there.toString(), before ?? '');
  const title = before === null ? `${path} (new)` : `${path} (with your word)`;
  await vscode.commands.executeCommand('vscode.diff', there, proposed, title, { preview: true });
}

/** The person's word on the record that is shown. */
async function isConfirmed(
  phrase: string | null,
  typed: string | null,
  { person }: Workbench,
): Promise<boolean> {
  if (typed === null || phrase === null) {
    const chosen = await person.choose('Write this record?', ['Write the Record', 'Leave It']);
    return chosen === 'Write the Record';
  }
  const answer = await person.ask(`${typed} is yours alone. Type "${phrase}" to write it.`, phrase);
  if (answer === null) return false;
  if (answer.trim() === phrase) return true;
  void person.warn(`Nothing was written: "${answer}" is not "${phrase}".`);
  return false;
}

const drill: Recording = {
  typed: null,
  compose: async (world, given, { person }) => {
    const [{ composeDrill }, { DRILLS }] = await Promise.all([
      import('../../core/records/compose'),
      import('../../core/records/record'),
    ]);
    const kind =
      DRILLS.find((each) => each === given.drill) ?? (await person.choose('What was practised?', DRILLS));
    if (kind === null) return null;
    const answers = await askAll(person, [
      ['In which environment?', 'For example staging'],
      ['Which version ran when it began?', 'For example 2.4.0', given.version ?? undefined],
      ['Which version ran when it ended?', 'For example 2.3.1; leave empty if none was deployed'],
      ['When did it begin, with its zone?', '2026-11-20T14:00Z; leave empty if it ended just now'],
      ['How long did it take?', '12m, 90s or 1h5m'],
    ]);
    if (!answers) return null;
    const outcome = await person.choose('How did it end?', ['passed', 'failed']);
    if (outcome === null) return null;
    const rest = await askAll(person, [
      ['What shows it?', 'A path of the repository, an address or a commit; several with commas'],
      ['Who records it?', 'Your name', world.gitName ?? undefined],
      ['What else is to be known?', 'Leave empty if nothing'],
    ]);
    if (!rest) return null;
    const [environment, version, versionTo, startedAt, duration] = answers;
    const [evidence, by, notes] = rest;
    return composeDrill(world, {
      drill: kind,
      environment: told(environment),
      service: null,
      version: told(version),
      versionTo: told(versionTo),
      startedAt: told(startedAt),
      duration: told(duration),
      outcome,
      by: told(by),
      evidence: items(evidence),
      notes: told(notes),
    });
  },
};

const approval: Recording = {
  typed: 'An approval',
  compose: async (world, given, { person }) => {
    const { composeApproval } = await import('../../core/records/compose');
    const answers = await askAll(person, [
      ['Which version do you approve?', 'For example 2.4.0', given.version ?? undefined],
      ['For which environment?', 'For example production', given.environment ?? undefined],
      ['Which commit?', "Leave empty for that of the version's tag, else what is checked out"],
      ['In what role do you approve?', 'For example release manager'],
      ['What did you read before?', 'Paths, addresses or words; several with commas'],
      ['What shows it besides?', 'Leave empty if nothing'],
      ['Who approves?', 'Your name', world.gitName ?? undefined],
    ]);
    if (!answers) return null;
    const [version, environment, commit, role, read, evidence, by] = answers;
    return composeApproval(world, {
      environment: told(environment),
      version: told(version),
      commit: told(commit),
      by: told(by),
      role: told(role),
      at: null,
      read: items(read),
      evidence: items(evidence),
    });
  },
};

const override: Recording = {
  typed: 'An override',
  compose: async (world, given, { person, releaseJudge }, repository) => {
    const [{ composeOverride }, { OVERRIDABLE_IDS: ids }] = await Promise.all([
      import('../../core/records/compose'),
      import('../../core/readiness/overridable'),
    ]);
    // What speaks against the release comes first; the rest may be overridden as well.
    const against = (releaseJudge.latest(repository)?.view.reasons ?? [])
      .filter(({ state }) => state !== 'waived')
      .map(({ id }) => id.replace(/^rollback:/, ''))
      .filter((id) => ids.includes(id));
    const condition = await person.choose('Which condition is overridden?', [
      ...new Set([...against, ...ids]),
    ]);
    if (condition === null) return null;
    const answers = await askAll(person, [
      ['For which version?', 'For example 2.4.0', given.version ?? undefined],
      ['For which environment?', 'For example production', given.environment ?? undefined],
      ['Why may the release go all the same?', 'The reason that stands in every report'],
      ['What is its last day?', 'For example 2027-03-01'],
      ['Who answers for it?', 'Your name', world.gitName ?? undefined],
    ]);
    if (!answers) return null;
    const [version, environment, reason, until, by] = answers;
    return composeOverride(
      world,
      {
        condition,
        environment: told(environment),
        version: told(version),
        by: told(by),
        reason: told(reason),
        until: told(until),
      },
      ids,
    );
  },
};

const review: Recording = {
  typed: 'A review',
  compose: async (world, given, { person }, repository) => {
    const [{ composeReview }, { REVIEWS }] = await Promise.all([
      import('../../core/records/compose'),
      import('../../core/records/record'),
    ]);
    const kind = await person.choose('What was done with the document?', REVIEWS);
    if (kind === null) return null;
    const open = vscode.window.activeTextEditor?.document;
    const isHere =
      open?.languageId === 'markdown' && open.uri.toString().startsWith(`${repository.folder.toString()}/`);
    const shownPath = isHere ? vscode.workspace.asRelativePath(open.uri, false) : undefined;
    const first = await askAll(person, [
      ['Which document?', 'For example docs/ops/RUNBOOK.md', given.document ?? shownPath],
    ]);
    if (!first) return null;
    const where =
      kind === 'tested'
        ? await askAll(person, [['In which environment was it carried out?', 'For example staging']])
        : [''];
    if (!where) return null;
    const outcome = kind === 'tested' ? await person.choose('How did it end?', ['passed', 'failed']) : null;
    if (kind === 'tested' && outcome === null) return null;
    const rest = await askAll(person, [
      ['What shows it?', 'A path of the repository, an address or a commit; several with commas'],
      ['Who read or carried it out?', 'Your name: not who wrote it', world.gitName ?? undefined],
      ['What else is to be known?', 'Leave empty if nothing'],
    ]);
    if (!rest) return null;
    const [evidence, by, notes] = rest;
    return composeReview(world, {
      document: told(first[0]),
      review: kind,
      environment: told(where[0]),
      outcome,
      at: null,
      by: told(by),
      evidence: items(evidence),
      notes: told(notes),
    });
  },
};

const resolution: Recording = {
  typed: 'A resolution',
  compose: async (world, given, workbench) => {
    const [{ resolveRun }, { nodeSha256 }] = await Promise.all([
      import('../../core/tasks/release/records/resolve-run'),
      import('../../adapters/release/journal-store'),
    ]);
    const environment = await whichEnvironment('Where did the release fail?', world, given, workbench);
    if (environment === null) return null;
    const answers = await askAll(workbench.person, [
      [
        'Which version failed?',
        'Leave empty for the newest that nobody has resolved',
        given.version ?? undefined,
      ],
      ['What mends it?', 'A commit, or the path of what holds the fix'],
      ['What was done, and what runs now?', 'For example: 2.3.1 was put back; 2.4.1 numbers orders again'],
      ['Who resolved it?', 'Your name', world.gitName ?? undefined],
    ]);
    if (!answers) return null;
    const [version, fix, reason, by] = answers;
    return resolveRun(
      world,
      { environment, version: told(version), fix: told(fix), reason: told(reason), by: told(by) },
      nodeSha256,
    );
  },
};

const closing: Recording = {
  typed: 'A closing',
  compose: async (world, given, workbench) => {
    const [{ closeRelease }, { nodeSha256 }] = await Promise.all([
      import('../../core/tasks/release/records/close-release'),
      import('../../adapters/release/journal-store'),
    ]);
    const environment = await whichEnvironment('Where was it released to?', world, given, workbench);
    if (environment === null) return null;
    const answers = await askAll(workbench.person, [
      ['Which version is closed?', 'Leave empty for the newest that is open', given.version ?? undefined],
      ['Who closes it?', 'Your name', world.gitName ?? undefined],
    ]);
    if (!answers) return null;
    const [version, by] = answers;
    const answer = await withProgress('judging whether it may be closed', (_, signal) =>
      closeRelease(world, { environment, version: told(version), by: told(by) }, signal, nodeSha256),
    );
    if (answer === null || !answer.ok) return answer;
    await workbench.reports.show('close', closingInWords(answer), null);
    const { file, notes, phrase, conditions } = answer;
    if (file) return { ok: true, file, notes, phrase };
    const open = conditions.filter(({ status }) => status === 'fail' || status === 'unknown');
    return {
      ok: false,
      problems: [
        `${open.length} of ${conditions.length} conditions do not hold, which the report names`,
        ...open
          .slice(0, 1)
          .map(({ title, why, next }) => `${title}: ${why}${next === '' ? '' : ` (${next})`}`),
      ],
    };
  },
};

const MARKS: Readonly<Record<CloseCondition['status'], string>> = {
  pass: 'holds',
  fail: '**fails**',
  unknown: '**unknown**',
  waived: 'set aside',
  'not-applicable': 'not asked',
};

/** What was judged before a release is closed, as a report. */
function closingInWords({
  version,
  environment,
  conditions,
  file,
  notes,
}: {
  readonly version: string;
  readonly environment: string;
  readonly conditions: readonly CloseCondition[];
  readonly file: ProposedFile | null;
  readonly notes: readonly string[];
}): string {
  return [
    `# Closing ${version} in ${environment}`,
    file ? 'Everything that is asked holds.' : 'It may not be closed yet.',
    conditions
      .map(
        ({ title, status, why, next }) =>
          `- ${title}: ${MARKS[status]}, ${why}${next === '' ? '' : `. Next: ${next}`}`,
      )
      .join('\n'),
    ...notes.map((note) => `Note: ${note}.`),
    '',
  ].join('\n\n');
}

/** An environment that the configuration names, or another that is typed. */
async function whichEnvironment(
  question: string,
  { configuration: { productionEnvironments, otherEnvironments, release } }: World,
  given: RecordArguments,
  workbench: Workbench,
): Promise<string | null> {
  const known = [
    ...new Set([
      ...productionEnvironments,
      ...otherEnvironments,
      ...Object.keys(release.environments),
      'production',
    ]),
  ];
  return told(given.environment) ?? askEnvironment(question, known, workbench);
}

/** The answers in their order; null where the person turned away from one. */
async function askAll(
  person: Workbench['person'],
  questions: readonly (readonly [question: string, hint: string, value?: string | undefined])[],
): Promise<readonly string[] | null> {
  const answers: string[] = [];
  for (const [question, hint, value] of questions) {
    const answer = await person.ask(question, hint, value);
    if (answer === null) return null;
    answers.push(answer);
  }
  return answers;
}

function items(answer: string | undefined): readonly string[] {
  return (answer ?? '')
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}
