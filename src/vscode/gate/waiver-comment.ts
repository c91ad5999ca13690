import type { Finding } from '../../core/gate/report';
import { lineBreakOf } from '../../core/text/edit';
import { lineIndex, type LineIndex } from '../../core/text/position';
import { readYaml, type YamlValue } from '../../core/workflow/yaml-tree';

/** Where a waiver's comment goes: before the offset, on a line of its own. */
export interface WaiverComment {
  readonly offset: number;
  /** What stands before the reason: indentation and the opening of the comment. */
  readonly before: string;
  /** What stands after the end date: the close of the comment and a line break. */
  readonly after: string;
}

/**
 * The comment that would waive `finding` in `text`, but for the reason and the end date, which only a person can give.
 * Inside a block of shell or text the comment goes above the key that holds it, since there it would be content.
 */
export function waiverComment(
  text: string,
  finding: Pick<Finding, 'path' | 'rule' | 'range'>,
): WaiverComment {
  const lines = lineIndex(text);
  const isMarkdown = finding.path.endsWith('.md');
  let line = Math.min(finding.range?.start.line ?? 1, lines.lineCount);
  if (!isMarkdown) line = outsideOfScalars(text, line, lines);
  const indentation = isMarkdown ? '' : (/^[ ]*/.exec(lines.lineText(line))?.[0] ?? '');
  const eol = lineBreakOf(text);
  // A Markdown comment needs an empty line after it, or the text below becomes part of the HTML block.
  return isMarkdown
    ? {
        offset: markdownOffset(text, finding.range ? line : null, lines),
        before: `<!-- release-gate: ignore[${finding.rule}] `,
        after: ` -->${eol}${eol}`,
      }
    : {
        offset: lines.offsetAt({ line, column: 1 }),
        before: `${indentation}# release-gate: ignore[${finding.rule}] `,
        after: eol,
      };
}

/**
 * Right below the heading of the finding's section, since a comment between the lines of a table or list would break
 * it; above the first heading, after the front matter, where the finding is about the whole document.
 */
function markdownOffset(text: string, line: number | null, lines: LineIndex): number {
  const matter = /^\uFEFF?---[ \t]*\r?\n[\s\S]{0,20000}?\r?\n---[ \t]*\r?\n/.exec(text);
  const start = matter ? matter[0].length : 0;
  if (line === null) return start;
  let heading: number | null = null;
  let fence: string | null = null;
  for (let at = lines.positionAt(start).line; at <= line; at++) {
    const content = lines.lineText(at);
    const mark = /^\s{0,12}(`{3,}|~{3,})/.exec(content)?.[1];
    if (fence === null && mark !== undefined) fence = mark;
    else if (fence !== null && mark?.startsWith(fence)) fence = null;
    else if (fence === null && /^ {0,3}#{1,6}(\s|$)/.test(content)) heading = at;
  }
  if (heading === null) return start;
  return heading < lines.lineCount ? lines.offsetAt({ line: heading + 1, column: 1 }) : text.length;
}

function outsideOfScalars(text: string, line: number, lines: LineIndex): number {
  const root = readYaml(text).root;
  let result = line;
  const visit = (value: YamlValue, keyStart: number): void => {
    const first = lines.positionAt(value.span.start).line;
    const last = lines.positionAt(Math.max(value.span.start, value.span.end - 1)).line;
    if (result < first || result > last) return;
    switch (value.kind) {
      case 'scalar':
        if (first !== last) result = lines.positionAt(keyStart).line;
        return;
      case 'list':
        for (const item of value.items) visit(item, item.span.start);
        return;
      case 'map':
        for (const entry of value.entries) if (!entry.isMerged) visit(entry.value, entry.key.span.start);
        return;
    }
  };
  if (root) visit(root, root.span.start);
  return result;
}
