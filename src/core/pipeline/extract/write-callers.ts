import type { TextEdit } from '../../text/edit';
import type { Span } from '../../text/position';
import { endOfEntry, layoutOf, leadingComments, yamlLines, type NewYaml } from '../../workflow/edit';
import { valueOf } from '../../workflow/yaml-tree';
import { runOperations, setAt } from '../operations';
import type { Candidate, Member } from './candidate';
import type { ExtractionPlan } from './plan';
import { CALLED_KEYS } from './shape';
import { pieceOf, removals, typedValue } from './write-parts';

/** Edits of a caller's text as it stands, or why there are none. */
export type CallerEdits =
  | { readonly ok: true; readonly edits: readonly TextEdit[] }
  | { readonly ok: false; readonly reason: string };

/**
 * What a caller becomes.
 *
 * @param uses How the new workflow is called from there.
 * @param id The calling job: for a pipeline a new one.
 */
export function callerEdits(
  candidate: Candidate,
  index: number,
  plan: ExtractionPlan,
  uses: string,
  id: string,
): CallerEdits {
  const inputs = plan.inputs.flatMap((input) => {
    const value = input.values[index] ?? '';
    return value === input.defaultValue ? [] : [[input.name, typedValue(input, value)] as const];
  });
  const secrets = plan.secrets.map(
    (secret) => [secret.name, `\${{ secrets.${secret.sources[index] ?? secret.name} }}`] as const,
  );
  const call: Record<string, NewYaml> = {
    uses,
    ...(inputs.length > 0 ? { with: Object.fromEntries(inputs) } : {}),
    ...(secrets.length > 0 ? { secrets: Object.fromEntries(secrets) } : {}),
  };
  return candidate.kind === 'job'
    ? jobCallerEdits(candidate, call)
    : pipelineCallerEdits(candidate, call, id);
}

function jobCallerEdits(candidate: Candidate, call: Readonly<Record<string, NewYaml>>): CallerEdits {
  const { workflow, members } = candidate;
  const [member] = members;
  const piece = member ? pieceOf(workflow.text, workflow, member.job) : null;
  if (!member || !piece) return { ok: false, reason: 'it does not stand on lines of its own' };
  const at = ['jobs', member.id];
  const keys = Object.keys(call);
  const result = runOperations(piece.lead + piece.text, [
    ...keys.map((key, place) =>
      setAt(
        at,
        key,
        call[key] ?? null,
        place === 0 ? { before: CALLED_KEYS } : { after: keys.slice(0, place) },
      ),
    ),
    ...removals(member.job, at, CALLED_KEYS),
  ]);
  if (!result.ok) return result;
  const text = result.text.slice(piece.lead.length);
  return { ok: true, edits: [{ span: { start: piece.start, end: piece.start + piece.text.length }, text }] };
}

function pipelineCallerEdits(
  candidate: Candidate,
  call: Readonly<Record<string, NewYaml>>,
  id: string,
): CallerEdits {
  const { workflow, members } = candidate;
  const { text } = workflow;
  const jobs = valueOf(workflow.tree.root, 'jobs');
  if (jobs?.kind !== 'map' || jobs.isFlow) return { ok: false, reason: 'its jobs stand in brackets' };
  const permissions = unionOfPermissions(members);
  if (permissions === undefined) {
    return { ok: false, reason: 'what its jobs may do cannot be said for all of them in one place' };
  }
  const job: NewYaml = {
    ...(candidate.hasStatusConditions ? { if: '${{ always() }}' } : {}),
    ...(permissions === null ? {} : { permissions }),
    ...call,
  };
  const own = jobs.entries.filter(
    ({ key, isMerged }) => !isMerged && members.some(({ id: one }) => one === key.text),
  );
  const [place] = [...own].sort((a, b) => a.span.start - b.span.start);
  if (!place || own.length !== members.length) return { ok: false, reason: 'its jobs were not found again' };
  if (own.some((entry) => text.slice(lineStart(text, entry.span.start), entry.span.start).trim() !== '')) {
    return { ok: false, reason: 'its jobs do not stand on lines of their own' };
  }
  const layout = layoutOf(text);
  const lines = yamlLines({ [id]: job }, place.span.start - lineStart(text, place.span.start), layout);
  const [first, ...others] = mergedSpans(
    text,
    own.map((entry) => wholeLines(text, entry.span.start, endOfEntry(text, entry))),
  );
  if (!first) return { ok: false, reason: 'its jobs were not found again' };
  return {
    ok: true,
    edits: [
      { span: first, text: lines.join(layout.lineBreak) + layout.lineBreak },
      ...others.map((span) => ({ span: withBlankLine(text, span), text: '' })),
    ],
  };
}

/** The whole lines of an entry with the comments above it. */
function wholeLines(text: string, start: number, end: number): Span {
  const stop = text[end - 1] === '\n' ? end - 1 : text.indexOf('\n', end);
  return { start: leadingComments(text, start), end: stop < 0 ? text.length : stop + 1 };
}

/** Spans in order, those with nothing but blank lines between them as one. */
function mergedSpans(text: string, spans: readonly Span[]): readonly Span[] {
  const merged: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start)) {
    const last = merged[merged.length - 1];
    if (last && text.slice(last.end, span.start).trim() === '') {
      merged[merged.length - 1] = { start: last.start, end: Math.max(last.end, span.end) };
    } else {
      merged.push(span);
    }
  }
  return merged;
}

/** Lines that go, with one blank line where they stand between two, and with those before them at the end of a file. */
function withBlankLine(text: string, { start, end }: Span): Span {
  const before = /\n[ \t]*\r?\n$/.test(text.slice(Math.max(0, start - 80), start));
  const behind = /^[ \t]*\r?\n/.exec(text.slice(end, end + 80))?.[0].length ?? 0;
  if (end === text.length && before)
    return { start: text.slice(0, start).trimEnd().length + layoutOf(text).lineBreak.length, end };
  return before && behind > 0 ? { start, end: end + behind } : { start, end };
}

function lineStart(text: string, offset: number): number {
  return offset <= 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

const ACCESS = ['none', 'read', 'write'];

/** What the tokens of all jobs may do together; null: nobody says; undefined: it cannot be put together. */
export function unionOfPermissions(members: readonly Member[]): NewYaml | null | undefined {
  const stated = members.map((member) => valueOf(member.body, 'permissions'));
  if (members.every(({ job }) => job.permissions === null)) return null;
  const union = new Map<string, number>();
  for (const value of stated) {
    if (value?.kind !== 'map') {
      const texts = new Set(stated.map((each) => (each?.kind === 'scalar' ? each.text : null)));
      const [only = null] = texts;
      return texts.size === 1 && only !== null ? only : undefined;
    }
    for (const entry of value.entries) {
      const access = entry.value.kind === 'scalar' ? ACCESS.indexOf(entry.value.text) : -1;
      if (access < 0) return undefined;
      union.set(entry.key.text, Math.max(access, union.get(entry.key.text) ?? 0));
    }
  }
  return Object.fromEntries([...union].map(([scope, access]) => [scope, ACCESS[access] ?? 'none']));
}
