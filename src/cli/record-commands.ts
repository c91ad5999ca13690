import path from 'node:path';
import { Command } from 'commander';
import { gitUserName } from '../adapters/git-identity';
import { writeProposal } from '../adapters/file-writer';
import { judgeProposal } from '../core/gate/check';
import {
  composeApproval,
  composeDrill,
  composeOverride,
  composeReview,
  type RecordAnswer,
  type RecordingWorld,
} from '../core/records/compose';
import { DRILLS, REVIEWS } from '../core/records/record';
import { OVERRIDABLE_IDS } from '../core/readiness/overridable';
import type { World } from '../core/tasks/task';
import { CommandFailure } from './command-failure';
import { taskText, writtenText } from './task-report';
import type { Terminal } from './terminal';
import { openWorld } from './world';

type Options = Readonly<Partial<Record<string, string | boolean | readonly string[]>>>;

/** `release-gate drill record`: what was practised, as a person tells it. */
export function drillCommand(terminal: Terminal): Command {
  const drill = new Command('drill').description(
    'Practise a rollback outside production: deploy, go back, check; drill record writes down one that was',
  );
  recordOf(drill, 'Write down a drill that was not run from here: shown first, written with --write')
    .option('--kind <drill>', `what was practised: ${DRILLS.join(', ')}`, 'rollback')
    .option('--environment <name>', 'where')
    .option('--service <name>', 'of what')
    .option('--version <version>', 'the version that ran when it began')
    .option('--to <version>', 'the version that ran when it ended')
    .option('--at <time>', 'when it began, with its zone: 2026-11-20T14:00Z')
    .option('--duration <duration>', 'how long it took: 12m, 90s, 1h5m')
    .option('--outcome <outcome>', 'passed or failed')
    .option('--evidence <item...>', 'what shows it: paths of the repository, addresses, commits')
    .option('--by <name>', 'who records it; git tells by default')
    .option('--notes <text>', 'what else is to be known')
    .action((folder: string, options: Options) =>
      record(folder, options, terminal, null, (world) =>
        composeDrill(world, {
          drill: text(options['kind']),
          environment: text(options['environment']),
          service: text(options['service']),
          version: text(options['version']),
          versionTo: text(options['to']),
          startedAt: text(options['at']),
          duration: text(options['duration']),
          outcome: text(options['outcome']),
          by: text(options['by']),
          evidence: texts(options['evidence']),
          notes: text(options['notes']),
        }),
      ),
    );
  return drill;
}

/** `release-gate approval record`: a person's word that a commit may go to an environment. */
export function approvalCommand(terminal: Terminal): Command {
  const approval = new Command('approval').description('Write down that a release is approved');
  recordOf(approval, 'Your approval of one commit for one environment: shown first, written with --write')
    .option('--environment <name>', 'for where')
    .option('--version <version>', 'as which version')
    .option('--commit <commit>', "the commit; the version's tag, else what is checked out, by default")
    .option('--role <role>', 'in what role you approve')
    .option('--read <item...>', 'what you read before: paths, addresses, or words')
    .option('--evidence <item...>', 'what shows it besides: paths of the repository, addresses, commits')
    .option('--at <time>', 'when, with its zone; now by default')
    .option('--by <name>', 'who approves; git tells by default')
    .action((folder: string, options: Options) =>
      record(folder, options, terminal, 'An approval', (world) =>
        composeApproval(world, {
          environment: text(options['environment']),
          version: text(options['version']),
          commit: text(options['commit']),
          by: text(options['by']),
          role: text(options['role']),
          at: text(options['at']),
          read: texts(options['read']),
          evidence: texts(options['evidence']),
        }),
      ),
    );
  return approval;
}

/** `release-gate override record`: a person's word that a release may go although a condition does not hold. */
export function overrideCommand(terminal: Terminal): Command {
  const override = new Command('override').description('Write down that a condition is overridden');
  recordOf(override, 'Your override of one condition of one release: shown first, written with --write')
    .option('--condition <id>', 'the condition, as the report names it')
    .option('--environment <name>', 'for where')
    .option('--version <version>', 'for which version')
    .option('--reason <text>', 'why the release may go all the same')
    .option('--until <day>', 'the last day on which it holds: 2027-03-01')
    .option('--by <name>', 'who answers for it; git tells by default')
    .action((folder: string, options: Options) =>
      record(folder, options, terminal, 'An override', (world) =>
        composeOverride(
          world,
          {
            condition: text(options['condition']),
            environment: text(options['environment']),
            version: text(options['version']),
            by: text(options['by']),
            reason: text(options['reason']),
            until: text(options['until']),
          },
          OVERRIDABLE_IDS,
        ),
      ),
    );
  return override;
}

