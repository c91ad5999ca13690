import picomatch from 'picomatch';
import type { Root } from 'mdast';
import { lineIndex, type LineIndex, type Span } from '../text/position';
import { remembered } from '../text/remember';
import type { Workflow } from '../workflow/model';
import { readYaml } from '../workflow/yaml-tree';
import { nearMiss } from '../rules/near-miss';
import type { RuleFinding, Severity } from '../rules/rule';
import type { ReadDocument } from '../documents/document';
import type { Configuration } from './configuration';
import { isDate } from './layer-reader';

/** A waiver as it was found, inline or in the configuration. */
export interface Waiver {
  /** One id; a comment with several makes several waivers. */
  readonly rule: string;
  readonly reason: string;
  /** As written; null where none is given. */
  readonly until: string | null;
  readonly path: string;
  readonly span: Span | null;
  readonly line: number;
  /** Whether it speaks of this finding's place. */
  covers(finding: { readonly path: string; readonly span: Span | null }): boolean;
}

/** A comment that means to be a waiver and is none. */
export interface WaiverMistake {
  readonly message: string;
  readonly path: string;
  readonly span: Span;
}

/** The waivers of one file, and the comments that only look like one. */
export interface WaiversFound {
  readonly waivers: readonly Waiver[];
  readonly mistakes: readonly WaiverMistake[];
}

/** What became of one finding. `severity` is the one after the configuration. */
export interface JudgedFinding {
  readonly finding: RuleFinding;
  readonly rule: string;
  readonly severity: Severity;
  readonly waiver: Waiver | null;
}

/** What the waivers themselves give rise to. */
export interface WaiverFinding {
  readonly rule: 'waiver-without-reason' | 'waiver-without-end-date' | 'waiver-expired' | 'waiver-unused';
  readonly finding: RuleFinding;
}

/** A comment that names the tool and the word `ignore`; what follows is read by hand. */
const INLINE = /release-gate:\s*ignore\b/;

