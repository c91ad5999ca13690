import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type Node } from 'yaml';
import type { Range } from '../../text/position';
import { shownName } from './report';

/** An alert as a file of rules defines it. */
export interface AlertRule {
  readonly name: string;
  /** Who answers it: the label or annotation `team`, `owner` and their like; null where it names nobody. */
  readonly owner: string | null;
  readonly range: Range;
}

const OWNER_KEYS = [
  'owner',
  'team',
  'squad',
  'owning_team',
  'owner_team',
  'oncall',
  'on_call',
  'responder',
  'contact',
];

/** A label's value; numbers are names too. */
function isText(value: unknown): value is string | number {
  return typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
}

const MAX_RULES = 5_000;

/**
 * Reads the alerts of Prometheus' rule files and of PrometheusRule objects (prometheus.io, "Alerting rules"); null where
 * the file is no YAML that can be read, such as a template.
 */
export function readAlertRules(text: string): readonly AlertRule[] | null {
  const counter = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: counter, uniqueKeys: false });
  const rules: AlertRule[] = [];
  if (!Array.isArray(documents)) return [];
  const positionAt = (offset: number) => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  const visit = (node: Node | null, depth: number): void => {
    if (depth > 12 || rules.length >= MAX_RULES) return;
    if (isSeq(node)) for (const item of node.items) visit(item as Node | null, depth + 1);
    else if (isMap(node)) {
      const alert: unknown = node.get('alert', true);
      if (isScalar(alert) && typeof alert.value === 'string' && node.has('expr')) {
        const owner = [node.get('labels'), node.get('annotations')].flatMap((map) =>
          isMap(map)
            ? map.items.flatMap(({ key, value }) =>
                isScalar(key) &&
                OWNER_KEYS.includes(String(key.value).toLowerCase().replaceAll('-', '_')) &&
                isScalar(value) &&
                isText(value.value)
                  ? [shownName(String(value.value))]
                  : [],
              )
            : [],
        );
        const [start = 0, end = 0] = alert.range ?? [];
        rules.push({
          name: shownName(alert.value),
          owner: owner[0] ?? null,
          range: { start: positionAt(start), end: positionAt(end) },
        });
        return;
      }
      for (const { value } of node.items) visit(value as Node | null, depth + 1);
    }
  };
  for (const document of documents) {
    if (document.errors.length > 0) return null;
    visit(document.contents, 0);
  }
  return rules;
}
