import { markdownText } from '../../core/documents/markdown/write';
import type { Source } from '../../core/evidence/fact';
import type { Finding } from '../../core/gate/report';
import { verdictOf } from '../../core/gate/report';
import type { ManualStep, TaskResult } from '../../core/tasks/task';
import { unifiedDifference } from '../../core/text/difference';
import { changesAnything, shownPath, type ProposedFile } from '../../core/text/proposal';
import { fenced, fenceLanguage, sentenceMarkdown } from './markdown-parts';
import { placeText } from './markdown-reply';
import type { Place, Reply } from './reply';
import { counted } from '../../core/text/words';

/** More than these would bury the answer; the rest is counted. */
const MAX_ANCHORS = 10;
const MAX_OTHER_SOURCES = 4;
const MAX_FINDINGS = 30;
const MAX_UNKNOWNS = 40;

/** Says a task's result: what it read, what it would write, what nobody knows and what the gate finds in it. */
export function describeResult(result: TaskResult, reply: Reply): void {
  reply.markdown(`${result.summary.trim()}\n\n`);
  describeSources(result.sources, reply);
  describeFiles(result.files, reply);
  describeUnknowns(result, reply);
  describeManualSteps(result.manualSteps, reply);
  describeFindings(result, reply);
  describeNotes(result.notes, reply);
}

/** The tree of what would be written and the buttons: the end of an answer. */
export function offerResult(result: Pick<TaskResult, 'files'>, proposal: string, reply: Reply): void {
  const changing = result.files.filter(changesAnything);
  if (changing.length > 0) {
    reply.fileTree(changing.map(shownPath), proposal);
    const replaces = changing.some((file) => file.before !== null);
    reply.button({ kind: 'apply', proposal, replaces });
    reply.button({ kind: 'show-difference', proposal, path: null });
  }
  const document = changing.find((file) => file.path.endsWith('.md'));
  if (document) reply.button({ kind: 'preview', proposal, path: document.path });
  reply.button({ kind: 'check' });
}

/** The places of the repository among `sources`, each once. */
export function placesOf(sources: readonly Source[]): readonly Place[] {
  const seen = new Set<string>();
  return sources.flatMap((source) => {
    if (source.kind !== 'file') return [];
    const place = { path: source.path, range: source.range };
    const key = placeText(place);
    if (seen.has(key)) return [];
    seen.add(key);
    return [place];
  });
}

function describeSources(sources: readonly Source[], reply: Reply): void {
  const places = placesOf(sources);
  for (const place of places) reply.reference(place);
  const others = sources.flatMap(sourceText);
  if (places.length === 0 && others.length === 0) return;
  reply.markdown('Read: ');
  for (const [index, place] of places.slice(0, MAX_ANCHORS).entries()) {
    if (index > 0) reply.markdown(', ');
    reply.anchor(place, placeText(place));
  }
  const more = Math.max(0, places.length - MAX_ANCHORS);
  const tail = [...(more > 0 ? [`${more} more`] : []), ...others.slice(0, MAX_OTHER_SOURCES)];
  const unnamed = others.length - MAX_OTHER_SOURCES;
  if (unnamed > 0) tail.push(`${unnamed} more from the history`);
  if (tail.length > 0) reply.markdown(`${places.length > 0 ? ', ' : ''}${tail.join(', ')}`);
  reply.markdown('.\n\n');
}

function sourceText(source: Source): string[] {
  switch (source.kind) {
    case 'file':
      return [];
    case 'commit':
      return [`commit \`${source.hash.slice(0, 8)}\` ${markdownText(source.subject)}`];
    case 'tag':
      return [`tag ${markdownText(source.name)}`];
    case 'git':
      return [markdownText(source.what)];
    case 'answer':
      return [`${markdownText(source.from)}: ${markdownText(source.what)}`];
    case 'person':
      return [`what you said about ${markdownText(source.question)}`];
  }
}

