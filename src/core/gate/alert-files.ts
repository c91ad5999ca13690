import { isForeign } from '../evidence/detect/reading';
import { readAlertRules } from '../evidence/results/alert-rules';
import type { RepositoryFiles } from '../ports';
import type { AlertFile } from '../rules/rule';
import { lineIndex } from '../text/position';
import { isTestData } from './test-data';

/** Files as they were last read, by path; null for one that defines no alert. */
export type AlertsRead = Map<string, { readonly text: string; readonly file: AlertFile | null }>;

/** Where people keep what defines alerts: rules of Prometheus, PrometheusRule objects, provisioning of Grafana. */
const ALERT_PATH = /alert|rules?[./_-]|prometheus|monitor|observab|grafana|slo[./_-]/i;

/** More files of alerts than this are no service's. */
const MAX_FILES = 300;

/** A larger file was made by a program, and is read by none at a keystroke. */
const MAX_CHARACTERS = 500_000;

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
  const found: AlertFile[] = [];
  const candidates = paths.filter(
    (path) =>
      (isAlertPath(path) && !isTestData(path) && !isForeign(path)) ||
      (named?.has(path) === true && /\.ya?ml$/.test(path) && !path.startsWith('.github/')),
  );
  for (const path of candidates.slice(0, MAX_FILES)) {
    signal?.throwIfAborted();
    const result = await files.read(path);
    if (!result.ok || result.text.length > MAX_CHARACTERS) continue;
    const { text } = result;
    const before = read.get(path);
    const file = before?.text === text ? before.file : alertFileOf(path, text);
    read.set(path, { text, file });
    if (file) found.push(file);
  }
  if (read.size > candidates.length) {
    const kept = new Set(candidates);
    for (const path of read.keys()) if (!kept.has(path)) read.delete(path);
  }
  return found;
}

function alertFileOf(path: string, text: string): AlertFile | null {
  if (!/^\s*(?:-\s+)*["']?(?:alert|condition)["']?\s*:/m.test(text)) return null;
  const alerts = readAlertRules(text.replace(/^\uFEFF/, ''));
  return alerts && alerts.length > 0 ? { path, text, lines: lineIndex(text), alerts } : null;
}
