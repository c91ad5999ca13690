import type { Severity } from '../../rules/rule';
import type { Finding, RootReport } from '../report';
import { pathFromCall, summaryOf, waiverSentence } from './summary';
import { counterexampleLines } from './counterexample';

/**
 * The report as GitHub's workflow commands, one annotation per finding, behind a plain first line with the counts.
 * Escaping: https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts
 */
export function renderGitHub(reports: readonly RootReport[]): string {
  const lines = [plainLine(summaryOf(reports))];
  for (const finding of reports.flatMap((report) => report.findings)) lines.push(annotation(finding));
  return `${lines.join('\n')}\n`;
}

function annotation(finding: Finding): string {
  const waived = waiverSentence(finding);
  const state = waived ? ' (waived)' : finding.status === 'unknown' ? ' (unknown)' : '';
  const properties: string[] = [];
  if (finding.path !== '.') properties.push(`file=${property(pathFromCall(finding.root, finding.path))}`);
  if (finding.range) {
    const { start, end } = finding.range;
    properties.push(`line=${start.line}`);
    // GitHub takes columns only where the annotation stays on one line.
    if (end.line === start.line) {
      properties.push(`col=${start.column}`, `endColumn=${Math.max(end.column, start.column)}`);
    } else properties.push(`endLine=${end.column > 1 ? end.line : end.line - 1}`);
  }
  properties.push(`title=${property(`${finding.rule}${state}`)}`);
  const message = [
    finding.message,
    ...(finding.counterexample ? counterexampleLines(finding.counterexample) : []),
    ...(waived ? [waived] : []),
  ].join('\n');
  return `::${command(waived ? 'info' : finding.severity)} ${properties.join(',')}::${data(message)}`;
}

function command(severity: Severity): 'error' | 'warning' | 'notice' {
  switch (severity) {
    case 'block':
      return 'error';
    case 'warn':
      return 'warning';
    case 'info':
      return 'notice';
  }
}

function data(text: string): string {
  return text.replace(/%/g, '%25').replace(/\r/g, '%0D').replace(/\n/g, '%0A');
}

function property(text: string): string {
  return data(text).replace(/:/g, '%3A').replace(/,/g, '%2C');
}

/** A line that starts with `::` would be a command. */
function plainLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ').replace(/^::/, ': :');
}
