import { cellCode, codeFence, inlineCode, markdownTable, markdownText } from '../../documents/markdown/write';
import { PHASES, type Phase, type SetupStep } from '../../pipeline/oidc/cloud-setup';
import type { SecretPlace, SecretUses } from '../../pipeline/oidc/secret-uses';
import { applyEdits, lineBreakOf, type TextEdit } from '../../text/edit';

/** A job whose credential was replaced: whether it is, the files tell. */
export interface SwitchedJob {
  readonly path: string;
  readonly job: string;
  readonly provider: string;
  readonly isDone: boolean;
}

/** What the checklist says now. */
export interface Migration {
  readonly steps: readonly SetupStep[];
  readonly jobs: readonly SwitchedJob[];
  readonly secrets: readonly SecretUses[];
}

/** What an existing checklist holds. */
export interface MigrationRead {
  readonly jobs: readonly Omit<SwitchedJob, 'isDone'>[];
  readonly secrets: readonly string[];
  /** Titles that are ticked, and those that are not. */
  readonly done: readonly string[];
  readonly left: readonly string[];
}

/** `- [ ] Title <!-- oidc:id -->` */
const ITEM = /^- \[([ xX])\] (.*) <!-- oidc:(\S+) -->\s*$/gm;

const SECRETS = /<!-- oidc:secrets -->[^]*?<!-- oidc:secrets end -->/;

/** The checklist as a new document. */
export function newMigration(migration: Migration): string {
  const sections = PHASES.map(({ phase, title, why }, index) =>
    [
      `## ${index + 1}. ${title}`,
      why,
      ...(phase === 'remove' ? [secretsBlock(migration.secrets)] : []),
      ...itemsOf(migration, phase),
    ].join('\n\n'),
  );
  return `${[
    '# From stored credentials to OIDC',
    'In this order production has working credentials at every moment. `release-gate oidc` wrote this list; run again, it ticks what the files show to be done, brings the table up to date, and leaves every other word as it is.',
    ...sections,
  ].join('\n\n')}\n`;
}

/** The checklist brought up to date: ticks of what is done, the table, and items that are new. Nothing else changes. */
export function updatedMigration(text: string, migration: Migration): string {
  const done = new Set(migration.jobs.filter(({ isDone }) => isDone).map(idOfJob));
  const present = new Set<string>();
  const edits: TextEdit[] = [];
  for (const match of text.matchAll(ITEM)) {
    const [, tick = '', , id = ''] = match;
    present.add(id);
    if (done.has(id) && tick === ' ') {
      const at = match.index + 3;
      edits.push({ span: { start: at, end: at + 1 }, text: 'x' });
    }
  }
  const table = SECRETS.exec(text);
  if (table) {
    edits.push({
      span: { start: table.index, end: table.index + table[0].length },
      text: secretsBlock(migration.secrets),
    });
  }
  for (const [index, { phase, title }] of PHASES.entries()) {
    const missing = itemsOf(migration, phase, present);
    if (missing.length === 0) continue;
    const heading = new RegExp(`^## ${index + 1}\\. ${title}[^\\n]*$`, 'm').exec(text);
    if (!heading) continue;
    const next = text.indexOf('\n## ', heading.index + 1);
    const end = next < 0 ? text.trimEnd().length : text.slice(0, next).trimEnd().length;
    edits.push({ span: { start: end, end }, text: `\n\n${missing.join('\n\n')}` });
  }
  const lineBreak = lineBreakOf(text);
  return applyEdits(
    text,
    [...edits]
      .sort((a, b) => a.span.start - b.span.start)
      .map((edit) => ({ ...edit, text: edit.text.replaceAll('\n', lineBreak) })),
  );
}

/** Reads what a checklist says of jobs and secrets, and what is ticked. */
export function readMigration(text: string): MigrationRead {
  const jobs: Omit<SwitchedJob, 'isDone'>[] = [];
  const secrets: string[] = [];
  const done: string[] = [];
  const left: string[] = [];
  for (const [, tick = '', title = '', id = ''] of text.matchAll(ITEM)) {
    (tick === ' ' ? left : done).push(title.replace(/\\(?=[^\w\s])/g, '').replaceAll('**', ''));
    const [kind = '', ...parts] = id.split(':').map(decoded);
    if (kind === 'job' && parts.length === 3) {
      const [provider = '', path = '', job = ''] = parts;
      jobs.push({ provider, path, job });
    }
    if (kind === 'remove' && /^[\w-]+$/.test(parts[0] ?? '')) secrets.push(parts[0] ?? '');
  }
  return { jobs, secrets, done, left };
}

