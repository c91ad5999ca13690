import type { ReadDocument } from '../../documents/document';
import type { DeploymentReport } from '../../documents/deployment-report/deployment-report';
import { deploymentReportKind } from '../../documents/deployment-report/deployment-report-kind';
import type { ReleaseNotes } from '../../documents/release-notes/release-notes';
import { releaseNotesKind } from '../../documents/release-notes/release-notes-kind';
import type { Runbook } from '../../documents/runbook/runbook';
import { runbookKind } from '../../documents/runbook/runbook-kind';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import type {
  Measurement,
  ReportedIssue,
  VerificationReport,
} from '../../documents/verification-report/verification-report';
import { verificationReportKind } from '../../documents/verification-report/verification-report-kind';
import { fileSource, isKnown, placeholder, type Source } from '../../evidence/fact';
import { isSameVersion } from '../../records/records-in';
import type { JudgedRelease } from './judged-release';

/** A document that was read, with its data. */
export interface KnownDocument<T> {
  readonly path: string;
  readonly data: T;
}

/** What reports of the repository already say of one release; the newest by its path where there are several. */
export interface KnownReports {
  readonly verification: KnownDocument<VerificationReport> | null;
  readonly deployment: KnownDocument<DeploymentReport> | null;
  readonly notes: KnownDocument<ReleaseNotes> | null;
  readonly runbook: KnownDocument<Runbook> | null;
  readonly sources: readonly Source[];
}

/** The reports of a release in the repository, by version and environment. */
export function knownReports({ facts, version, environment }: JudgedRelease): KnownReports {
  const name = isKnown(version) ? version.value : null;
  const where = isKnown(environment) ? environment.value.toLowerCase() : null;
  const newest = <T>(kind: string, isMeant: (data: T) => boolean): KnownDocument<T> | null =>
    facts.documents
      .filter((document: ReadDocument) => document.kind === kind && isMeant(document.data as T))
      .map(({ path, data }) => ({ path, data: data as T }))
      .sort((a, b) => (a.path < b.path ? 1 : -1))[0] ?? null;
  const isThis = (of: { readonly version: string; readonly environment: string }): boolean =>
    name !== null &&
    isSameVersion(of.version, name) &&
    (where === null || of.environment.toLowerCase() === where);
  const verification = newest<VerificationReport>(verificationReportKind.id, ({ summary }) =>
    isThis(summary),
  );
  const deployment = newest<DeploymentReport>(deploymentReportKind.id, ({ summary }) => isThis(summary));
  const notes = newest<ReleaseNotes>(
    releaseNotesKind.id,
    (data) => name !== null && isSameVersion(data.version, name),
  );
  const runbook = newest<Runbook>(runbookKind.id, () => true);
  return {
    verification,
    deployment,
    notes,
    runbook,
    sources: [verification, deployment, notes, runbook].flatMap((known) =>
      known ? [fileSource(known.path)] : [],
    ),
  };
}

/** The numbers that a report is asked for where nothing tells which there are. */
const USUAL_METRICS = ['p95 latency', 'error rate'];

/** And one that only those who know the business can name. */
const BUSINESS_METRIC: Measurement = {
  metric: placeholder('the business metric that this release may hurt'),
  measured: placeholder('its value after the deployment, with unit'),
  baseline: placeholder('its value before the deployment, with unit'),
  source: placeholder('the dashboard or query that shows it'),
};

/** What a metric that a person tells needs, in the order of its cells. */
export const METRIC_NEEDS = {
  metric: 'metric',
  measured: 'its value after the deployment, with unit',
  baseline: 'its value before, with unit',
  source: 'the dashboard or query that shows it',
} as const;

/**
 * The metrics that a report asks for: those whose normal values the runbook has, with these as baselines; else the usual
 * ones. What was measured is nobody's but the person's to say.
 */
export function askedMeasurements(runbook: KnownDocument<Runbook> | null): readonly Measurement[] {
  const known = (runbook?.data.baselines ?? []).filter(
    ({ metric }) => metric !== '' && !holdsPlaceholder(metric),
  );
  const ask = (metric: string, baseline: string | null, source: string | null): Measurement => ({
    metric,
    measured: placeholder(`${metric} after the deployment, with unit`),
    baseline: baseline ?? placeholder(`${metric} before the deployment, with unit`),
    source: source ?? placeholder(`the dashboard or query that shows ${metric}`),
  });
  return known.length > 0
    ? known.map(({ metric, good, source }) =>
        ask(
          metric,
          good !== '' && !holdsPlaceholder(good) ? good : null,
          source !== '' && !holdsPlaceholder(source) ? source : null,
        ),
      )
    : [...USUAL_METRICS.map((metric) => ask(metric, null, null)), BUSINESS_METRIC];
}

/** What an issue needs, in the order of its cells. */
export const ISSUE_NEEDS = {
  issue: 'what went wrong',
  resolution: 'how it was resolved, or that it is open',
  runbook: 'whether the runbook needs updating, and where',
  followUp: 'what is still to be done, or none',
  owner: 'owner by name',
  due: 'day such as 2027-03-01',
} as const;

/** What stands until somebody says what went wrong. */
export const askedIssue: ReportedIssue = {
  issue: placeholder('what went wrong; take this row away where nothing did'),
  resolution: '',
  runbook: '',
  followUp: '',
  owner: '',
  due: '',
};

/** What is still to be done of the issues of a report. */
export function followUpsOf(
  reports: KnownReports,
): readonly { readonly action: string; readonly owner: string; readonly due: string }[] {
  const issues = [
    ...(reports.verification?.data.issues ?? []),
    ...(reports.deployment?.data.issues ?? []),
  ].filter(({ issue }) => issue !== '' && !holdsPlaceholder(issue));
  const seen = new Set<string>();
  return issues.flatMap(({ issue, followUp, runbook, owner, due }) => {
    const isRunbook = /^yes\b/i.test(runbook);
    const actions = [
      ...(followUp === '' || /^none\.?$/i.test(followUp) ? [] : [followUp]),
      ...(isRunbook ? [`Update the runbook (${runbook}) after: ${issue}`] : []),
    ].filter((action) => !seen.has(action) && seen.add(action));
    return actions.map((action) => ({
      action,
      owner: owner || placeholder('owner by name'),
      due: due || placeholder('day such as 2027-03-01'),
    }));
  });
}
