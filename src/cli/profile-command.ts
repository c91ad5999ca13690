import path from 'node:path';
import { Command, Option } from 'commander';
import { writeProposal } from '../adapters/file-writer';
import type { Source } from '../core/evidence/fact';
import {
  profileQuestions,
  profileRows,
  profileSummary,
  type ProfileRow,
} from '../core/evidence/profile-view';
import type { RepositoryProfile } from '../core/evidence/profile';
import { correctionOf, withCorrections, type GivenCorrection } from '../core/gate/correct-configuration';
import { CONFIGURATION_PATH } from '../core/gate/configuration';
import { pathFromCall } from '../core/gate/reports/summary';
import { visible } from '../core/gate/reports/text';
import { readProfile } from '../core/workflow/read-profile';
import { CommandFailure } from './command-failure';
import { shownDifference, writtenText } from './task-report';
import type { Terminal } from './terminal';
import { openWorld } from './world';

interface ProfileOptions {
  readonly ask?: boolean;
  readonly format: 'text' | 'json';
}

/** `release-gate profile`: what the repository is, with the file and line that say so, and what nothing tells. */
export function profileCommand(terminal: Terminal): Command {
  return new Command('profile')
    .description('Show what the repository is: each fact with its evidence, and what nothing tells')
    .argument('[folder]', 'folder of the repository', '.')
    .option(
      '--ask',
      'ask for what nothing tells, show the change of the configuration, write it when you say so',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .addHelpText(
      'after',
      [
        '',
        'Pipelines, plans and runbooks are made from these facts. What is marked "moderate" or "weak" leaves room for',
        'another reading; what is weak is never acted on.',
        `Anything is corrected under "profile:" in ${CONFIGURATION_PATH}; "none" takes a wrong finding away.`,
        'With --ask an empty line skips a question and ":q" stops. Nothing is written before you have seen the change.',
        'In VS Code: "Release Gate: Show the Repository\'s Profile" in the command palette.',
      ].join('\n'),
    )
    .action(async (folder: string, options: ProfileOptions) => {
      const world = await openWorld(folder, null);
      const run = {
        signal: terminal.signal,
        report: (message: string): void => {
          terminal.progress(message);
        },
      };
      const profile = await readProfile(world, run);
      const rows = profileRows(profile);
      if (options.format === 'json') {
        terminal.print(JSON.stringify(jsonOf(profile, rows), null, 2));
        return;
      }
      terminal.print(textOf(folder, profile, rows, terminal));
      if (options.ask) await ask(folder, rows, world.files, terminal);
    });
}

function jsonOf(profile: RepositoryProfile, rows: readonly ProfileRow[]): object {
  return {
    facts: rows.map(({ correction, needed, ...row }) => ({
      ...row,
      ...(row.value === null ? { needed } : {}),
      ...(correction ? { correctedBy: ['profile', ...correction.at].join(' > ') } : {}),
    })),
    problems: profile.problems ?? [],
    profile: { ...profile, problems: undefined },
  };
}

function textOf(
  folder: string,
  profile: RepositoryProfile,
  rows: readonly ProfileRow[],
  terminal: Terminal,
): string {
  const width = Math.min(24, Math.max(...rows.map(({ label }) => label.length)));
  const lines: string[] = [];
  let section = '';
  for (const row of rows) {
    if (row.section !== section)
      lines.push(...(section === '' ? [] : ['']), terminal.style('strong', visible(row.section)));
    section = row.section;
    const label = visible(row.label).padEnd(width);
    lines.push(
      row.value === null
        ? `  ${label}  ${terminal.style('doubtful', `UNKNOWN(${visible(row.needed)})`)}`
        : `  ${label}  ${visible(row.value)}${marks(folder, row, terminal)}`,
    );
  }
  const problems = profile.problems ?? [];
  if (problems.length > 0) {
    lines.push('', terminal.style('strong', 'Problems'));
    for (const { path: file, message, range } of problems)
      lines.push(
        `  ${visible(pathFromCall(folder, file))}${range ? `:${range.start.line}` : ''} ${visible(message)}`,
      );
  }
  lines.push('', profileSummary(rows, problems.length));
  return lines.join('\n');
}

/** Where it stands, and how well it is evidenced where that is not well. */
function marks(folder: string, { sources, confidence }: ProfileRow, terminal: Terminal): string {
  const place = sources[0] ? placeOf(folder, sources[0]) : '';
  const more = sources.length > 1 ? ` and ${sources.length - 1} more` : '';
  const sure = confidence === 'strong' || confidence === null ? '' : `, ${confidence}`;
  return place === '' ? '' : terminal.style('faint', `  (${place}${more}${sure})`);
}

function placeOf(folder: string, source: Source): string {
  switch (source.kind) {
    case 'file':
      return `${visible(pathFromCall(folder, source.path))}${source.range ? `:${source.range.start.line}` : ''}`;
    case 'tag':
      return `tag ${visible(source.name)}`;
    case 'commit':
      return `commit ${source.hash.slice(0, 12)}`;
    case 'git':
      return visible(source.what);
    case 'answer':
      return visible(source.from);
    case 'person':
      return 'told';
    default:
      return source satisfies never;
  }
}

/** Asks for what nothing tells, shows the configuration with the answers, and writes it where the person says so. */
async function ask(
  folder: string,
  rows: readonly ProfileRow[],
  files: Awaited<ReturnType<typeof openWorld>>['files'],
  terminal: Terminal,
): Promise<void> {
  const questions = profileQuestions(rows).filter(({ correction }) => correction !== null);
  const given: GivenCorrection[] = [];
  for (const [index, { section, label, needed, correction }] of questions.entries()) {
    if (!correction) continue;
    const hint = correction.choices ? `one of ${correction.choices.join(', ')}` : correction.hint;
    const answer = await terminal.ask(
      `${index + 1} of ${questions.length}  ${visible(section)}, ${visible(label)}\n  ${visible(needed)}? (${visible(hint)}${correction.canBeNone ? '; none: there is none' : ''})`,
    );
    if (answer === null) {
      terminal.say('Nobody is at a terminal to answer, so the profile is only shown.');
      return;
    }
    if (answer === ':q') break;
    if (answer.trim() === '') continue;
    const value = correctionOf(correction, answer);
    if (value.ok) given.push({ at: correction.at, value: value.value });
    else terminal.say(`Not taken: ${value.reason}.`);
  }
  if (given.length === 0) {
    terminal.print('Nothing was answered, so nothing is written.');
    return;
  }
  const read = await files.read(CONFIGURATION_PATH);
  if (!read.ok && read.reason !== 'missing')
    throw new CommandFailure(`${CONFIGURATION_PATH} ${read.detail}.`);
  const corrected = withCorrections(read.ok ? read.text : null, given);
  if (!corrected.ok) throw new CommandFailure(`Nothing was written: ${corrected.reason}.`);
  terminal.print(`\n${shownDifference(corrected.file, terminal)}`);
  if ((await terminal.confirm(`Write ${CONFIGURATION_PATH}?`)) !== true) {
    terminal.print('Nothing was written.');
    return;
  }
  const outcome = await writeProposal(path.resolve(folder), [corrected.file]);
  if (!outcome.ok) throw new CommandFailure(`Nothing was written: ${outcome.path} ${outcome.detail}.`);
  terminal.print(writtenText(outcome));
}
