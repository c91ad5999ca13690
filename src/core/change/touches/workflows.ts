import { lineIndex, type Range } from '../../text/position';
import { mapAt, type PlacedDocument } from '../../evidence/detect/places';
import type { TouchEvidence } from '../change';
import type { DetectorWorld } from '../irreversible/detector';
import { readBoundedYaml } from '../irreversible/templated-yaml';
import { isDocumentation, isTestOrSample, isVendored } from '../path-kinds';
import {
  lineRange,
  namesChanged,
  readTextEnds,
  shownEvidence,
  sideOf,
  type FamilyRead,
  type NamedLines,
} from './file-ends';

type Seen = Omit<TouchEvidence, 'kind' | 'path'>;

const WORKFLOW = /^\.github\/(?:workflows\/[^/]+|actions\/.+\/action)\.ya?ml$|(?:^|\/)action\.ya?ml$/i;

/** Rights, in the order of how much they allow; a scope that is not named has none where any is named. */
const LEVELS: Readonly<Record<string, number>> = { none: 0, read: 1, write: 2 };

/** What workflows are allowed, which secrets they use and which jobs they have, as far as the range changes it. */
export async function readWorkflowTouches(world: DetectorWorld): Promise<FamilyRead> {
  const ends = await readTextEnds(
    world,
    (path) => WORKFLOW.test(path) && !isTestOrSample(path) && !isDocumentation(path) && !isVendored(path),
  );
  const evidence: TouchEvidence[] = [];
  // A secret that another changed workflow used before is not new to the repository.
  const before = new Set(ends.flatMap(({ base }) => [...secretsUsed(base).keys()]));
  for (const { file, base, head, unread } of ends) {
    const at = { base: documentOf(base), head: documentOf(head) };
    const pipelines: Seen[] = [
      ...namesChanged(jobsOf(at.base), jobsOf(at.head), { base, head }).map(
        ({ name, change, range, side }) => ({
          range,
          side,
          what: `${change === 'added' ? 'adds' : 'removes'} the job ${name}`,
        }),
      ),
      ...namesChanged(triggersOf(at.base), triggersOf(at.head), { base, head }).map(
        ({ name, change, range, side }) => ({
          range,
          side,
          what: `${change === 'added' ? 'starts' : 'no longer starts'} on ${name}`,
        }),
      ),
    ];
    if (pipelines.length === 0) {
      const what =
        unread !== null
          ? `the file ${unread}, so its jobs are not compared`
          : head === null
            ? 'is gone'
            : base === null
              ? 'is new'
              : 'changes what its jobs do';
      pipelines.push({ range: null, side: sideOf(file), what });
    }
    evidence.push(...shownEvidence('pipelines', file, pipelines));
    evidence.push(...shownEvidence('permissions', file, permissionsRaised(at.base, at.head, { base, head })));
    const used = [...secretsUsed(head)].filter(([name]) => !before.has(name));
    const lines = lineIndex(head ?? '');
    evidence.push(
      ...shownEvidence(
        'secrets',
        file,
        used.map(([name, line]) => ({
          range: lineRange(lines, line),
          side: 'head' as const,
          what: name === 'inherit' ? 'hands all its secrets to a called workflow' : `uses the secret ${name}`,
        })),
      ),
    );
  }
  return { evidence, untouched: [] };
}

function documentOf(text: string | null): PlacedDocument | null {
  if (text === null) return null;
  const read = readBoundedYaml(text);
  return read.ok ? (read.documents[0] ?? null) : null;
}

function jobsOf(document: PlacedDocument | null): NamedLines {
  return new Map(
    Object.keys(mapAt(document?.data, ['jobs'])).map((job) => [
      job,
      document?.rangeOf(['jobs', job])?.start.line ?? 1,
    ]),
  );
}

