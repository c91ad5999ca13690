import type { DeploymentReport } from '../../documents/deployment-report/deployment-report';
import { deploymentReportKind } from '../../documents/deployment-report/deployment-report-kind';
import { deploymentStatusOf } from '../../documents/deployment-report/deployment-status';
import { markdownText } from '../../documents/markdown/write';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { isKnown, placeholder, textOf } from '../../evidence/fact';
import { isoTime, zonedTime } from '../../text/zoned-time';
import { judgeTold, type JudgedRelease } from '../reports/judged-release';
import {
  askedIssue,
  askedMeasurements,
  ISSUE_NEEDS,
  knownReports,
  METRIC_NEEDS,
  type KnownReports,
} from '../reports/known-reports';
import { deploymentInputs, issuesInput, measurementsInput, releaseInputs } from '../reports/release-inputs';
import { timeTaken } from '../reports/time-taken';
import { toldRows } from '../reports/told-rows';
import { TaskFailure } from '../task';
import type { DocumentSubject } from './document-task';
import { fileNameOf } from './file-name';

/** What was deployed, when, and how it ended; from the verification report where there is one. */
export const deploymentReport: DocumentSubject<DeploymentReport> = {
  id: 'deployment-report',
  kind: deploymentReportKind,
  title: 'Write the report of a deployment',
  reading: 'Reading what the gate knows of the deployment',
  inputs: [
    ...releaseInputs,
    { name: 'unit_id', question: 'What is deployed, by its id? (the version by default)', isAsked: false },
    { name: 'project', question: 'Of which project?', isAsked: false },
    {
      name: 'status',
      question: 'How did it end? (success, failed, rolled_back; or Released, Rolled-Back, Aborted)',
      isAsked: true,
    },
    {
      name: 'rollback_verified',
      question: 'If it was gone back: did somebody see that the version before runs again? (yes, no)',
      isAsked: false,
    },
    { name: 'rollback_reason', question: 'If it was gone back: why?', isAsked: false },
    ...deploymentInputs,
    {
      name: 'timeline',
      question: 'What was done when? (2026-11-20T14:00Z | action | status; several with semicolons)',
      isAsked: false,
    },
    {
      name: 'verification',
      question: 'What was verified? (check | expected | actual | status; several with semicolons)',
      isAsked: false,
    },
    measurementsInput,
    issuesInput,
  ],
  writes: ['docs/release/deployments', '01-Projects'],
  asksOutside: true,
  async assemble({ world, run, profile, told, claims }) {
    const release = await judgeTold(world, told, run, profile);
    const { version, environment, facts } = release;
    const reports = knownReports(release);
    const verified = reports.verification?.data ?? null;
    const unitId = told.get('unit_id') ?? textOf(version);
    const deployedAt = told.get('deployed_at') ?? answered(verified?.summary.deployedAt) ?? null;
    const completedAt = told.get('completed_at') ?? answered(verified?.completedAt) ?? null;
    const deployedMs = zonedTime(deployedAt ?? '');
    const status = statusTold(told);
    const project = told.get('project') ?? (isKnown(profile.service) ? profile.service.value : null);
    const artifact = facts.artifact?.answer.kind === 'present' ? facts.artifact.answer.artifact : null;
    return {
      path: pathOf(
        world.configuration.releaseFolder,
        [...facts.paths],
        project,
        fileNameOf(isKnown(version) || told.has('unit_id') ? unitId : 'UNKNOWN'),
      ),
      sources: [...(isKnown(version) ? version.sources : []), ...reports.sources],
      summary: `Report of the deployment of ${markdownText(unitId)} to ${markdownText(textOf(environment))}.`,
      notes: ['A deployment report is written once: fill in what is unknown before it is committed.'],
      data: {
        unitId,
        project: project ?? placeholder('name of the project'),
        status: status ?? placeholder('success, failed or rolled_back'),
        deployed:
          deployedMs === null
            ? placeholder('when it was deployed, in UTC: 2026-11-20 14:32')
            : isoTime(deployedMs).slice(0, 16).replace('T', ' '),
        qaReport: facts.evidence.qualityReport.counting[0]?.path ?? placeholder('path of the QA report'),
        artifacts: artifact
          ? `${artifact.reference}${artifact.digest ? ` ${artifact.digest}` : ''}`
          : placeholder('address of the artifacts that were deployed'),
        summary: {
          outcome: status?.toUpperCase() ?? placeholder('SUCCESS, FAILED or ROLLED_BACK'),
          environment: textOf(environment),
          version: textOf(version),
          duration: timeTaken(deployedAt, completedAt) ?? placeholder('how long it took, in minutes'),
          deployer:
            told.get('deployed_by') ??
            answered(verified?.summary.deployedBy) ??
            placeholder('who deployed it'),
        },
        before: {
          previousVersion: facts.change?.range.previousVersion ?? placeholder('the version that ran before'),
          health: placeholder('whether it was well before the deployment'),
        },
        timeline:
          toldRows(told.get('timeline'), {
            time: 'when, with zone',
            action: 'what was done',
            status: 'how it ended',
          }) ?? timelineOf(deployedAt, completedAt, textOf(environment)),
        verification:
          toldRows(told.get('verification'), {
            check: 'what was checked',
            expected: 'what was expected',
            actual: 'what was seen',
            status: 'passed or failed',
          }) ?? verificationOf(release, reports),
        after: {
          version:
            status === 'success'
              ? textOf(version)
              : status === 'rolled_back'
                ? (facts.change?.range.previousVersion ?? placeholder('the version that runs now'))
                : placeholder('the version that runs now'),
          health: placeholder('whether it is well now'),
          measurements:
            toldRows(told.get('measurements'), METRIC_NEEDS) ??
            (verified ? verified.health.measurements : askedMeasurements(reports.runbook)),
        },
        issues: toldRows(told.get('issues'), ISSUE_NEEDS) ?? verified?.issues ?? [askedIssue],
        rollback: rollbackOf(status, told),
        claims,
      },
    };
  },
};

