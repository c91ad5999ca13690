import type { Range } from '../../text/position';
import type { Contradiction, ReportOrigin } from './report';

/** How much of something was run. */
export interface Share {
  readonly covered: number;
  readonly total: number;
}

/** One file of a coverage report. */
export interface FileCoverage {
  /** As the report has it, with forward slashes: from the root, from a folder of sources, or absolute. */
  readonly path: string;
  /** Line by number: whether it was run. Empty where the report gives only totals. */
  readonly lines: ReadonlyMap<number, boolean>;
  /** Counted from `lines`; the report's own total where it names no lines. */
  readonly share: Share;
  readonly branches: Share | null;
  readonly range: Range;
}

/** A coverage report, counted from its lines. */
export interface CoverageReport {
  readonly format: 'lcov' | 'Cobertura';
  readonly files: readonly FileCoverage[];
  /** Folders that paths may be relative to, as the report names them. */
  readonly sources: readonly string[];
  readonly contradictions: readonly Contradiction[];
  readonly origin: ReportOrigin;
}

/** A file's lines over all reports: a line is covered that any of them covers. */
export interface MergedFile {
  /** From the root of the repository where its files hold it, else as the report has it. */
  readonly path: string;
  /** Whether the repository has the file. */
  readonly isKnown: boolean;
  readonly share: Share;
  readonly branches: Share | null;
}

/**
 * The files of several reports, each once. Paths become those of the repository: a report names them from where it ran,
 * and the longest end of a path that is a file of the repository is that file.
 */
export function mergeCoverage(
  reports: readonly CoverageReport[],
  repositoryPaths: ReadonlySet<string>,
): readonly MergedFile[] {
  const merged = new Map<
    string,
    { isKnown: boolean; lines: Map<number, boolean>; stated: Share; branches: Share | null }
  >();
  for (const report of reports) {
    for (const file of report.files) {
      const known = repositoryPath(file.path, report.sources, repositoryPaths);
      const path = known ?? file.path;
      const before = merged.get(path);
      if (!before) {
        merged.set(path, {
          isKnown: known !== null,
          lines: new Map(file.lines),
          stated: file.share,
          branches: file.branches,
        });
        continue;
      }
      for (const [line, isCovered] of file.lines) {
        before.lines.set(line, isCovered || before.lines.get(line) === true);
      }
      // Of totals alone the better one stands: which lines they are of is not known.
      before.stated = better(before.stated, file.share);
      before.branches =
        before.branches && file.branches
          ? better(before.branches, file.branches)
          : (before.branches ?? file.branches);
    }
  }
  return [...merged]
    .map(([path, { isKnown, lines, stated, branches }]) => ({
      path,
      isKnown,
      share: lines.size > 0 ? shareOf(lines) : stated,
      branches,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Counts the lines that were run. */
export function shareOf(lines: ReadonlyMap<number, boolean>): Share {
  let covered = 0;
  for (const isCovered of lines.values()) if (isCovered) covered++;
  return { covered, total: lines.size };
}

/** The sum over files. */
export function sumOf(shares: readonly Share[]): Share {
  return shares.reduce<Share>(
    (sum, share) => ({ covered: sum.covered + share.covered, total: sum.total + share.total }),
    { covered: 0, total: 0 },
  );
}

/** Per cent, cut after one decimal so that 79.96 is not shown as 80; null of nothing. */
export function perCent({ covered, total }: Share): number | null {
  return total === 0 ? null : Math.floor((covered * 1000) / total) / 10;
}

function better(one: Share, other: Share): Share {
  return one.covered * Math.max(1, other.total) >= other.covered * Math.max(1, one.total) ? one : other;
}

/** The file of the repository that a path of a report means; null where none is. */
function repositoryPath(
  reported: string,
  sources: readonly string[],
  repositoryPaths: ReadonlySet<string>,
): string | null {
  const own = plainPath(reported)
    .split('/')
    .filter((part) => part !== '');
  const candidates = [...sources.map((source) => [...plainPath(source).split('/'), ...own]), own];
  // The name alone, cut from a longer path, would fit any file that is called so.
  const shortest = sources.length > 0 ? own.length : Math.min(2, own.length);
  for (const parts of candidates) {
    for (let from = 0; from <= parts.length - shortest; from++) {
      const end = parts.slice(from).join('/');
      if (repositoryPaths.has(end)) return end;
    }
  }
  return null;
}

/** With forward slashes, without `./` and without steps back where a name stands before them. */
export function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.replaceAll('\\', '/').split('/')) {
    if (part === '.' || (part === '' && parts.length > 0)) continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..' && parts.at(-1) !== '') parts.pop();
    else parts.push(part);
  }
  return parts.join('/');
}
