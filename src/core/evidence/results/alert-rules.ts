import type { Range } from '../../text/position';
import { readPlaced } from '../detect/places';
import { isRecord, shownName } from './report';

/** An alert as a file of rules defines it. */
export interface AlertRule {
  readonly name: string;
  /** Who answers it: the label or annotation `team`, `owner` and their like; null where it names nobody. */
  readonly owner: string | null;
  readonly range: Range | null;
}

const OWNER_KEYS = [
  ...['owner', 'team', 'squad', 'owning_team', 'owner_team', 'oncall', 'on_call', 'responder', 'contact'],
];

const MAX_RULES = 5_000;

/**
 * Reads the alerts of Prometheus' rule files and of PrometheusRule objects (prometheus.io, "Alerting rules"); null where
 * the file is no YAML that can be read, such as a template.
 */
export function readAlertRules(text: string): readonly AlertRule[] | null {
  const placed = readPlaced(text);
  if (!placed.ok) return null;
  const rules: AlertRule[] = [];
  for (const document of placed.documents) {
    const visit = (value: unknown, path: readonly (string | number)[]): void => {
      if (path.length > 12 || rules.length >= MAX_RULES) return;
      if (Array.isArray(value)) {
        for (const [index, item] of (value as readonly unknown[]).entries()) visit(item, [...path, index]);
      } else if (isRecord(value)) {
        const { alert, labels, annotations } = value;
        if (typeof alert === 'string' && 'expr' in value) {
          rules.push({
            name: shownName(alert),
            owner: ownerIn(labels) ?? ownerIn(annotations),
            range: document.rangeOf([...path, 'alert']),
          });
        } else for (const [key, item] of Object.entries(value)) visit(item, [...path, key]);
      }
    };
    visit(document.data, []);
  }
  return rules;
}

/** A team's name; a number is one too. */
function ownerIn(labels: unknown): string | null {
  if (!isRecord(labels)) return null;
  for (const [key, value] of Object.entries(labels)) {
    if (!OWNER_KEYS.includes(key.toLowerCase().replaceAll('-', '_'))) continue;
    if (typeof value === 'number' || (typeof value === 'string' && value.trim() !== ''))
      return shownName(String(value));
  }
  return null;
}