/** `release-gate review record`: a person's word that a document, as it stands, was read or carried out. */
export function reviewCommand(terminal: Terminal): Command {
  const review = new Command('review').description('Write down that a document was reviewed or tested');
  recordOf(review, 'Your review of one document as it is committed: shown first, written with --write')
    .option('--document <path>', 'the document, from the root: docs/ops/RUNBOOK.md')
    .option('--kind <review>', `what was done with it: ${REVIEWS.join(', ')}`, 'reviewed')
    .option('--environment <name>', 'where it was carried out (tested)')
    .option('--outcome <outcome>', 'passed or failed (tested)')
    .option('--at <time>', 'when, with its zone; now by default')
    .option('--evidence <item...>', 'what shows it: paths of the repository, addresses, commits')
    .option('--by <name>', 'who read or carried it out, not who wrote it; git tells by default')
    .option('--notes <text>', 'what else is to be known')
    .action((folder: string, options: Options) =>
      record(folder, options, terminal, 'A review', (world) =>
        composeReview(world, {
          document: text(options['document']),
          review: text(options['kind']),
          environment: text(options['environment']),
          outcome: text(options['outcome']),
          at: text(options['at']),
          by: text(options['by']),
          evidence: texts(options['evidence']),
          notes: text(options['notes']),
        }),
      ),
    );
  return review;
}

function recordOf(parent: Command, description: string): Command {
  return parent
    .command('record')
    .description(description)
    .argument('[folder]', 'folder of the repository', '.')
    .option('--write', 'write the record; without it it is only shown');
}

/**
 * Shows a record, and writes it where the call says so.
 *
 * @param typed What is recorded, where the person has to type a phrase first: "An approval".
 */
async function record(
  folder: string,
  options: Options,
  terminal: Terminal,
  typed: string | null,
  compose: (world: RecordingWorld) => Promise<RecordAnswer>,
): Promise<void> {
  const world = await openWorld(folder, null);
  const answer = await compose(await recordingWorld(folder, world, terminal));
  if (!answer.ok) {
    throw new CommandFailure(
      `nothing can be recorded yet:\n${answer.problems.map((problem) => `  - ${problem}`).join('\n')}`,
    );
  }
  const { file, notes, phrase } = answer;
  const findings = await judgeProposal(world, [file], terminal.signal);
  terminal.print(
    taskText(
      {
        summary: 'A record is what a person says, and is not changed afterwards.',
        files: [file],
        findings,
        unknowns: [],
        manualSteps: [],
        notes,
      },
      terminal,
    ),
  );
  if (options['write'] !== true) {
    terminal.print('\nNothing was written; --write writes it.');
    return;
  }
  if (typed !== null && phrase !== null) await confirmTyped(phrase, terminal, typed);
  const outcome = await writeProposal(path.resolve(folder), [file]);
  if (!outcome.ok) throw new CommandFailure(`Nothing was written: ${outcome.path} ${outcome.detail}.`);
  terminal.print(`\n${writtenText(outcome)}\nCommit it: what is not in the history can be changed unseen.`);
}

/**
 * Has a person type a phrase before something of theirs is written.
 *
 * @param typed What is written: "An approval".
 * @throws CommandFailure where nobody types the phrase.
 */
export async function confirmTyped(phrase: string, terminal: Terminal, typed: string): Promise<void> {
  const answer = await terminal.ask(`Type "${phrase}" to write it:`);
  if (answer === null) {
    throw new CommandFailure(
      `nothing was written: ${typed.toLowerCase()} is a person's own, so it is confirmed at a terminal, and standard input is none. Run the command yourself.`,
    );
  }
  if (answer !== phrase) throw new CommandFailure(`nothing was written: "${answer}" is not "${phrase}".`);
}

/** What writing a record down asks of the world, with who git says is at work. */
export async function recordingWorld(
  folder: string,
  world: World,
  terminal: Terminal,
): Promise<RecordingWorld> {
  const { files, history, clock, configuration } = world;
  return {
    files,
    history,
    clock,
    releaseFolder: configuration.releaseFolder,
    productionEnvironments: configuration.productionEnvironments,
    gitName: await gitUserName(path.resolve(folder), terminal.signal),
    signal: terminal.signal,
  };
}

function text(option: Options[string]): string | null {
  return typeof option === 'string' && option.trim() !== '' ? option.trim() : null;
}

function texts(option: Options[string]): readonly string[] {
  return Array.isArray(option) ? option.filter((item): item is string => typeof item === 'string') : [];
}
