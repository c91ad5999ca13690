import { anchorsOf } from '../../documents/markdown/anchors';
import type { AlertRule as DefinedAlert } from '../../evidence/results/alert-rules';
import type { Range, Span } from '../../text/position';
import type { TextEdit } from '../../text/edit';
import { enumerated } from '../../text/words';
import { nearMiss } from '../near-miss';
import type { AlertFile, AlertRule, GateFacts, RuleFinding } from '../rule';

/** From here on alerts of one file that lack the same are one finding: they were written after one pattern. */
const SAME_LACK = 4;

/** More of them than this are counted only. */
const MAX_EVIDENCE = 20;

/** An alert that nobody can act on: it lacks owner, severity, duration, runbook or what is to be done. */
export const rule: AlertRule = {
  id: 'alert-not-actionable',
  title: 'An alert says not who does what',
  severity: 'warn',
  why: 'An alert without owner, urgency and a next step wakes somebody who can only wait; the second time it is ignored.',
  subject: 'alerts',
  asksHistory: true,
  check: (file, facts): readonly RuleFinding[] => {
    const lacking = file.alerts
      .filter((alert) => !isHeartbeat(alert))
      .map((alert) => ({ alert, lacks: lacksOf(alert) }))
      .filter(({ lacks }) => lacks.length > 0);
    const byLack = new Map<string, typeof lacking>();
    for (const each of lacking) {
      const key = each.lacks.join();
      byLack.set(key, [...(byLack.get(key) ?? []), each]);
    }
    return [
      ...[...byLack.values()].flatMap((group) =>
        group.length >= SAME_LACK ? [together(file, group)] : group.map((each) => one(file, each)),
      ),
      ...file.alerts.flatMap((alert) => brokenRunbook(file, alert, facts)),
    ];
  },
};

interface Lacking {
  readonly alert: DefinedAlert;
  readonly lacks: readonly string[];
}

function lacksOf({ owner, severity, lasting, runbook, action }: DefinedAlert): readonly string[] {
  return [
    ...(owner === null || owner.includes('UNKNOWN(') ? ['owner (label team or owner)'] : []),
    ...(severity === null ? ['severity (label severity)'] : []),
    ...(lasting === null ? ['duration (for)'] : []),
    ...(runbook === null ? ['link to a runbook (annotation runbook_url)'] : []),
    ...(action === null ? ['word on what to do (annotation action or description)'] : []),
  ];
}

/** One that always fires on purpose, so that its silence is noticed: nobody acts on it. */
function isHeartbeat({ severity, expression }: DefinedAlert): boolean {
  return severity?.toLowerCase() === 'none' || /^\s*vector\(\s*1\s*\)\s*$/.test(expression ?? '');
}

function lacked(lacks: readonly string[]): string {
  return enumerated(
    lacks.map((lack) => `no ${lack}`),
    'and',
  );
}

function one(file: AlertFile, { alert, lacks }: Lacking): RuleFinding {
  return {
    message: `The alert "${alert.name}" has ${lacked(lacks)}: add what is missing`,
    path: file.path,
    span: spanOf(file, alert.range),
    status: 'fail',
  };
}

function together(file: AlertFile, group: readonly Lacking[]): RuleFinding {
  const [first, ...others] = group;
  const lacks = first?.lacks ?? [];
  return {
    message: `${group.length} alerts, "${first?.alert.name ?? ''}" the first of them, have ${lacked(lacks)}: add it to each, or labels to their group`,
    path: file.path,
    span: spanOf(file, first?.alert.range ?? null),
    status: 'fail',
    evidence: others.slice(0, MAX_EVIDENCE).map(({ alert }) => ({
      message: `"${alert.name}" too`,
      path: file.path,
      span: spanOf(file, alert.range),
    })),
  };
}

