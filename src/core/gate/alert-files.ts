import { isForeign } from '../evidence/detect/reading';
import { readAlertRules } from '../evidence/results/alert-rules';
import type { RepositoryFiles } from '../ports';
import type { AlertFile } from '../rules/rule';
import { lineIndex } from '../text/position';
import { readKept, type KeptFiles, type ReadingLimits } from './kept-files';
import { isTestData } from './test-data';

/** Files as they were last read, by path; null for one that defines no alert. */
export type AlertsRead = KeptFiles<AlertFile>;

/** Where people keep what defines alerts: rules of Prometheus, PrometheusRule objects, provisioning of Grafana. */
const ALERT_PATH = /alert|rules?[./_-]|prometheus|monitor|observab|grafana|slo[./_-]/i;

/** More files than this are no service's; a larger one was made by a program, and is read by none at a keystroke. */
const LIMITS: ReadingLimits = { files: 300, characters: 500_000 };

/** Whether the gate looks for alerts in a file. */
export function isAlertPath(path: string): boolean {
  return /\.ya?ml$/.test(path) && !path.startsWith('.github/') && ALERT_PATH.test(path);
}

/**
 * The files that define alerts, among those whose path speaks of it and those that are named. A template that only a renderer
 * can read is left out: what its alerts come to is not known.
 */
export async function readAlertFiles(
  files: RepositoryFiles,
  paths: readonly string[],
  named: ReadonlySet<string> | undefined,
  read: AlertsRead,
  signal: AbortSignal | undefined,
): Promise<readonly AlertFile[]> {
  const candidates = paths.filter(
    (path) =>
      (isAlertPath(path) && !isTestData(path) && !isForeign(path)) ||
      (named?.has(path) === true && /\.ya?ml$/.test(path) && !path.startsWith('.github/')),
  );
  return readKept(files, candidates, read, LIMITS, signal, alertFileOf);
}

function alertFileOf(path: string, text: string): AlertFile | null {
  if (!/^\s*(?:-\s+)*["']?(?:alert|condition)["']?\s*:/m.test(text)) return null;
  const alerts = readAlertRules(text.replace(/^\uFEFF/, ''));
  return alerts && alerts.length > 0 ? { path, text, lines: lineIndex(text), alerts } : null;
}