/** What would be written: new files whole, others as a difference. */
export function describeFiles(files: readonly ProposedFile[], reply: Reply): void {
  const changing = files.filter(changesAnything);
  const same = files.filter((file) => !changesAnything(file));
  if (changing.length > 0) {
    reply.markdown(`Would write ${counted(changing.length, 'file')}; nothing is written before Apply.\n\n`);
  }
  for (const file of changing) describeFile(file, reply);
  if (same.length > 0) {
    reply.markdown(
      `Already as it should be: ${same.map((file) => `\`${shownPath(file)}\``).join(', ')}.\n\n`,
    );
  }
}

function describeFile(file: ProposedFile, reply: Reply): void {
  const purpose = `: ${sentenceMarkdown(file.purpose)}`;
  if (file.before === null) {
    reply.markdown(`**\`${shownPath(file)}\`** (new)${purpose}\n\n`);
    const { markdown, isCut } = fenced(file.after, fenceLanguage(file.path));
    reply.markdown(`${markdown}\n`);
    if (isCut) describeCut(file, reply);
    return;
  }
  reply.markdown(`**\`${shownPath(file)}\`** (changes an existing file)${purpose}\n\n`);
  const { markdown, isCut } = fenced(unifiedDifference(file), 'diff');
  reply.markdown(`${markdown}\n`);
  if (isCut) describeCut(file, reply);
}

function describeCut(file: ProposedFile, reply: Reply): void {
  reply.markdown(`The rest of \`${shownPath(file)}\` is left out here; Show Difference has all of it.\n\n`);
}

function describeUnknowns(result: TaskResult, reply: Reply): void {
  const { unknowns } = result;
  if (unknowns.length === 0) return;
  reply.markdown(
    `**Not known (${unknowns.length}).** Each stands as \`UNKNOWN(…)\` in the files until somebody fills it in:\n\n`,
  );
  const shown = unknowns.slice(0, MAX_UNKNOWNS).map((each) => `- ${sentenceMarkdown(each.unknown)}\n`);
  reply.markdown(`${shown.join('')}${rest(unknowns.length, MAX_UNKNOWNS)}\n`);
}

function describeManualSteps(steps: readonly ManualStep[], reply: Reply): void {
  if (steps.length === 0) return;
  reply.markdown('**To be done by hand:**\n\n');
  for (const [index, step] of steps.entries()) {
    reply.markdown(`${index + 1}. ${sentenceMarkdown(step.title)}. ${sentenceMarkdown(step.why)}\n\n`);
    if (step.command !== null) reply.markdown(`${fenced(step.command, 'shellscript').markdown}\n`);
  }
}

function describeFindings(result: TaskResult, reply: Reply): void {
  if (result.files.length === 0) return;
  if (result.findings.length === 0) {
    reply.markdown('**The gate** finds nothing in these files.\n\n');
    return;
  }
  reply.markdown(`**The gate** says ${verdictOf(result.findings)} for these files:\n\n`);
  describeFindingList(result.findings, reply);
}

/** A list of findings, the state of each in words. */
export function describeFindingList(findings: readonly Finding[], reply: Reply): void {
  for (const finding of findings.slice(0, MAX_FINDINGS)) {
    reply.markdown(`- **${stateWord(finding)}** \`${finding.rule}\` `);
    reply.anchor(finding, placeText(finding));
    reply.markdown(`: ${sentenceMarkdown(finding.message)}\n`);
    for (const step of finding.counterexample?.steps ?? []) {
      reply.markdown(`  - \`${step.job}\` ${sentenceMarkdown(step.result)}: ${sentenceMarkdown(step.why)}\n`);
    }
  }
  reply.markdown(`${rest(findings.length, MAX_FINDINGS)}\n`);
}

/** Severity and status of a finding in one word or two. */
export function stateWord(finding: Pick<Finding, 'severity' | 'status' | 'baseline'>): string {
  switch (finding.status) {
    case 'waived':
      return finding.baseline === undefined ? 'waived' : 'known before';
    case 'unknown':
      return finding.severity === 'block' ? 'unknown (blocks)' : 'unknown';
    case 'fail':
      return finding.severity === 'block'
        ? 'blocks'
        : finding.severity === 'warn'
          ? 'warning'
          : 'information';
  }
}

function describeNotes(notes: readonly string[], reply: Reply): void {
  if (notes.length === 0) return;
  reply.markdown(`**Left alone:**\n\n${notes.map((note) => `- ${sentenceMarkdown(note)}\n`).join('')}\n`);
}

function rest(total: number, shown: number): string {
  return total > shown ? `- … and ${total - shown} more\n` : '';
}
