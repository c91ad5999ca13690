import { placeholder } from '../core/evidence/fact';
import type { Finding } from '../core/gate/report';
import { visible } from '../core/gate/reports/text';
import type { TaskResult } from '../core/tasks/task';
import { differenceSize, unifiedDifference } from '../core/text/difference';
import { changesAnything, shownPath, type ProposedFile } from '../core/text/proposal';
import type { Terminal } from './terminal';

/** What a task found out and would write, for a person: the files first, then what is left to decide and to do. */
export function taskText(
  result: Pick<TaskResult, 'summary' | 'files' | 'findings' | 'unknowns' | 'manualSteps' | 'notes'>,
  terminal: Pick<Terminal, 'style'>,
): string {
  const sections = [
    result.summary,
    ...result.files.map((file) => fileText(file, terminal)),
    section(
      'The gate on these files',
      result.findings.map((finding) => findingText(finding, terminal)),
      'Nothing found.',
      terminal,
    ),
    section(
      'Not known',
      result.unknowns.map(({ unknown }) => `- ${placeholder(unknown)}`),
      null,
      terminal,
    ),
    section(
      'To do by hand',
      result.manualSteps.map(({ title, why, command }, index) =>
        [
          `${index + 1}. ${title}`,
          `   ${why}`,
          ...(command === null ? [] : ['', indent(command, 6), '']),
        ].join('\n'),
      ),
      null,
      terminal,
    ),
    section(
      'Notes',
      result.notes.map((note) => `- ${note}`),
      null,
      terminal,
    ),
  ];
  return sections.filter((text) => text !== '').join('\n\n');
}

/** The same as data. The task's own data comes first, so that `plan` has the shape that its contract promises. */
export function taskJson(result: TaskResult, written: readonly string[] | null): string {
  const own = typeof result.data === 'object' && result.data !== null ? result.data : {};
  return JSON.stringify(
    {
      version: 1,
      ...own,
      task: result.task,
      summary: result.summary,
      files: result.files.map((file) => ({
        path: file.path,
        ...(file.repository === undefined ? {} : { repository: file.repository }),
        purpose: file.purpose,
        status: statusOf(file),
        ...differenceSize(file),
        content: file.after,
        difference: unifiedDifference(file),
        ...(file.conflicts ? { conflicts: file.conflicts } : {}),
      })),
      findings: result.findings.map(({ rule, severity, status, message, path, range }) => ({
        rule,
        severity,
        status,
        message,
        path,
        range,
      })),
      unknowns: result.unknowns.map(({ unknown }) => unknown),
      manualSteps: result.manualSteps,
      notes: result.notes,
      written,
    },
    null,
    2,
  );
}

/** The last line of a call with `--write`. */
export function writtenText(outcome: {
  readonly written: readonly string[];
  readonly unchanged: readonly string[];
}): string {
  const parts = [
    ...(outcome.written.length > 0 ? [`Written: ${outcome.written.join(', ')}`] : []),
    ...(outcome.unchanged.length > 0 ? [`Already as proposed: ${outcome.unchanged.join(', ')}`] : []),
  ];
  return parts.length > 0 ? parts.join('\n') : 'Nothing to write.';
}

function statusOf(file: ProposedFile): 'new' | 'changed' | 'same' {
  if (!changesAnything(file)) return 'same';
  return file.before === null ? 'new' : 'changed';
}

function fileText(file: ProposedFile, terminal: Pick<Terminal, 'style'>): string {
  const status = statusOf(file);
  const { added, removed } = differenceSize(file);
  const size = status === 'changed' ? `${added} lines added, ${removed} removed` : `${added} lines`;
  const title = `${shownPath(file)} (${status === 'same' ? 'exists as proposed' : `${status}, ${size}`}): ${file.purpose}`;
  const heading = `${terminal.style('strong', title)}\n${'-'.repeat(Math.min(title.length, 100))}`;
  switch (status) {
    case 'same':
      return heading;
    case 'new':
      return `${heading}\n${file.after.trimEnd()}`;
    case 'changed':
      return `${heading}\n${colouredDifference(unifiedDifference(file), terminal).trimEnd()}`;
  }
}

/** The difference of one file for a terminal, which the repository's text must not steer. */
export function shownDifference(file: ProposedFile, terminal: Pick<Terminal, 'style'>): string {
  const lines = unifiedDifference(file).trimEnd().split('\n');
  return colouredDifference(lines.map((line) => visible(line.replace(/\r$/, ''))).join('\n'), terminal);
}

function colouredDifference(difference: string, terminal: Pick<Terminal, 'style'>): string {
  return difference
    .split('\n')
    .map((line) => {
      if (line.startsWith('+++') || line.startsWith('---')) return terminal.style('strong', line);
      if (line.startsWith('+')) return terminal.style('added', line);
      if (line.startsWith('-')) return terminal.style('removed', line);
      return line;
    })
    .join('\n');
}

function findingText(finding: Finding, terminal: Pick<Terminal, 'style'>): string {
  const place = finding.range ? `:${finding.range.start.line}:${finding.range.start.column}` : '';
  const state = finding.status === 'fail' ? finding.severity : `${finding.severity}, ${finding.status}`;
  return `- ${finding.path}${place} ${terminal.style(finding.severity === 'block' ? 'bad' : 'doubtful', state)} [${finding.rule}] ${finding.message}`;
}

function section(
  title: string,
  lines: readonly string[],
  none: string | null,
  terminal: Pick<Terminal, 'style'>,
): string {
  if (lines.length === 0) return none === null ? '' : `${terminal.style('strong', title)}\n${none}`;
  return [terminal.style('strong', title), ...lines].join('\n');
}

function indent(text: string, by: number): string {
  return text
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n');
}