function itemsOf(
  migration: Migration,
  phase: Phase,
  present: ReadonlySet<string> = new Set(),
): readonly string[] {
  const jobs = phase === 'switch' ? migration.jobs : [];
  return [
    ...migration.steps
      .filter((step) => step.phase === phase && !present.has(encoded(step.id)))
      .map((step) =>
        step.id.startsWith('remove:')
          ? item(
              encoded(step.id),
              false,
              `Remove the secret ${inlineCode(step.id.slice('remove:'.length))}, once the table says that nothing uses it`,
              null,
              null,
            )
          : item(encoded(step.id), false, `**${markdownText(step.title)}**`, step.why, step.command),
      ),
    ...jobs
      .filter((job) => !present.has(idOfJob(job)))
      .map((job) =>
        item(
          idOfJob(job),
          job.isDone,
          `${inlineCode(job.job)} of ${inlineCode(job.path)} logs in to ${job.provider} by OIDC`,
          null,
          null,
        ),
      ),
  ];
}

function item(
  id: string,
  isDone: boolean,
  title: string,
  why: string | null,
  command: string | null,
): string {
  return [
    `- [${isDone ? 'x' : ' '}] ${title.replace(/\s+/g, ' ')} <!-- oidc:${id} -->`,
    ...(why === null ? [] : ['', `  ${prose(why)}`]),
    ...(command === null ? [] : ['', codeFence(command, 2)]),
  ].join('\n');
}

/** Text of ours with what it quotes as code. */
function prose(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part, index) => (index % 2 === 1 ? inlineCode(part.slice(1, -1)) : ofText(part)))
    .join('');
}

/** The blanks around it stay: they part it from the code beside it. */
function ofText(part: string): string {
  const [, before = '', inner = '', after = ''] = /^(\s*)([^]*?)(\s*)$/.exec(part) ?? [];
  return `${before === '' ? '' : ' '}${markdownText(inner, false)}${after === '' ? '' : ' '}`;
}

function secretsBlock(secrets: readonly SecretUses[]): string {
  const rows = secrets.map((secret) => [cellCode(secret.name), stateOf(secret)]);
  return [
    '<!-- oidc:secrets -->',
    markdownTable(['Secret', 'In the files of this repository'], rows),
    '<!-- oidc:secrets end -->',
  ].join('\n');
}

function stateOf({ uses, mentions, hidden, isComplete }: SecretUses): string {
  if (uses.length > 0) return `still used: ${placesOf(uses)}`;
  const doubts = [
    ...(mentions.length > 0 ? [`its name stands in ${placesOf(mentions)}`] : []),
    ...(hidden.length > 0 ? [`${placesOf(hidden)} can reach it without its name`] : []),
    ...(isComplete ? [] : ['not every file could be read']),
  ];
  return doubts.length > 0
    ? `no workflow takes it; to be looked at: ${doubts.join('; ')}`
    : 'free: nothing uses it';
}

/** More places than this are counted. */
const MAX_PLACES = 10;

function placesOf(places: readonly SecretPlace[]): string {
  const shown = places.slice(0, MAX_PLACES).map(({ path, line }) => cellCode(`${path}:${line}`));
  const rest = places.length - shown.length;
  return shown.join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function idOfJob({ provider, path, job }: Omit<SwitchedJob, 'isDone'>): string {
  return encoded(['job', provider, path, job]);
}

/** The parts of an id, none of which can end the comment that holds it. */
function encoded(id: string | readonly string[]): string {
  const parts = typeof id === 'string' ? id.split(':') : id;
  return parts.map((part) => encodeURIComponent(wellFormed(part)).replaceAll('-', '%2D')).join(':');
}

/** Half of a pair of code units cannot be encoded. */
function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '_');
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
