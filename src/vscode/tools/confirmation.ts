import { unifiedDifference } from '../../core/text/difference';
import { changesAnything, shownPath } from '../../core/text/proposal';
import { fenced, sentenceMarkdown } from '../chat/markdown-parts';
import type { Proposal } from '../proposals/proposals';

/** A confirmation longer than this is not read; a longer difference is opened in the editor instead. */
const MAX_SHOWN_LINES = 80;

/** What the person is asked before a model's Apply, and which differences the question shows in full. */
export interface Confirmation {
  readonly title: string;
  readonly markdown: string;
  readonly shownPaths: readonly string[];
}

/** Names every file, new or changed, and shows the difference of what a person wrote. */
export function confirmationOf(proposal: Proposal): Confirmation {
  const changing = proposal.result.files.filter(changesAnything);
  const shownPaths: string[] = [];
  const parts = [
    `Release Gate would write ${changing.length} ${changing.length === 1 ? 'file' : 'files'}:\n\n`,
    ...changing.map(
      (file) =>
        `- \`${shownPath(file)}\` (${file.before === null ? 'new' : 'changes an existing file'}): ${sentenceMarkdown(file.purpose)}\n`,
    ),
    '\n',
  ];
  for (const file of changing) {
    if (file.before === null) continue;
    const { markdown, isCut } = fenced(unifiedDifference(file), 'diff', MAX_SHOWN_LINES);
    parts.push(`\`${shownPath(file)}\`:\n\n${markdown}\n`);
    if (isCut)
      parts.push('The rest of this difference is opened in the editor before anything is written.\n\n');
    else shownPaths.push(shownPath(file));
  }
  return { title: 'Apply a proposal of Release Gate', markdown: parts.join(''), shownPaths };
}