/** A link to a page of this repository that is not there, or has no such heading. */
function brokenRunbook(file: AlertFile, alert: DefinedAlert, facts: GateFacts): readonly RuleFinding[] {
  const link = alert.runbook === null ? null : inRepository(alert.runbook.text, facts);
  if (!link || facts.isEveryPathListed !== true) return [];
  const span = spanOf(file, alert.runbook?.range ?? alert.range);
  const found = (message: string, wrong: string, near: string | null): readonly RuleFinding[] => {
    const edit = near === null ? null : replaced(file, span, wrong, near);
    return [
      {
        message: `The runbook of the alert "${alert.name}" ${message}`,
        path: file.path,
        span,
        status: 'fail',
        ...(edit
          ? {
              fix: {
                kind: 'proposed',
                title: `Write "${near}" in the place of "${wrong}"`,
                edits: [{ path: file.path, edits: [edit] }],
              },
            }
          : {}),
      },
    ];
  };
  const path = link.candidates(file.path).find((each) => facts.paths.has(each));
  if (path === undefined) {
    const [wanted = ''] = link.candidates(file.path);
    const pages = [...facts.paths].filter((each) => each.endsWith('.md'));
    const near = nearMiss(wanted, pages);
    return found(
      `is "${wanted}", which is not there: ${near === null ? 'link to a page that is' : `"${near}" may be meant`}`,
      wanted,
      near,
    );
  }
  if (link.anchor === null || !/\.(?:md|markdown)$/i.test(path)) return [];
  const document = facts.documents?.find((each) => each.path === path);
  const anchors = document ? anchorsOf(document) : facts.anchors?.get(path);
  if (!anchors || anchors.has(link.anchor)) return [];
  const near = nearMiss(link.anchor, anchors);
  return found(
    `is "${path}", which has no heading with the anchor "#${link.anchor}": ${near === null ? 'link to one that it has' : `"#${near}" may be meant`}`,
    `#${link.anchor}`,
    near === null ? null : `#${near}`,
  );
}

/** What a link means in this repository; null for a page of elsewhere, and for what a template fills in. */
function inRepository(
  text: string,
  { history }: GateFacts,
): { candidates(from: string): readonly string[]; readonly anchor: string | null } | null {
  if (/\{\{|\$\{|\s|UNKNOWN/.test(text)) return null;
  const [target = '', anchor = null] = text.split('#');
  const web = /^https?:\/\/([^/]+)\/([^/]+\/[^/]+)\/(?:-\/)?(?:blob|tree|raw)\/[^/]+\/(.+)$/.exec(target);
  if (web) {
    const remote = history?.remoteUrl();
    const [, host = '', name = '', path = ''] = web;
    const isOurs =
      remote !== undefined &&
      remote !== null &&
      remote
        .replace(/\.git\/?$/, '')
        .replace(':', '/')
        .endsWith(`${host}/${name}`);
    return isOurs ? { candidates: () => [decoded(path)], anchor } : null;
  }
  if (/^[a-z][a-z0-9+.-]*:|^\/\//i.test(target) || !/\.\w{1,10}$/.test(target)) return null;
  return {
    // From the root, as people write it in an alert, or from the file that holds it.
    candidates: (from) => {
      const own = decoded(target).replace(/^(?:\.?\/)+/, '');
      const beside = resolved([...from.split('/').slice(0, -1), ...decoded(target).split('/')]);
      return target.startsWith('..')
        ? beside === null
          ? []
          : [beside]
        : [own, ...(beside === null ? [] : [beside])];
    },
    anchor,
  };
}

/** Behind the key of the annotation, where the text stands as it is read. */
function replaced(file: AlertFile, key: Span | null, wrong: string, right: string): TextEdit | null {
  const start = key === null ? -1 : file.text.indexOf(wrong, key.end);
  if (key === null || start < 0 || start - key.end > 300) return null;
  return { span: { start, end: start + wrong.length }, text: right };
}

function resolved(parts: readonly string[]): string | null {
  const path: string[] = [];
  for (const part of parts) {
    if (part === '' || part === '.') continue;
    if (part !== '..') path.push(part);
    else if (path.pop() === undefined) return null;
  }
  return path.join('/');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function spanOf({ lines }: AlertFile, range: Range | null): Span | null {
  return range ? { start: lines.offsetAt(range.start), end: lines.offsetAt(range.end) } : null;
}
