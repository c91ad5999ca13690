import type { Range } from '../../text/position';
import type { Severity } from '../../rules/rule';

/** GitHub's bounds: https://docs.github.com/code-security/code-scanning/troubleshooting-sarif-uploads/results-exceed-limit */
export const MAX_RESULTS = 25_000;
export const MAX_RELATED = 100;
export const MAX_STEPS = 1_000;

/** A description that is longer is refused: https://docs.github.com/code-security/reference/code-scanning/sarif-files/sarif-support-for-code-scanning */
export const MAX_DESCRIPTION = 1_024;

/** Paths of results are from here. */
export const SOURCE_ROOT = { '%SRCROOT%': { description: { text: 'The root of the repository' } } };

/** A description within GitHub's bound. */
export function bounded(text: string): string {
  return text.length > MAX_DESCRIPTION ? `${text.slice(0, MAX_DESCRIPTION - 1)}…` : text;
}

/** Code scanning shows the page away from its folder: a link to a neighbour would lead nowhere. */
export function withoutRelativeLinks(page: string): string {
  return page.replace(/(?<!!)\[([^\]\n]*)\]\((?!https?:)[^()\s]*\)/g, '$1');
}

/** A place in a file of the repository, its first line where nothing tells more. */
export function location(path: string, range: Range | null): { physicalLocation: object } {
  return {
    physicalLocation: {
      artifactLocation: { uri: path.split('/').map(encodeURIComponent).join('/'), uriBaseId: '%SRCROOT%' },
      region: range
        ? {
            startLine: range.start.line,
            startColumn: range.start.column,
            endLine: range.end.line,
            endColumn: range.end.column,
          }
        : { startLine: 1 },
    },
  };
}

export function levelOf(severity: Severity): 'error' | 'warning' | 'note' {
  switch (severity) {
    case 'block':
      return 'error';
    case 'warn':
      return 'warning';
    case 'info':
      return 'note';
  }
}

export function problemSeverity(severity: Severity): 'error' | 'warning' | 'recommendation' {
  switch (severity) {
    case 'block':
      return 'error';
    case 'warn':
      return 'warning';
    case 'info':
      return 'recommendation';
  }
}