function answered(text: string | undefined): string | null {
  return text === undefined || text === '' || holdsPlaceholder(text) ? null : text;
}

/** @throws TaskFailure where what was told is no status: a report that is never rewritten must not begin with one. */
function statusTold(told: ReadonlyMap<string, string>): ReturnType<typeof deploymentStatusOf> {
  const word = told.get('status');
  if (word === undefined) return null;
  const status = deploymentStatusOf(word, /^y(?:es)?$/i.test(told.get('rollback_verified') ?? ''));
  if (status !== null) return status;
  throw new TaskFailure(
    `"${word}" is no status of a deployment. Say success, failed or rolled_back, or a verdict: Released, Rolled-Back, Aborted.`,
  );
}

/** In the tree of the project's folders where the repository has one, else below the folder of releases. */
function pathOf(folder: string, paths: readonly string[], project: string | null, unit: string): string {
  const projects = new Set(paths.flatMap((path) => /^01-Projects\/([^/]+)\//.exec(path)?.[1] ?? []));
  const own = [...projects].find((name) => name.toLowerCase() === project?.toLowerCase());
  const [only, ...others] = projects;
  const chosen = own ?? (others.length === 0 ? only : undefined);
  return chosen === undefined
    ? `${folder}/deployments/Deploy-${unit}.md`
    : `01-Projects/${chosen}/Deployments/Deploy-${unit}.md`;
}

function timelineOf(
  deployedAt: string | null,
  completedAt: string | null,
  environment: string,
): DeploymentReport['timeline'] {
  const rows = [
    ...(deployedAt === null
      ? []
      : [{ time: deployedAt, action: `Deployment to ${environment} began`, status: 'begun' }]),
    ...(completedAt === null
      ? []
      : [{ time: completedAt, action: `Deployment to ${environment} was completed`, status: 'completed' }]),
  ];
  return rows.length > 0
    ? rows
    : [
        {
          time: placeholder('when, with zone'),
          action: placeholder('what was done'),
          status: placeholder('how it ended'),
        },
      ];
}

/** What the verification report saw; else what the repository would ask, with nothing seen yet. */
function verificationOf(
  { facts }: JudgedRelease,
  { verification }: KnownReports,
): DeploymentReport['verification'] {
  const seen = verification?.data.health.checks ?? [];
  if (seen.length > 0) {
    return seen.map(({ check, endpoint, status, responseTime }) => ({
      check,
      expected: `${endpoint} answers as healthy`,
      actual: [status, responseTime].filter((part) => part !== '').join(', '),
      status: placeholder('passed or failed'),
    }));
  }
  const asked = { actual: placeholder('what was seen'), status: placeholder('passed or failed') };
  const { smokeTest, operations } = facts.profile;
  const rows = [
    ...(smokeTest
      ? [{ check: `Smoke test: ${smokeTest.value}`, expected: 'It ends with status 0', ...asked }]
      : []),
    ...operations.flatMap(({ value }) =>
      value.kind === 'health'
        ? [{ check: value.name, expected: `${value.target} answers as healthy`, ...asked }]
        : [],
    ),
  ];
  return rows.length > 0
    ? rows
    : [{ check: placeholder('what was checked'), expected: placeholder('what was expected'), ...asked }];
}

function rollbackOf(
  status: ReturnType<typeof deploymentStatusOf>,
  told: ReadonlyMap<string, string>,
): DeploymentReport['rollback'] {
  const reason = told.get('rollback_reason');
  if (status === 'success') return { isRequired: 'No', reason: reason ?? 'The deployment is a success' };
  const wasGoneBack = status === 'rolled_back' || /^rolled/i.test(told.get('status') ?? '');
  return {
    isRequired: wasGoneBack ? 'Yes' : placeholder('Yes or No'),
    reason: reason ?? placeholder('why it was gone back, or why not'),
  };
}
