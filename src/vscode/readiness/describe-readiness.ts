import { markdownText } from '../../core/documents/markdown/write';
import { stateText, verdictWord, type ViewCondition, type ViewSource } from '../../core/readiness/view';
import { placeText } from '../chat/markdown-reply';
import { fenced, sentenceMarkdown } from '../chat/markdown-parts';
import type { Reply } from '../chat/reply';
import type { ReleaseJudgement } from './release-judge';

/** More evidence than this for one reason would bury the next; the panel has all of it. */
const MAX_SOURCES = 5;

/**
 * Says the engine's word on a release: the verdict, what speaks against it with file and line, what is not known and what
 * would settle it, the rollback, what cannot be undone, who waived what, and the criteria.
 */
export function describeReadiness(judgement: ReleaseJudgement, reply: Reply): void {
  const { view, isRestricted, versionFrom } = judgement;
  const target = `${view.service ?? 'the release'} ${view.version} to ${view.environment}`;
  reply.markdown(
    `**${verdictWord(view.verdict)}: ${markdownText(target)}.** ${full(view.summary)}` +
      `${view.verdict === 'unknown' ? ' Unknown never counts as go.' : ''}\n\n`,
  );
  if (versionFrom !== '') {
    reply.markdown(
      `The version was not told; it is ${sentenceMarkdown(versionFrom)}. Write \`version: …\` for another.\n\n`,
    );
  }
  if (isRestricted) {
    reply.markdown('In Restricted Mode git is not run, so what changes is not known.\n\n');
  }
  reply.markdown(
    `${[...view.scope, ...view.notes.map((note) => `Note: ${note}`)].map((line) => `- ${full(line)}\n`).join('')}\n`,
  );

  const against = view.reasons.filter(({ state }) => state !== 'waived');
  reply.markdown('**Reasons, heaviest first:**\n\n');
  if (against.length === 0) reply.markdown('Nothing speaks against it.\n');
  for (const [index, reason] of against.entries()) describeCondition(reason, `${index + 1}. `, reply);
  reply.markdown('\n');

  if (view.actions.length > 0) {
    reply.markdown('**What going back does not undo:**\n\n');
    for (const { why, statement, source, compensatedBy, open, advice } of view.actions) {
      reply.markdown('- ');
      describeSource(source, reply);
      reply.markdown(`: ${full(why)}\n`);
      if (statement !== '') reply.markdown(`${indented(fenced(statement, '', 12).markdown)}`);
      if (compensatedBy !== null) reply.markdown(`  - By the plan: ${full(compensatedBy)}\n`);
      else {
        reply.markdown(`  - The action ${full(open ?? 'is compensated by nothing')}\n`);
        if (advice !== null) reply.markdown(`  - What would make up for it: ${full(advice)}\n`);
      }
    }
    reply.markdown('\n');
  }

  reply.markdown(`**The way back is ${view.rollback.state}:**\n\n`);
  if (view.rollback.missing !== null) reply.markdown(`${full(view.rollback.missing)}\n\n`);
  for (const { id, state, why } of view.rollback.conditions) {
    reply.markdown(`- **${state}** \`${id.replace(/^rollback:/, '')}\`: ${full(why)}\n`);
  }
  reply.markdown('\n');

  if (view.overrides.length > 0) {
    reply.markdown('**Overrides in force**, each a person’s own:\n\n');
    for (const { condition, by, reason, until, source } of view.overrides) {
      reply.markdown(
        `- \`${condition}\` waived by ${markdownText(by)} until ${markdownText(until)}: ${full(reason)} `,
      );
      describeSource(source, reply);
      reply.markdown('\n');
    }
    reply.markdown('\n');
  }
  for (const { source, why } of view.idleOverrides) {
    reply.markdown('- ');
    describeSource(source, reply);
    reply.markdown(` ${full(why)}\n`);
  }

  const rows = view.criteria.map(({ title, status }) => `| ${title} | ${status} |\n`);
  reply.markdown(`\n| what makes it a success | before the release |\n|---|---|\n${rows.join('')}\n`);
}

function describeCondition(condition: ViewCondition, bullet: string, reply: Reply): void {
  const { id, why, next, sources } = condition;
  reply.markdown(`${bullet}**${stateText(condition)}** \`${id}\`: ${full(why)}`);
  for (const source of sources.slice(0, MAX_SOURCES)) {
    reply.markdown(' ');
    describeSource(source, reply);
  }
  if (sources.length > MAX_SOURCES) reply.markdown(` and ${sources.length - MAX_SOURCES} more`);
  reply.markdown('\n');
  if (next !== null) reply.markdown(`   - Next: ${full(next)}\n`);
}

function describeSource({ text, detail, place }: ViewSource, reply: Reply): void {
  if (place) reply.anchor(place, placeText(place));
  else reply.markdown(markdownText(detail === '' ? text : `${text} (${detail})`));
}

function full(text: string): string {
  const markdown = sentenceMarkdown(text.trim());
  return /[.!?]$/.test(markdown) ? markdown : `${markdown}.`;
}

function indented(block: string): string {
  return block
    .split('\n')
    .map((line) => (line === '' ? line : `  ${line}`))
    .join('\n');
}
