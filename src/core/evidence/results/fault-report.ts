import type { Range } from '../../text/position';
import { walkXml } from '../../text/xml';
import { readTestReport } from './junit';
import {
  isRecord,
  NO_ORIGIN,
  shownName,
  textAt,
  unreadable,
  type ReportOrigin,
  type ReportReading,
} from './report';
import { readOtherTools, type OtherToolReport } from './sarif';

/** What a linter or type checker found, as far as errors go. */
export interface FaultReport {
  /** Null where the form of the report does not name it. */
  readonly tool: string | null;
  readonly errors: number;
  /** The first errors, for people: `src/a.ts:3 no-unused-vars: …`. */
  readonly first: readonly { readonly text: string; readonly range: Range | null }[];
  /** How many files or cases were looked at; null where the report does not say. */
  readonly lookedAt: number | null;
  readonly isIncomplete: boolean;
  readonly origin: ReportOrigin;
}

const SHOWN = 5;

/**
 * Reads what linters and type checkers write: SARIF, Checkstyle's XML (most can), JUnit's form (mypy), ESLint's JSON and
 * pyright's JSON. One report per tool.
 */
export function readFaults(path: string, text: string): ReportReading<readonly FaultReport[]> {
  const plain = text.replace(/^\uFEFF/, '').trimStart();
  if (plain === '') return unreadable('is empty');
  if (plain.startsWith('<')) return fromXml(text);
  let value: unknown;
  try {
    value = JSON.parse(plain);
  } catch {
    return unreadable(
      'is neither JSON nor XML; write the report as SARIF, in the form of Checkstyle or of JUnit',
    );
  }
  if (Array.isArray(value)) return fromEslint(value);
  if (isRecord(value) && isRecord(value['summary']) && Array.isArray(value['generalDiagnostics'])) {
    return fromPyright(value, value['summary'], value['generalDiagnostics']);
  }
  const sarif = readOtherTools(path, text);
  return sarif.ok ? { ok: true, report: sarif.reports.map(faultsOf) } : unreadable(sarif.reason);
}

/** A run of SARIF as a report of faults: what is of the level error, is not set aside and is still there. */
export function faultsOf(run: OtherToolReport): FaultReport {
  const errors = run.findings.filter(
    ({ level, isSuppressed, isGone }) => level === 'error' && !isSuppressed && isGone !== true,
  );
  return {
    tool: shownName(run.tool),
    errors: errors.length,
    first: errors.slice(0, SHOWN).map((each) => ({
      text: shownName(
        `${each.path ?? ''}${each.range ? `:${each.range.start.line}` : ''} ${each.rule}: ${each.message}`,
      ),
      range: null,
    })),
    lookedAt: null,
    isIncomplete: run.isIncomplete === true,
    origin: run.origin ?? NO_ORIGIN,
  };
}

function fromXml(text: string): ReportReading<readonly FaultReport[]> {
  let root = '';
  let file = '';
  let files = 0;
  let errors = 0;
  const first: { text: string; span: { start: number; end: number } }[] = [];
  const walked = walkXml(text, {
    open: ({ name, attributes, span, depth }) => {
      if (depth === 1) root = name;
      if (name === 'file') {
        files++;
        file = attributes['name'] ?? '';
      } else if (name === 'error' && (attributes['severity'] ?? 'error').toLowerCase() === 'error') {
        errors++;
        const place = `${file}:${attributes['line'] ?? ''}`;
        if (first.length < SHOWN) {
          first.push({
            text: shownName(`${place} ${attributes['message'] ?? attributes['source'] ?? ''}`),
            span,
          });
        }
      }
    },
  });
  if (!walked.ok) return unreadable(walked.reason, walked.range);
  if (root === 'checkstyle') {
    return {
      ok: true,
      report: [
        {
          tool: null,
          errors,
          first: first.map((each) => ({ text: each.text, range: walked.lines.rangeOf(each.span) })),
          lookedAt: files,
          isIncomplete: false,
          origin: NO_ORIGIN,
        },
      ],
    };
  }
  const tests = readTestReport(text);
  if (!tests.ok) return tests;
  const { report } = tests;
  return {
    ok: true,
    report: [
      {
        tool: report.suites[0]?.name || null,
        errors: report.failed + report.errors,
        first: report.failing.slice(0, SHOWN).map(({ name, message, range }) => ({
          text: message === null ? name : shownName(`${name}: ${message}`),
          range,
        })),
        lookedAt: report.tests,
        isIncomplete: report.contradictions.some(({ hidesFailures }) => hidesFailures),
        origin: report.origin,
      },
    ],
  };
}

/** `eslint --format json`: a list of files, each with its messages. */
function fromEslint(files: readonly unknown[]): ReportReading<readonly FaultReport[]> {
  const first: { text: string; range: null }[] = [];
  let errors = 0;
  for (const file of files) {
    if (!isRecord(file) || typeof file['errorCount'] !== 'number' || !Array.isArray(file['messages'])) {
      return unreadable('is no report of ESLint: a file of it has no "errorCount" and "messages"');
    }
    errors += file['errorCount'];
    for (const message of file['messages'] as readonly unknown[]) {
      if (first.length >= SHOWN || !isRecord(message) || message['severity'] !== 2) continue;
      first.push({
        text: shownName(
          `${textAt(file, 'filePath') ?? ''}:${typeof message['line'] === 'number' ? message['line'] : ''} ${textAt(message, 'ruleId') ?? ''}: ${textAt(message, 'message') ?? ''}`,
        ),
        range: null,
      });
    }
  }
  return {
    ok: true,
    report: [
      { tool: 'ESLint', errors, first, lookedAt: files.length, isIncomplete: false, origin: NO_ORIGIN },
    ],
  };
}

/** `pyright --outputjson`. */
function fromPyright(
  report: Readonly<Record<string, unknown>>,
  summary: Readonly<Record<string, unknown>>,
  diagnostics: readonly unknown[],
): ReportReading<readonly FaultReport[]> {
  const errors = summary['errorCount'];
  const looked = summary['filesAnalyzed'];
  if (typeof errors !== 'number') return unreadable('is a report of pyright that does not count its errors');
  const time = report['time'];
  const milliseconds = typeof time === 'string' && /^\d{12,14}$/.test(time) ? Number(time) : null;
  return {
    ok: true,
    report: [
      {
        tool: 'pyright',
        errors,
        first: diagnostics
          .filter(isRecord)
          .filter((each) => each['severity'] === 'error')
          .slice(0, SHOWN)
          .map((each) => ({
            text: shownName(`${textAt(each, 'file') ?? ''}: ${textAt(each, 'message') ?? ''}`),
            range: null,
          })),
        lookedAt: typeof looked === 'number' ? looked : null,
        isIncomplete: false,
        origin: { commits: [], madeAt: milliseconds === null ? null : new Date(milliseconds).toISOString() },
      },
    ],
  };
}
