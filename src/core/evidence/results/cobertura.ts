import type { Span } from '../../text/position';
import { walkXml } from '../../text/xml';
import { perCent, plainPath, shareOf, sumOf, type CoverageReport } from './coverage';
import { isCommitId, shownName, unreadable, type Contradiction, type ReportReading } from './report';

interface OpenFile {
  readonly lines: Map<number, boolean>;
  /** By line: the conditions taken and there. */
  readonly branches: Map<number, { covered: number; total: number }>;
  readonly span: Span;
}

/** A stated rate may be rounded so far before it contradicts the lines. */
const ROUNDING_PER_CENT = 1;

/** Reads a coverage report in Cobertura's form, counted from its lines: rates are rounded, and some are wrong. */
export function readCobertura(text: string): ReportReading<CoverageReport> {
  const files = new Map<string, OpenFile>();
  const sources: string[] = [];
  let root: string | null = null;
  let isClover = false;
  let current: OpenFile | null = null;
  let methodDepth = 0;
  let rate: string | undefined;
  let timestamp: string | undefined;
  let revision: string | undefined;
  let rootSpan: Span = { start: 0, end: 0 };
  const walked = walkXml(text, {
    open: (element) => {
      const { name, attributes } = element;
      if (root === null) {
        root = name;
        rate = attributes['line-rate'];
        timestamp = attributes['timestamp'];
        revision = attributes['revision'] ?? attributes['commit'];
        rootSpan = element.span;
      }
      if (name === 'project' && element.depth === 2) isClover = true;
      if (name === 'class') {
        const path = plainPath(attributes['filename'] ?? '');
        if (path === '') return;
        current = files.get(path) ?? { lines: new Map(), branches: new Map(), span: element.span };
        files.set(path, current);
      } else if (name === 'methods') methodDepth++;
      else if (name === 'line' && current && methodDepth === 0) {
        // Lines of methods stand once more below the class.
        const at = Number(attributes['number']);
        const hits = Number(attributes['hits']);
        if (!Number.isInteger(at) || Number.isNaN(hits)) return;
        current.lines.set(at, hits > 0 || current.lines.get(at) === true);
        const conditions = /\((\d{1,6})\/(\d{1,6})\)/.exec(attributes['condition-coverage'] ?? '');
        if (conditions) {
          const before = current.branches.get(at);
          const covered = Number(conditions[1]);
          if (!before || before.covered < covered) {
            current.branches.set(at, { covered, total: Number(conditions[2]) });
          }
        }
      }
    },
    close: (element, inside) => {
      if (element.name === 'class') current = null;
      else if (element.name === 'methods') methodDepth--;
      else if (element.name === 'source' && inside.trim() !== '' && sources.length < 50)
        sources.push(inside.trim());
    },
  });
  if (!walked.ok) return unreadable(walked.reason, walked.range);
  if (root !== 'coverage') {
    return unreadable(
      root === 'report'
        ? 'is a coverage report of JaCoCo; convert it to the form of Cobertura'
        : `is no coverage report in Cobertura's form: its first element is <${shownName(root ?? '')}>`,
    );
  }
  if (isClover)
    return unreadable("is a coverage report in Clover's form; write one in that of Cobertura or lcov");
  if (files.size === 0) return unreadable('names no file');
  const { lines } = walked;
  const found = [...files].map(([path, file]) => ({
    path,
    lines: file.lines,
    share: shareOf(file.lines),
    branches: file.branches.size > 0 ? sumOf([...file.branches.values()]) : null,
    range: lines.rangeOf(file.span),
  }));
  const counted = perCent(sumOf(found.map(({ share }) => share)));
  const stated = rate === undefined || rate.trim() === '' ? NaN : Number(rate) * 100;
  const contradictions: Contradiction[] =
    counted !== null && Number.isFinite(stated) && Math.abs(stated - counted) > ROUNDING_PER_CENT
      ? [
          {
            message: `the report states ${Math.round(stated * 10) / 10} % of lines and its lines add up to ${counted} %`,
            range: lines.rangeOf(rootSpan),
          },
        ]
      : [];
  return {
    ok: true,
    report: {
      format: 'Cobertura',
      files: found,
      sources,
      contradictions,
      origin: {
        commits:
          revision !== undefined && isCommitId(revision)
            ? [{ id: revision, range: lines.rangeOf(rootSpan) }]
            : [],
        madeAt: timeOf(timestamp),
      },
    },
  };
}

/** Seconds or milliseconds since 1970, as the tools differ; a time that is written out stays. */
function timeOf(timestamp: string | undefined): string | null {
  if (timestamp === undefined || timestamp === '' || timestamp === '0') return null;
  if (!/^\d{9,14}$/.test(timestamp)) return timestamp;
  const value = Number(timestamp);
  return new Date(timestamp.length > 11 ? value : value * 1000).toISOString();
}
