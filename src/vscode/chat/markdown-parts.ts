import { markdownText } from '../../core/documents/markdown/write';

/** Beyond this many lines a fence is cut; the whole is one press away. */
export const MAX_FENCE_LINES = 120;

/** A fenced block, its fence longer than any run of backticks inside; `isCut` says that lines are missing at the end. */
export function fenced(
  text: string,
  language: string,
  maxLines: number = MAX_FENCE_LINES,
): { readonly markdown: string; readonly isCut: boolean } {
  const lines = text.replace(/\r\n?/g, '\n').replace(/\n$/, '').split('\n');
  const shown = lines.slice(0, maxLines).join('\n');
  let fence = '```';
  for (const run of shown.match(/`{3,}/g) ?? [])
    if (run.length >= fence.length) fence = '`'.repeat(run.length + 1);
  return { markdown: `${fence}${language}\n${shown}\n${fence}\n`, isCut: lines.length > maxLines };
}

/** The word after a fence that an editor colours `path` by; '' where there is none. */
export function fenceLanguage(path: string): string {
  const extension = /\.([a-z0-9]+)$/i.exec(path)?.[1]?.toLowerCase() ?? '';
  const languages: Readonly<Record<string, string>> = {
    yml: 'yaml',
    yaml: 'yaml',
    md: 'markdown',
    json: 'json',
    sh: 'shellscript',
    tf: 'terraform',
  };
  return languages[extension] ?? '';
}

/**
 * A sentence of the engine, which may quote the repository: its code spans stay code (nothing inside one can be a link
 * or HTML), everything else is shown as it is.
 */
export function sentenceMarkdown(sentence: string): string {
  return sentence
    .split(/(`[^`\r\n]+`)/)
    .map((part, index) => (index % 2 === 1 ? part : edgedText(part)))
    .join('');
}

/** `markdownText` cuts white space at the ends, which here stands before and after a code span. */
function edgedText(part: string): string {
  const text = markdownText(part);
  if (text === '') return part === '' ? '' : ' ';
  return `${/^\s/.test(part) ? ' ' : ''}${text}${/\s$/.test(part) ? ' ' : ''}`;
}
