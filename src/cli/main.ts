import { setMaxListeners } from 'node:events';
import { Command, CommanderError } from 'commander';
import manifest from '../../package.json';
import { alertRules } from '../core/tasks/alert-rules';
import { dashboards } from '../core/tasks/dashboards';
import { tasks } from '../core/tasks/index';
import { setUpRepository } from '../core/tasks/set-up-repository';
import { baselineCommand } from './baseline-command';
import { checkCommand } from './check-command';
import { CommandFailure } from './command-failure';
import { closeCommand } from './close-command';
import { docCommand } from './doc-command';
import { gateCommand } from './gate-command';
import { graphCommand } from './graph-command';
import { pinCommand } from './pin-command';
import { initCommand } from './init-command';
import { approvalCommand, drillCommand, overrideCommand, reviewCommand } from './record-commands';
import { resolveCommand } from './resolve-command';
import { taskCommand } from './task-command';
import { processTerminal, type Terminal } from './terminal';
import { unknownsCommand } from './unknowns-command';
import {
  addDrill,
  followCommand,
  releaseCommand,
  resumeCommand,
  rollbackCommand,
  runsCommand,
} from './release/release-command';
import { runnerCommand } from './release/runner-command';
import { profileCommand } from './profile-command';

/** Exit statuses that every subcommand keeps to. */
const COULD_NOT_RUN = 2;
const CANCELLED = 130;

function program(terminal: Terminal): Command {
  const root = new Command('release-gate')
    .description(
      'Proves from your workflows whether a build can reach production without its tests and approvals,\n' +
        'and drafts pipelines, release plans, runbooks and postmortems that say only what is known.',
    )
    .version(manifest.version)
    .enablePositionalOptions()
    .showHelpAfterError('(run with --help for what it takes)')
    .showSuggestionAfterError()
    .addHelpText(
      'after',
      [
        '',
        'Examples:',
        '  release-gate check                          judge the repository in this folder',
        '  release-gate check . --format sarif         the same for GitHub code scanning',
        '  release-gate check --fix                    apply the safe fixes, then judge what is left',
        '  release-gate graph --output paths.svg       the paths to production as a picture',
        '  release-gate baseline                       write down what is found today, so that check speaks of what is new',
        '  release-gate init ci --write                a workflow that runs the gate on every pull request',
        '  release-gate plan --version 2.4.0           the release plan from what changed since the last release',
        '  release-gate gate --version 2.4.0           whether that release may go, and why not',
        '  release-gate plan --write                   the same, written to docs/release/RELEASE_PLAN.md',
        '  release-gate doc environment-matrix         a document filled from the repository; doc --help lists them',
        '  release-gate release --env production --version 2.4.0   run it: gate, deploy script, smoke tests, watch, verdict',
        '  release-gate follow                         watch a run from any terminal, and answer what it asks',
        '  release-gate rollback --env production      go back to the version before',
        '  release-gate drill --env staging --version 2.4.0        practise going back outside production',
        '  release-gate alerts --write                 the rollback triggers as alert rules of Prometheus',
        '  release-gate dashboards --write             a dashboard for Grafana of the metrics that the repository shows',
        '  release-gate unknowns --ask                 what the documents say is unknown, asked for one by one',
        '  release-gate generate ../orders             a pipeline for another repository',
        '  release-gate setup --only dependabot        Dependabot, CODEOWNERS, rules on GitHub and more as one change',
        '',
        'Exit status: 0 done, the gate passes, or the release may go; 1 the gate blocks, or no-go; 2 could not run;',
        '3 something required is unknown. Of a run: 0 Released, 1 Rolled-Back, 2 Aborted or could not run, 4 UNKNOWN STATE.',
        'Only --write, --fix, --output, baseline and your yes write files; nothing is sent anywhere without --online.',
        'A run (release, rollback, drill) writes its records, asks what its configuration names, and locks by your remote.',
      ].join('\n'),
    );
  root.addCommand(checkCommand(terminal));
  root.addCommand(gateCommand(terminal));
  root.addCommand(graphCommand(terminal));
  root.addCommand(pinCommand(terminal));
  root.addCommand(baselineCommand(terminal));
  root.addCommand(initCommand(terminal));
  root.addCommand(docCommand(terminal));
  root.addCommand(profileCommand(terminal));
  root.addCommand(unknownsCommand(terminal));
  root.addCommand(releaseCommand(terminal));
  root.addCommand(rollbackCommand(terminal));
  root.addCommand(followCommand(terminal));
  root.addCommand(resumeCommand(terminal));
  root.addCommand(runsCommand(terminal));
  root.addCommand(runnerCommand(), { hidden: true });
  root.addCommand(addDrill(drillCommand(terminal), terminal));
  root.addCommand(approvalCommand(terminal));
  root.addCommand(overrideCommand(terminal));
  root.addCommand(reviewCommand(terminal));
  root.addCommand(resolveCommand(terminal));
  root.addCommand(closeCommand(terminal));
  for (const task of [...tasks, alertRules, dashboards, setUpRepository])
    root.addCommand(taskCommand(task, terminal));
  const throwInsteadOfExit = (command: Command): void => {
    command.exitOverride();
    command.commands.forEach(throwInsteadOfExit);
  };
  throwInsteadOfExit(root);
  return root;
}

async function main(): Promise<void> {
  const cancellation = new AbortController();
  // Everything that runs listens for the one cancellation; Node takes more than ten listeners for a leak.
  setMaxListeners(0, cancellation.signal);
  process.once('SIGINT', () => cancellation.abort(new Error('cancelled')));
  // A reader that goes away (`| head`) is no failure of ours.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? 0);
    throw error;
  });
  const terminal = processTerminal(cancellation.signal);
  try {
    await program(terminal).parseAsync(process.argv);
  } catch (error) {
    process.exitCode = exitStatusOf(error, cancellation.signal, terminal);
  }
}

function exitStatusOf(error: unknown, signal: AbortSignal, terminal: Terminal): number {
  if (signal.aborted) {
    terminal.say('Cancelled; nothing was written.');
    return CANCELLED;
  }
  // Help and version end with 0; commander has already printed what a usage error is.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : COULD_NOT_RUN;
  if (error instanceof CommandFailure) {
    terminal.say(`release-gate: ${error.message}`);
    return COULD_NOT_RUN;
  }
  const message = error instanceof Error ? error.message : String(error);
  terminal.say(`release-gate: this is a fault of Release Gate itself: ${message}`);
  terminal.say('Please report it with what you ran. RELEASE_GATE_DEBUG=1 shows where it happened.');
  if (process.env['RELEASE_GATE_DEBUG'] && error instanceof Error) terminal.say(error.stack ?? '');
  return COULD_NOT_RUN;
}

void main();
