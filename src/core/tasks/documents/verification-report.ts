import type { VerificationReport } from '../../documents/verification-report/verification-report';
import { verificationReportKind } from '../../documents/verification-report/verification-report-kind';
import { markdownText } from '../../documents/markdown/write';
import { isKnown, placeholder, textOf } from '../../evidence/fact';
import { isoTime } from '../../text/zoned-time';
import { checkRow, judgeTold, type JudgedRelease } from '../reports/judged-release';
import {
  askedIssue,
  askedMeasurements,
  ISSUE_NEEDS,
  knownReports,
  METRIC_NEEDS,
  type KnownReports,
} from '../reports/known-reports';
import { deploymentInputs, issuesInput, measurementsInput, releaseInputs } from '../reports/release-inputs';
import { toldRows } from '../reports/told-rows';
import { timeTaken } from '../reports/time-taken';
import type { DocumentSubject } from './document-task';
import { fileNameOf } from './file-name';

/** What one deployment came to: what the gate knows of it before, and what the person who was there saw. */
export const verificationReport: DocumentSubject<VerificationReport> = {
  id: 'verification-report',
  kind: verificationReportKind,
  title: 'Write the verification report of a deployment',
  reading: 'Reading what the gate knows of the deployment',
  inputs: [
    ...releaseInputs,
    ...deploymentInputs,
    { name: 'pipeline_log', question: 'Where is the log of the pipeline?', isAsked: true },
    {
      name: 'steps',
      question: 'Which steps were done? (step | done as written | 3 min; several with semicolons)',
      isAsked: false,
    },
    {
      name: 'deviations',
      question:
        'What differed from the runbook? (deviation | reason | outcome; several with semicolons; none)',
      isAsked: true,
    },
    {
      name: 'checks',
      question:
        'What was asked, and what did it answer? (check | address | status | 142 ms; several with semicolons)',
      isAsked: true,
    },
    measurementsInput,
    { name: 'verified_by', question: 'Who verified it (not who deployed it)?', isAsked: true },
    { name: 'acceptance', question: 'Is it accepted? (accepted, not accepted)', isAsked: true },
    issuesInput,
  ],
  writes: ['docs/release/verification'],
  asksOutside: true,
  async assemble({ world, run, profile, told, claims }) {
    const release = await judgeTold(world, told, run, profile);
    const reports = knownReports(release);
    const { version, environment, commit, facts, readiness } = release;
    const createdAt = isoTime(world.clock.now().getTime());
    const deployment = recordedDeployment(release);
    const deployedAt = told.get('deployed_at') ?? deployment?.startedAt ?? null;
    const completedAt = told.get('completed_at') ?? null;
    const minute = createdAt.slice(0, 16).replace('T', '-').replace(':', '');
    const name = (known: JudgedRelease['version']): string =>
      isKnown(known) ? fileNameOf(known.value) : 'UNKNOWN';
    return {
      path: `${world.configuration.releaseFolder}/verification/VERIFICATION_${name(version)}_${name(environment)}_${minute}.md`,
      sources: [
        ...(isKnown(commit) ? commit.sources : []),
        ...reports.sources,
        ...readiness.conditions.flatMap(({ evidence }) => evidence),
      ],
      summary: `Verification report of ${markdownText(textOf(version))} in ${markdownText(textOf(environment))}.`,
      notes: [
        'A verification report is written once: fill in what is unknown before it is committed, within an hour of the completion.',
      ],
      data: {
        service: textOf(profile.service),
        completedAt: completedAt ?? placeholder('when it was completed, with zone'),
        createdAt,
        summary: {
          version: textOf(version),
          commit: textOf(commit),
          deployedBy: told.get('deployed_by') ?? placeholder('who deployed it'),
          deployedAt: deployedAt ?? placeholder('when it began, with zone'),
          environment: textOf(environment),
          pipelineLog:
            told.get('pipeline_log') ?? deployment?.url ?? placeholder('address of the pipeline log'),
          releaseNotes: reports.notes?.path ?? placeholder('path of the release notes of this version'),
          runbook: runbookFollowed(facts, reports),
        },
        checksBefore: checksBefore(release),
        execution: {
          timeTaken: timeTaken(deployedAt, completedAt) ?? placeholder('how long it took, in minutes'),
          steps:
            toldRows(told.get('steps'), {
              step: 'step',
              done: 'whether it was done as written',
              took: 'minutes',
            }) ?? stepsOfRunbook(reports),
          deviations: toldRows(told.get('deviations'), {
            deviation: 'what differed from the runbook',
            reason: 'reason of the deviation',
            outcome: 'outcome of the deviation',
          }) ?? [
            {
              deviation: placeholder('what differed from the runbook; take this row away where nothing did'),
              reason: '',
              outcome: '',
            },
          ],
        },
        health: {
          checks:
            toldRows(told.get('checks'), {
              check: 'what was asked',
              endpoint: 'its address',
              status: 'what it answered',
              responseTime: 'its response time in milliseconds',
            }) ?? healthChecks(release),
          measurements:
            toldRows(told.get('measurements'), METRIC_NEEDS) ?? askedMeasurements(reports.runbook),
        },
        signOff: {
          verifiedBy:
            told.get('verified_by') ?? placeholder('who verified it, by name, other than who deployed it'),
          acceptance: told.get('acceptance') ?? placeholder('accepted or not accepted'),
          signedAt: placeholder('when it was signed, with zone'),
        },
        issues: toldRows(told.get('issues'), ISSUE_NEEDS) ?? [askedIssue],
        claims,
      },
    };
  },
};

