import { markdownText } from '../../core/documents/markdown/write';
import type { FixedRepository, FixOfFinding } from '../../core/gate/apply-fixes';
import { counted } from '../../core/text/words';
import { describeFiles } from '../chat/describe-result';
import { sentenceMarkdown } from '../chat/markdown-parts';
import type { Reply } from '../chat/reply';

/** Says what was fixed in a folder, what was taken back, and how its files would change. */
export function describeFixes(name: string, fixed: FixedRepository, reply: Reply): void {
  const open = fixed.after.findings.filter((finding) => finding.status !== 'waived').length;
  reply.markdown(`# Fixes for ${markdownText(name)}\n\n`);
  reply.markdown(
    `${counted(fixed.applied.length, 'finding')} can be fixed without changing a run that works today; ` +
      `${counted(open, 'finding')} would be left.\n\n`,
  );
  for (const fix of fixed.applied) reply.markdown(fixLine(fix));
  if (fixed.refused.length > 0) {
    reply.markdown('\n**Not fixed**, since the result would not be right:\n\n');
    for (const fix of fixed.refused) {
      reply.markdown(`${fixLine(fix).trimEnd()} Not applied: ${sentenceMarkdown(fix.reason)}.\n`);
    }
  }
  reply.markdown('\n');
  describeFiles(fixed.files, reply);
}

function fixLine({ path, range, rule, title }: FixOfFinding): string {
  const place = range ? `:${range.start.line}` : '';
  return `- \`${path}${place}\` \`${rule}\`: ${sentenceMarkdown(title)}.\n`;
}