/** A whole line of a script that is such a comment. */
const SCRIPT_WAIVER = /^([ \t]*)(#+[ \t]*release-gate:[ \t]*ignore\b[^\r\n]*)/gm;

/** The `(until 2027-03-01)` at the end of a waiver's text. */
const UNTIL = /\(\s*until\s+([^()]*)\)\s*$/;

/**
 * The waivers in a workflow's comments. A comment inside a job, or in the lines right above it, speaks of the whole
 * job; a comment anywhere speaks of findings on its own line and on the next line that is no comment; outside all
 * jobs it also speaks of findings outside all jobs.
 */
export function waiversOfWorkflow(workflow: Workflow): WaiversFound {
  const regions = jobRegions(workflow);
  const regionOf = (offset: number): Span | null =>
    regions.find((region) => offset >= region.start && offset < region.end) ?? null;
  const found = collect(
    workflow.tree.comments.map((comment) => ({ ...comment, text: comment.text.replace(/^#+\s*/, '') })),
    workflow.path,
    workflow.lines,
    (comment) => {
      const own = regionOf(comment.start);
      const line = workflow.lines.positionAt(comment.start).line;
      const next = nextCodeLine(workflow.lines, line);
      return (span) => {
        if (!span) return own === null;
        const at = workflow.lines.positionAt(span.start).line;
        if (at === line || at === next) return true;
        const region = regionOf(span.start);
        return own === region || (own !== null && region !== null && own.start === region.start);
      };
    },
  );
  return { ...found, mistakes: [...found.mistakes, ...waiversInScripts(workflow)] };
}

/**
 * Comments of a script that mean to be waivers. To YAML they are text, and a script may as well write them into a file:
 * they silence nothing, and a person must hear of it.
 */
function waiversInScripts(workflow: Workflow): WaiverMistake[] {
  const scripts = workflow.jobs.flatMap((job) => job.steps.flatMap((step) => step.run ?? []));
  return scripts.flatMap(({ span }) =>
    [...workflow.text.slice(span.start, span.end).matchAll(SCRIPT_WAIVER)].map((match) => {
      const start = span.start + match.index + (match[1]?.length ?? 0);
      return {
        message:
          'This waiver stands inside a script and silences nothing: move it above the key that holds the script',
        path: workflow.path,
        span: { start, end: start + (match[2]?.length ?? 0) },
      };
    }),
  );
}

/**
 * The waivers in the comments of a YAML file without jobs (a composite action, rules of alerts): each speaks of findings on its own line and on the next line that
 * is no comment, and before the first key of the whole file.
 */
export function waiversOfFile(file: { readonly path: string; readonly text: string }): WaiversFound {
  if (!INLINE.test(file.text)) return { waivers: [], mistakes: [] };
  const { root, comments } = readYaml(file.text);
  const lines = lineIndex(file.text);
  return collect(
    comments.map((comment) => ({ ...comment, text: comment.text.replace(/^#+\s*/, '') })),
    file.path,
    lines,
    (comment) => {
      const line = lines.positionAt(comment.start).line;
      const next = nextCodeLine(lines, line);
      const isOfFile = root !== null && comment.start < root.span.start;
      return (span) => {
        if (isOfFile) return true;
        const at = span && lines.positionAt(span.start).line;
        return at === line || at === next;
      };
    },
  );
}

/**
 * The waivers in comments that have a line of their own, in a file of whichever language begins one with `#`: each
 * speaks of findings on the next line that is no comment.
 */
export function waiversOfLines(file: {
  readonly path: string;
  readonly text: string;
  readonly lines: LineIndex;
}): WaiversFound {
  if (!INLINE.test(file.text)) return { waivers: [], mistakes: [] };
  const { lines } = file;
  const comments = [...file.text.matchAll(/^[ \t]*(#.*?)[ \t\r]*$/gm)].map((match) => {
    const text = match[1] ?? '';
    const start = match.index + match[0].indexOf(text);
    return { text: text.replace(/^#+\s*/, ''), span: { start, end: start + text.length } };
  });
  return collect(comments, file.path, lines, (comment) => {
    const next = nextCodeLine(lines, lines.positionAt(comment.start).line);
    return (span) => span !== null && lines.positionAt(span.start).line === next;
  });
}

/**
 * The waivers in a document's HTML comments: each speaks of the section that it stands in, and before the first
 * heading of the whole document.
 */
export const waiversOfDocument = remembered((document: ReadDocument): WaiversFound => {
  const headings = document.sections.map((section) => section.headingSpan.start).sort((a, b) => a - b);
  const sectionOf = (offset: number): number => headings.filter((start) => start <= offset).length;
  return collect(htmlComments(document.tree, document.text), document.path, document.lines, (comment) => {
    const own = sectionOf(comment.start);
    return (span) => own === 0 || (span !== null && sectionOf(span.start) === own);
  });
});

/** The configuration's waivers. `jobAt` tells the job that an offset of a workflow stands in. */
export function waiversOfConfiguration(
  configuration: Configuration,
  configurationPath: string,
  jobAt: (path: string, offset: number) => string | null,
): readonly Waiver[] {
  return configuration.waivers.map((entry) => {
    const matches = picomatch(entry.path, { dot: true });
    return {
      rule: entry.rule,
      reason: entry.reason,
      until: entry.until,
      path: entry.base ?? configurationPath,
      span: null,
      line: entry.line,
      covers: ({ path, span }) =>
        matches(path) && (entry.job === null || (span !== null && jobAt(path, span.start) === entry.job)),
    };
  });
}

/** The id of the job that an offset stands in, the comment lines right above the job included. */
export function jobAtOffset(workflow: Workflow, offset: number): string | null {
  const index = jobRegions(workflow).findIndex((region) => offset >= region.start && offset < region.end);
  return workflow.jobs[index]?.id.value ?? null;
}

/**
 * Sets findings aside where a waiver in force covers them, and says what is wrong with the waivers.
 *
 * @param today ISO date; a waiver holds up to and including its last day.
 * @param wasJudged Whether a waiver of this rule could have found anything (the rule ran and the file was read).
 * @param knownIds For near misses.
 */
export function applyWaivers(
  findings: readonly Omit<JudgedFinding, 'waiver'>[],
  found: readonly WaiversFound[],
  options: {
    readonly today: string;
    readonly wasJudged: (waiver: Waiver) => boolean;
    readonly knownIds: ReadonlySet<string>;
  },
): { readonly findings: readonly JudgedFinding[]; readonly about: readonly WaiverFinding[] } {
  const about: WaiverFinding[] = [];
  const say = (rule: WaiverFinding['rule'], message: string, waiver: Pick<Waiver, 'path' | 'span'>): void => {
    about.push({ rule, finding: { message, path: waiver.path, span: waiver.span, status: 'fail' } });
  };
  const waivedBy = new Map<Omit<JudgedFinding, 'waiver'>, Waiver>();
  for (const mistake of found.flatMap((file) => file.mistakes))
    say('waiver-unused', mistake.message, mistake);
  for (const waiver of found.flatMap((file) => file.waivers)) {
    if (!options.knownIds.has(waiver.rule)) {
      const near = nearMiss(waiver.rule, options.knownIds);
      say(
        'waiver-unused',
        `There is no rule "${waiver.rule}"${near ? `, did you mean "${near}"` : ''}: correct the id, or remove this waiver`,
        waiver,
      );
      continue;
    }
    if (waiver.rule.startsWith('waiver-')) {
      say('waiver-unused', `"${waiver.rule}" cannot be waived: mend the waiver that it speaks of`, waiver);
      continue;
    }
    const covered = findings.filter((judged) => judged.rule === waiver.rule && waiver.covers(judged.finding));
    if (covered.length === 0) {
      if (options.wasJudged(waiver)) {
        say('waiver-unused', `Nothing here is found by "${waiver.rule}": remove this waiver`, waiver);
      }
      continue;
    }
    if (waiver.reason === '') {
      say(
        'waiver-without-reason',
        `This waiver of "${waiver.rule}" gives no reason and silences nothing: write the reason behind the bracket`,
        waiver,
      );
      continue;
    }
    if (waiver.until !== null && !isDate(waiver.until)) {
      say(
        'waiver-without-end-date',
        `"${waiver.until}" is no day, so this waiver of "${waiver.rule}" silences nothing: write (until YYYY-MM-DD)`,
        waiver,
      );
      continue;
    }
    if (waiver.until !== null && waiver.until < options.today) {
      say(
        'waiver-expired',
        `This waiver of "${waiver.rule}" ended on ${waiver.until} and silences nothing: mend the finding, or judge it again and set a new day`,
        waiver,
      );
      continue;
    }
    let lacksEnd = false;
    for (const judged of covered) {
      if (judged.severity === 'block' && waiver.until === null) lacksEnd = true;
      else if (!waivedBy.has(judged)) waivedBy.set(judged, waiver);
    }
    if (lacksEnd) {
      say(
        'waiver-without-end-date',
        `"${waiver.rule}" blocks here, so this waiver silences nothing without its last day: add (until YYYY-MM-DD)`,
        waiver,
      );
    }
  }
  return {
    findings: findings.map((judged) => ({ ...judged, waiver: waivedBy.get(judged) ?? null })),
    about,
  };
}

/** The text of one waiver comment; null for a comment that does not mean to be one. */
export function parseWaiver(comment: string):
  | {
      readonly ok: true;
      readonly rules: readonly string[];
      readonly reason: string;
      readonly until: string | null;
    }
  | { readonly ok: false; readonly message: string }
  | null {
  const match = INLINE.exec(comment);
  if (!match) return null;
  const rest = comment.slice(match.index + match[0].length).trim();
  const close = rest.indexOf(']');
  const ids = rest.startsWith('[') && close > 0 ? rest.slice(1, close).split(',') : [];
  const named = ids.map((id) => id.trim()).filter((id) => id !== '');
  if (named.length === 0) {
    return {
      ok: false,
      message:
        'This waiver names no rule and silences nothing: write `release-gate: ignore[rule-id] reason (until YYYY-MM-DD)`',
    };
  }
  const said = rest.slice(close + 1).trim();
  const until = UNTIL.exec(said);
  return {
    ok: true,
    rules: [...new Set(named)],
    reason: (until ? said.slice(0, until.index) : said).replace(/^[\s:–—-]+/, '').trim(),
    until: until?.[1]?.trim() ?? null,
  };
}

function collect(
  comments: readonly { readonly text: string; readonly span: Span }[],
  path: string,
  lines: LineIndex,
  coverage: (comment: Span) => (span: Span | null) => boolean,
): WaiversFound {
  const waivers: Waiver[] = [];
  const mistakes: WaiverMistake[] = [];
  for (const { text, span } of comments) {
    const parsed = parseWaiver(text);
    if (!parsed) continue;
    if (!parsed.ok) {
      mistakes.push({ message: parsed.message, path, span });
      continue;
    }
    const coversSpan = coverage(span);
    for (const rule of parsed.rules) {
      waivers.push({
        rule,
        reason: parsed.reason,
        until: parsed.until,
        path,
        span,
        line: lines.positionAt(span.start).line,
        covers: (finding) => finding.path === path && coversSpan(finding.span),
      });
    }
  }
  return { waivers, mistakes };
}

/** Each job's lines: from the comment lines right above its id to the next job's, in the file's order. */
function jobRegions(workflow: Workflow): Span[] {
  const { lines, text } = workflow;
  const starts = workflow.jobs.map((job) => {
    const jobLine = lines.positionAt(job.id.span.start).line;
    let line = jobLine;
    while (
      line > 1 &&
      lines
        .lineText(line - 1)
        .trimStart()
        .startsWith('#')
    )
      line--;
    return lines.offsetAt({ line, column: 1 });
  });
  return workflow.jobs.map((job, index) => {
    const next = starts[index + 1];
    const end = next ?? lastJobEnd(lines, text, job.span.end, lines.positionAt(job.id.span.start).column);
    return { start: starts[index] ?? job.span.start, end: Math.max(end, job.span.end) };
  });
}

/** Comments behind the last job belong to it as long as they are indented deeper than its id. */
function lastJobEnd(lines: LineIndex, text: string, bodyEnd: number, idColumn: number): number {
  let line = lines.positionAt(bodyEnd).line;
  for (let next = line + 1; next <= lines.lineCount; next++) {
    const content = lines.lineText(next);
    if (content.trim() === '') continue;
    const indent = content.length - content.trimStart().length + 1;
    if (!content.trimStart().startsWith('#') || indent <= idColumn) break;
    line = next;
  }
  return Math.min(text.length, lines.offsetAt({ line, column: Number.MAX_SAFE_INTEGER }) + 1);
}

function nextCodeLine(lines: LineIndex, from: number): number | null {
  // A comment behind code speaks of its own line only.
  if (!lines.lineText(from).trimStart().startsWith('#')) return null;
  for (let line = from + 1; line <= lines.lineCount; line++) {
    const content = lines.lineText(line).trim();
    if (content === '') return null;
    if (!content.startsWith('#')) return line;
  }
  return null;
}

/** HTML comments of a Markdown tree: in code they are text, not comments. */
function htmlComments(tree: Root, text: string): { text: string; span: Span }[] {
  const comments: { text: string; span: Span }[] = [];
  const walk = (node: { type: string; position?: unknown; children?: unknown }): void => {
    if (node.type === 'html') {
      const position = node.position as { start: { offset?: number }; end: { offset?: number } } | undefined;
      const start = position?.start.offset ?? 0;
      const html = text.slice(start, position?.end.offset ?? start);
      for (let at = html.indexOf('<!--'); at >= 0; at = html.indexOf('<!--', at + 4)) {
        const close = html.indexOf('-->', at);
        const end = close < 0 ? html.length : close;
        comments.push({
          text: html.slice(at + 4, end).trim(),
          span: { start: start + at, end: start + Math.min(html.length, end + 3) },
        });
      }
    }
    if (Array.isArray(node.children)) for (const child of node.children) walk(child as typeof node);
  };
  walk(tree);
  return comments;
}
