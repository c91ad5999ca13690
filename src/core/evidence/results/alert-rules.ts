import type { Range } from '../../text/position';
import { readPlaced, type DataPath } from '../detect/places';
import { isRecord, shownName } from './report';

/** A text of an alert with its place. */
export interface AlertText {
  readonly text: string;
  readonly range: Range | null;
}

/** An alert as a file of rules defines it; a part is null where it has none. */
export interface AlertRule {
  readonly name: string;
  /** Who answers it: the label or annotation `team`, `owner` and their like. */
  readonly owner: string | null;
  /** How urgent it is: the label `severity` or its like. */
  readonly severity: string | null;
  /** How long its condition has to hold (`for`). */
  readonly lasting: string | null;
  /** Where to read what is done: the annotation `runbook_url` or its like. */
  readonly runbook: AlertText | null;
  /** What whoever is called does, or at least what is wrong in a sentence: the annotation `action`, `description`. */
  readonly action: string | null;
  /** What it asks; null for one that Grafana defines in parts. */
  readonly expression: string | null;
  readonly range: Range | null;
}

const OWNER_KEYS = [
  ...['owner', 'team', 'squad', 'owning_team', 'owner_team', 'oncall', 'on_call', 'responder', 'contact'],
];
const SEVERITY_KEYS = ['severity', 'priority', 'level', 'urgency'];
const RUNBOOK_KEYS = [
  ...['runbook_url', 'runbook', 'runbook_link', 'runbookurl', 'playbook', 'playbook_url', 'documentation'],
];
const ACTION_KEYS = [
  ...['action', 'actions', 'what_to_do', 'remediation', 'mitigation', 'resolution', 'next_steps'],
  ...['description', 'message'],
];

const MAX_RULES = 5_000;

/**
 * Reads the alerts of Prometheus' rule files, of PrometheusRule objects (prometheus.io, "Alerting rules") and of Grafana's
 * provisioning files (grafana.com, "Use configuration files to provision alerting resources"); null where the file is no
 * YAML that can be read, such as a template. Labels of a group (Prometheus 3) and of the object speak for their rules.
 */
export function readAlertRules(text: string): readonly AlertRule[] | null {
  const placed = readPlaced(text);
  if (!placed.ok) return null;
  const rules: AlertRule[] = [];
  for (const document of placed.documents) {
    const visit = (value: unknown, path: DataPath, around: readonly unknown[]): void => {
      if (path.length > 12 || rules.length >= MAX_RULES) return;
      if (Array.isArray(value)) {
        for (const [index, item] of (value as readonly unknown[]).entries())
          visit(item, [...path, index], around);
        return;
      }
      if (!isRecord(value)) return;
      const key = typeof value['alert'] === 'string' && 'expr' in value ? 'alert' : grafanaKey(value);
      if (key === null) {
        const own = [
          ...around,
          value['labels'],
          isRecord(value['metadata']) ? value['metadata']['labels'] : null,
        ];
        for (const [name, item] of Object.entries(value)) visit(item, [...path, name], own);
        return;
      }
      const { labels, annotations } = value;
      const runbook = textIn(annotations, RUNBOOK_KEYS) ?? textIn(labels, RUNBOOK_KEYS);
      const isAnnotated = runbook !== null && textIn(annotations, RUNBOOK_KEYS) !== null;
      const lasting = value['for'];
      rules.push({
        name: shownName(String(value[key])),
        owner: shown(
          [labels, annotations, ...[...around].reverse()].map(
            (each) => textIn(each, OWNER_KEYS)?.text ?? null,
          ),
        ),
        severity: shown(
          [labels, ...[...around].reverse()].map((each) => textIn(each, SEVERITY_KEYS)?.text ?? null),
        ),
        lasting: typeof lasting === 'string' || typeof lasting === 'number' ? String(lasting) : null,
        runbook: runbook && {
          text: runbook.text,
          range: document.rangeOf([...path, isAnnotated ? 'annotations' : 'labels', runbook.key]),
        },
        action: textIn(annotations, ACTION_KEYS)?.text ?? null,
        expression: typeof value['expr'] === 'string' ? value['expr'] : null,
        range: document.rangeOf([...path, key]),
      });
    };
    visit(document.data, [], []);
  }
  return rules;
}

/** A rule of Grafana's: a title with queries and the one of them that decides. */
function grafanaKey(value: Readonly<Record<string, unknown>>): 'title' | null {
  return typeof value['title'] === 'string' &&
    typeof value['condition'] === 'string' &&
    Array.isArray(value['data'])
    ? 'title'
    : null;
}

/** The first of the keys that has a text; a number is one too. */
function textIn(
  values: unknown,
  keys: readonly string[],
): { readonly key: string; readonly text: string } | null {
  if (!isRecord(values)) return null;
  for (const [key, value] of Object.entries(values)) {
    if (!keys.includes(key.toLowerCase().replaceAll('-', '_'))) continue;
    if (typeof value === 'number' || (typeof value === 'string' && value.trim() !== ''))
      return { key, text: String(value).trim() };
  }
  return null;
}

function shown(texts: readonly (string | null)[]): string | null {
  const text = texts.find((each) => each !== null);
  return text === undefined || text === null ? null : shownName(text);
}