/** What the platform records of just this commit, where it was asked. */
function recordedDeployment({
  facts,
  commit,
}: JudgedRelease): { startedAt: string; url: string | null } | null {
  const answer = facts.live.deployments;
  if (!answer || answer.kind !== 'known' || !isKnown(commit)) return null;
  return answer.history.find((each) => each.commit === commit.value) ?? null;
}

function checksBefore({ readiness, facts }: JudgedRelease): VerificationReport['checksBefore'] {
  const artifact = checkRow(
    readiness,
    'Artifact hash verified',
    ['artifact-exists', 'artifact-matches-commit'],
    'whether the digest of what was deployed is that of what was built',
  );
  const answer = facts.artifact?.answer;
  const found = answer?.kind === 'present' ? answer.artifact : null;
  return [
    checkRow(
      readiness,
      'Pipeline green',
      ['build-succeeded', 'unit-tests-passed', 'lint-clean', 'types-clean', 'scan-clean'],
      'whether the pipeline was green on this commit',
    ),
    found?.digest
      ? { ...artifact, evidence: `${found.reference} is ${found.digest}; ${artifact.evidence}` }
      : artifact,
    checkRow(
      readiness,
      'Migrations reviewed',
      ['migrations-ready', 'actions-in-plan'],
      'whether the migrations were reviewed, and by whom',
    ),
    checkRow(
      readiness,
      'Flags configured',
      ['flags-planned'],
      'whether the feature flags were set as planned',
    ),
  ];
}

function runbookFollowed(facts: JudgedRelease['facts'], { runbook }: KnownReports): string {
  if (!runbook) return placeholder('path and commit of the runbook that was followed');
  const upkeep = facts.runbooks.find(({ path }) => path === runbook.path);
  return upkeep?.lastChange
    ? `${runbook.path} at ${upkeep.lastChange.hash}`
    : `${runbook.path} at ${placeholder('the commit of the runbook that was followed')}`;
}

function stepsOfRunbook({ runbook }: KnownReports): VerificationReport['execution']['steps'] {
  const steps = runbook?.data.deployment ?? [];
  const asked = { done: placeholder('whether it was done as written'), took: placeholder('minutes') };
  return steps.length > 0
    ? steps.map(({ title }) => ({ step: title, ...asked }))
    : [{ step: placeholder('which steps were done'), ...asked }];
}

/** The answers where the addresses were asked now; else what is there to be asked. */
function healthChecks({ facts }: JudgedRelease): VerificationReport['health']['checks'] {
  const asked = facts.live.health.map(({ url, expected, answer }) => ({
    check: `Answers with ${expected}`,
    endpoint: url,
    status:
      answer === null
        ? placeholder('what it answered')
        : answer.kind === 'answered'
          ? String(answer.status)
          : placeholder(`what it answers: ${answer.detail}`),
    responseTime:
      answer?.kind === 'answered'
        ? `${answer.milliseconds} ms`
        : placeholder('its response time in milliseconds'),
  }));
  if (asked.length > 0) return asked;
  const known = facts.profile.operations.flatMap(({ value }) => (value.kind === 'health' ? [value] : []));
  const rows =
    known.length > 0 ? known : [{ name: placeholder('what was asked'), target: placeholder('its address') }];
  return rows.map(({ name, target }) => ({
    check: name,
    endpoint: target,
    status: placeholder('what it answered'),
    responseTime: placeholder('its response time in milliseconds'),
  }));
}
