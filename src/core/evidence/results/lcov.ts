import type { Range } from '../../text/position';
import { plainPath, shareOf, type CoverageReport, type FileCoverage, type Share } from './coverage';
import { NO_ORIGIN, unreadable, type Contradiction, type ReportReading } from './report';

/** More lines than this are no coverage of a repository that a person reads. */
const MAX_LINES = 5_000_000;

interface Open {
  readonly path: string;
  readonly line: number;
  readonly lines: Map<number, boolean>;
  readonly branches: Map<string, boolean>;
  found: number | null;
  hit: number | null;
  branchesFound: number | null;
  branchesHit: number | null;
}

/** Reads a tracefile of lcov (geninfo(1), "FILES"), counted from its `DA` and `BRDA` lines. */
export function readLcov(text: string): ReportReading<CoverageReport> {
  const files: FileCoverage[] = [];
  const contradictions: Contradiction[] = [];
  let open: Open | null = null;
  let number = 0;
  let offset = text.charCodeAt(0) === 0xfeff ? 1 : 0;
  let seesLcov = false;
  while (offset < text.length) {
    const next = text.indexOf('\n', offset);
    const end = next === -1 ? text.length : next;
    const line = text.slice(offset, Math.min(end, offset + 10_000)).trim();
    offset = end + 1;
    if (++number > MAX_LINES) return unreadable(`has more than ${MAX_LINES} lines`);
    if (line === '' || line.startsWith('#')) continue;
    if (line === 'end_of_record') {
      if (open) files.push(closed(open, contradictions));
      open = null;
      continue;
    }
    const colon = line.indexOf(':');
    const key = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1);
    switch (key) {
      case 'TN':
        seesLcov = true;
        break;
      case 'SF':
        // A record that another one follows without an end is whole all the same.
        if (open) files.push(closed(open, contradictions));
        seesLcov = true;
        open = {
          path: plainPath(value),
          line: number,
          lines: new Map(),
          branches: new Map(),
          found: null,
          hit: null,
          branchesFound: null,
          branchesHit: null,
        };
        break;
      case 'DA': {
        const [at, count] = value.split(',', 2).map(Number);
        if (open && at !== undefined && count !== undefined && Number.isInteger(at) && !Number.isNaN(count)) {
          open.lines.set(at, count > 0 || open.lines.get(at) === true);
        } else {
          return unreadable(
            `has a line of coverage that makes no sense: "${line.slice(0, 60)}"`,
            rangeOf(number),
          );
        }
        break;
      }
      case 'BRDA': {
        const [at, block, branch, taken] = value.split(',');
        if (open && taken !== undefined) {
          const id = `${at},${block},${branch}`;
          open.branches.set(id, Number(taken) > 0 || open.branches.get(id) === true);
        }
        break;
      }
      case 'LF':
        if (open) open.found = countIn(value);
        break;
      case 'LH':
        if (open) open.hit = countIn(value);
        break;
      case 'BRF':
        if (open) open.branchesFound = countIn(value);
        break;
      case 'BRH':
        if (open) open.branchesHit = countIn(value);
        break;
      default:
        if (!seesLcov)
          return unreadable(
            `is no tracefile of lcov: it begins with "${line.slice(0, 40)}"`,
            rangeOf(number),
          );
    }
  }
  if (open) return unreadable('is cut off: its last record does not end', rangeOf(open.line));
  if (files.length === 0) return unreadable(seesLcov ? 'names no file' : 'is empty');
  return {
    ok: true,
    report: {
      format: 'lcov',
      files,
      sources: [],
      contradictions: contradictions.slice(0, 50),
      origin: NO_ORIGIN,
    },
  };
}

function closed(open: Open, contradictions: Contradiction[]): FileCoverage {
  const range = rangeOf(open.line);
  const counted = shareOf(open.lines);
  const stated: Share | null =
    open.found !== null && open.hit !== null
      ? { covered: Math.min(open.hit, open.found), total: open.found }
      : null;
  if (
    open.lines.size > 0 &&
    stated &&
    (stated.total !== counted.total || stated.covered !== counted.covered)
  ) {
    contradictions.push({
      message: `${open.path} states ${stated.covered} of ${stated.total} lines and lists ${counted.covered} of ${counted.total}`,
      range,
    });
  }
  let covered = 0;
  for (const isTaken of open.branches.values()) if (isTaken) covered++;
  return {
    path: open.path,
    lines: open.lines,
    share: open.lines.size > 0 ? counted : (stated ?? counted),
    branches:
      open.branches.size > 0
        ? { covered, total: open.branches.size }
        : open.branchesFound !== null && open.branchesFound > 0
          ? { covered: Math.min(open.branchesHit ?? 0, open.branchesFound), total: open.branchesFound }
          : null,
    range,
  };
}

function countIn(text: string): number | null {
  return /^\d{1,9}$/.test(text.trim()) ? Number(text) : null;
}

function rangeOf(line: number): Range {
  return { start: { line, column: 1 }, end: { line, column: 1 } };
}
