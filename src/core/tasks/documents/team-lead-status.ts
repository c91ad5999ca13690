import type { TeamLeadStatus } from '../../documents/team-lead-status/team-lead-status';
import { teamLeadStatusKind } from '../../documents/team-lead-status/team-lead-status-kind';
import { markdownText } from '../../documents/markdown/write';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { fileSource, isKnown, placeholder, textOf } from '../../evidence/fact';
import { isoTime, zonedTime } from '../../text/zoned-time';
import { judgeTold, type JudgedRelease } from '../reports/judged-release';
import { followUpsOf, knownReports, METRIC_NEEDS, type KnownReports } from '../reports/known-reports';
import { measurementsInput, releaseInputs } from '../reports/release-inputs';
import { timeTaken } from '../reports/time-taken';
import { toldRows } from '../reports/told-rows';
import type { DocumentSubject } from './document-task';
import { fileNameOf } from './file-name';

/** Risks beyond this many are in the report of the gate. */
const MAX_RISKS = 8;

/** What, where, when and health of a release in a minute's reading. */
export const teamLeadStatus: DocumentSubject<TeamLeadStatus> = {
  id: 'team-lead-status',
  kind: teamLeadStatusKind,
  title: 'Write the status of a release for the team lead',
  reading: 'Reading the reports of the release',
  inputs: [
    ...releaseInputs,
    { name: 'deployed_at', question: 'When did the deployment begin (2026-11-20T14:00Z)?', isAsked: false },
    { name: 'completed_at', question: 'When was it completed (2026-11-20T14:12Z)?', isAsked: true },
    { name: 'health', question: 'Is it well, by which number?', isAsked: true },
    measurementsInput,
    {
      name: 'follow_ups',
      question: 'What is still to be done? (action | owner | due day; several with semicolons; none)',
      isAsked: false,
    },
    {
      name: 'risks',
      question: 'What may hold up the next release? (several with semicolons; none)',
      isAsked: false,
    },
  ],
  writes: ['docs/release/status'],
  async assemble({ world, run, profile, told, claims }) {
    const release = await judgeTold(world, told, run, profile);
    const { version, environment } = release;
    const reports = knownReports(release);
    const verified = reports.verification?.data ?? null;
    const deployedAt = told.get('deployed_at') ?? answered(verified?.summary.deployedAt);
    const completedAt = told.get('completed_at') ?? answered(verified?.completedAt);
    const health = told.get('health') ?? healthOf(reports);
    const part = (known: JudgedRelease['version'], otherwise: string): string =>
      isKnown(known) ? fileNameOf(known.value) : otherwise;
    return {
      path: `${world.configuration.releaseFolder}/status/STATUS_${part(version, 'NEXT')}_${part(environment, 'UNKNOWN')}.md`,
      sources: [
        ...(isKnown(version) ? version.sources : []),
        ...reports.sources,
        ...(release.facts.plan ? [fileSource(release.facts.plan.path)] : []),
      ],
      summary: `Status of ${markdownText(textOf(version))} in ${markdownText(textOf(environment))}.`,
      data: {
        service: textOf(profile.service),
        headline: headlineOf(release, reports, completedAt),
        status: {
          what: [textOf(profile.service), textOf(version)].join(' '),
          where: textOf(environment),
          when: completedAt ?? placeholder('when it was completed, with zone'),
          health: health ?? placeholder('whether it is well, by a number against its baseline'),
        },
        executionTime:
          timeTaken(deployedAt, completedAt) ??
          answered(verified?.execution.timeTaken) ??
          placeholder('how long it took, in minutes'),
        measurements: toldRows(told.get('measurements'), METRIC_NEEDS) ??
          verified?.health.measurements ?? [
            {
              metric: placeholder('the metrics that matter'),
              measured: placeholder('value after the deployment, with unit'),
              baseline: placeholder('value before, with unit'),
              source: placeholder('the dashboard or query that shows it'),
            },
          ],
        followUps:
          toldRows(told.get('follow_ups'), {
            action: 'what is to be done',
            owner: 'owner by name',
            due: 'day such as 2027-03-01',
          }) ?? followUps(reports),
        risks: toldRisks(told.get('risks')) ?? risksOf(release),
        claims,
      },
    };
  },
};

function answered(text: string | undefined): string | null {
  return text === undefined || text === '' || holdsPlaceholder(text) ? null : text;
}

/** "Deployment of orders 2.3.1 to staging completed at 14:32 UTC on 2026-11-20, rolled back.", as far as it is known. */
function headlineOf(
  { facts, version, environment }: JudgedRelease,
  { deployment }: KnownReports,
  completedAt: string | null,
): string {
  const time = zonedTime(completedAt ?? '');
  const what = `Deployment of ${textOf(facts.profile.service)} ${textOf(version)} to ${textOf(environment)}`;
  if (time === null) return `${what}: ${placeholder('whether and when it was completed')}.`;
  const iso = isoTime(time);
  const status = answered(deployment?.data.summary.outcome);
  const outcome = status === null ? '' : ` with status ${status}`;
  return `${what} completed at ${iso.slice(11, 16)} UTC on ${iso.slice(0, 10)}${outcome}.`;
}

/** The checks of the verification report in numbers. */
function healthOf({ verification }: KnownReports): string | null {
  const checks = (verification?.data.health.checks ?? []).filter(
    ({ status, check }) => answered(status) !== null && answered(check) !== null,
  );
  return checks.length === 0
    ? null
    : checks
        .map(({ check, status, responseTime }) =>
          [`${check}: ${status}`, ...(answered(responseTime) === null ? [] : [responseTime])].join(' in '),
        )
        .join('; ');
}

function followUps(reports: KnownReports): TeamLeadStatus['followUps'] {
  const known = followUpsOf(reports);
  if (known.length > 0 || reports.verification !== null) return known;
  return [
    {
      action: placeholder('what is still to be done; take this row away where nothing is'),
      owner: '',
      due: '',
    },
  ];
}

function toldRisks(told: string | undefined): readonly string[] | null {
  return toldRows(told, { risk: 'risk' })?.map(({ risk }) => risk) ?? null;
}

/** What the gate finds against the release that outlives it: what fails, what was set aside and until when. */
function risksOf({ readiness }: JudgedRelease): readonly string[] {
  return readiness.reasons
    .filter(({ status, weight }) => status === 'fail' || status === 'waived' || weight === 'block')
    .slice(0, MAX_RISKS)
    .map(({ why, status, override }) =>
      override
        ? `${why} (${override.name} set it aside until ${override.until})`
        : status === 'unknown'
          ? `Not known: ${why}`
          : why,
    );
}