function triggersOf(document: PlacedDocument | null): NamedLines {
  const data = document?.data;
  if (typeof data !== 'object' || data === null) return new Map();
  const on: unknown = (data as Record<string, unknown>)['on'];
  const names =
    typeof on === 'string'
      ? [on]
      : Array.isArray(on)
        ? on.map(String)
        : typeof on === 'object' && on !== null
          ? Object.keys(on)
          : [];
  const line = document?.rangeOf(['on'])?.start.line ?? 1;
  return new Map(
    names.map((name) => [
      name,
      (typeof on === 'object' && !Array.isArray(on) ? document?.rangeOf(['on', name])?.start.line : null) ??
        line,
    ]),
  );
}

interface Right {
  readonly level: number;
  readonly line: number;
}

/** `scope` and its level, by whom it is for: '' is the workflow, else a job. */
function rightsOf(document: PlacedDocument | null): ReadonlyMap<string, Right> {
  const rights = new Map<string, Right>();
  if (!document) return rights;
  const read = (owner: string, at: readonly string[]): void => {
    const parent = at.slice(0, -1);
    const value = mapAt(document.data, parent)['permissions'];
    const line = document.rangeOf(at)?.start.line ?? 1;
    if (typeof value === 'string') {
      const level = /^(write|read)-all$/.exec(value)?.[1];
      if (level !== undefined) rights.set(`${owner}\0every scope`, { level: LEVELS[level] ?? 0, line });
      return;
    }
    for (const [scope, level] of Object.entries(mapAt(document.data, at))) {
      rights.set(`${owner}\0${scope}`, {
        level: LEVELS[String(level)] ?? 0,
        line: document.rangeOf([...at, scope])?.start.line ?? line,
      });
    }
  };
  read('', ['permissions']);
  for (const job of Object.keys(mapAt(document.data, ['jobs']))) read(job, ['jobs', job, 'permissions']);
  return rights;
}

function permissionsRaised(
  before: PlacedDocument | null,
  after: PlacedDocument | null,
  texts: { readonly base: string | null; readonly head: string | null },
): readonly Seen[] {
  const old = rightsOf(before);
  const now = rightsOf(after);
  const names = Object.keys(LEVELS);
  const seen: Seen[] = [];
  const at = (side: 'head' | 'base', line: number): { range: Range; side: 'head' | 'base' } => ({
    range: lineRange(lineIndex(texts[side] ?? ''), line),
    side,
  });
  const whose = (owner: string): string => (owner === '' ? 'the workflow' : `the job ${owner}`);
  for (const [key, right] of now) {
    const [owner = '', scope = ''] = key.split('\0');
    const was = old.get(key)?.level ?? 0;
    if (right.level > was) {
      seen.push({
        ...at('head', right.line),
        what: `gives ${whose(owner)} ${names[right.level] ?? ''} on ${scope}`,
      });
    } else if (right.level < was) {
      seen.push({
        ...at('head', right.line),
        what: `leaves ${whose(owner)} only ${names[right.level] ?? ''} on ${scope}`,
      });
    }
  }
  for (const [key, right] of old) {
    const [owner = '', scope = ''] = key.split('\0');
    if (now.has(key) || right.level === 0 || after === null) continue;
    seen.push({
      ...at('base', right.line),
      what: `no longer says that ${whose(owner)} has ${names[right.level] ?? ''} on ${scope}`,
    });
  }
  return seen;
}

/** Secrets that a text uses, outside of comments, with the line of the first use; `inherit` for all of them. */
function secretsUsed(text: string | null): NamedLines {
  const names = new Map<string, number>();
  (text ?? '').split('\n').forEach((raw, index) => {
    const line = raw.replace(/(?:^|\s)#.*$/, '');
    for (const match of line.matchAll(/\bsecrets(?:\.([A-Za-z_][\w-]*)|\[\s*'([^']+)'\s*\])/g)) {
      const name = (match[1] ?? match[2] ?? '').toUpperCase();
      if (name !== 'GITHUB_TOKEN' && !names.has(name)) names.set(name, index + 1);
    }
    if (/^\s*secrets:\s*inherit\s*$/.test(line) && !names.has('inherit')) names.set('inherit', index + 1);
  });
  return names;
}
