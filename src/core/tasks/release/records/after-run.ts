import { renderKeepingWritten } from '../../../documents/keep-written';
import type { DeploymentReport } from '../../../documents/deployment-report/deployment-report';
import { deploymentReportKind } from '../../../documents/deployment-report/deployment-report-kind';
import { deploymentStatusOf } from '../../../documents/deployment-report/deployment-status';
import type { Postmortem } from '../../../documents/postmortem/postmortem';
import { postmortemKind } from '../../../documents/postmortem/postmortem-kind';
import type { TeamLeadStatus } from '../../../documents/team-lead-status/team-lead-status';
import { teamLeadStatusKind } from '../../../documents/team-lead-status/team-lead-status-kind';
import type {
  ReportedIssue,
  VerificationReport,
} from '../../../documents/verification-report/verification-report';
import { verificationReportKind } from '../../../documents/verification-report/verification-report-kind';
import { placeholder, textOf } from '../../../evidence/fact';
import { isUnknownState, verdictInWords, type GateItem } from '../../../release/run';
import type { JournalLine } from '../../../release/events';
import { composeDrill } from '../../../records/compose';
import { durationText } from '../../../records/duration';
import type { ProposedFile } from '../../../text/proposal';
import { isoTime } from '../../../text/zoned-time';
import { readProfile } from '../../../workflow/read-profile';
import { fileNameOf } from '../../documents/file-name';
import { slugOf } from '../../incident-slug';
import type { World } from '../../task';
import { leftoversOf, recordPathOf, rollbackRecordPathOf } from './render-run';
import { deploymentOf, healthOf, journalPathOf, measurementsOf, momentsOf, secondOf } from './run-facts';
import { storyOf, type RunStory } from './run-story';
import { outcomeInWords } from './words';

/** What a run leaves behind besides its records; the follow-ups of the same names ask for them. */
export type AfterRunPart = 'verification-report' | 'incident' | 'evidence';

/** New files to be written, none of which stands there yet but where it says so, and what else is to be known. */
export interface AfterRun {
  readonly files: readonly ProposedFile[];
  /** What was not made and why, a sentence each without full stop: the runner's detail of the follow-up. */
  readonly notes: readonly string[];
}

/**
 * What a run leaves behind, from its journal: each value comes from a line of it, or is UNKNOWN(...). Called by the runner
 * after the verdict and the records, once for each part; nothing of it changes the verdict. No model reaches it.
 *
 * @param world The repository; `gitName` is who git says is at work.
 */
export async function afterRun(
  part: AfterRunPart,
  lines: readonly JournalLine[],
  world: World & { readonly gitName: string | null },
  signal: AbortSignal,
): Promise<AfterRun> {
  const story = storyOf(lines);
  if (!story.state.verdict || !story.state.run) return { files: [], notes: ['the run has no verdict yet'] };
  const profile = await readProfile(world, { signal, report: () => undefined });
  const service = textOf(profile.service);
  switch (part) {
    case 'verification-report':
      return reports(story, world, service);
    case 'incident':
      return incident(story, world, service);
    case 'evidence':
      return evidence(story, world, 'value' in profile.service ? profile.service.value : null, signal);
    default:
      return part satisfies never;
  }
}

async function reports(story: RunStory, world: World, service: string): Promise<AfterRun> {
  const { run } = story.state;
  if (!run) return { files: [], notes: [] };
  const { releaseFolder } = world.configuration;
  const createdAt = isoTime(world.clock.now().getTime());
  // Of the verdict: a process that goes on with the run finds what the one before it wrote.
  const minute = (story.state.declaredAt ?? createdAt).slice(0, 16).replace('T', '-').replace(':', '');
  const name = `${fileNameOf(run.version)}_${fileNameOf(run.environment)}`;
  const notes: string[] = [];
  const files: ProposedFile[] = [];
  const once = async (path: string, text: string, purpose: string): Promise<void> => {
    const read = await world.files.read(path);
    if (!read.ok && read.reason === 'missing') files.push({ path, before: null, after: text, purpose });
    else notes.push(`${path} stands there already and is written once`);
  };
  const notesPath = `${releaseFolder}/notes/RELEASE_NOTES_${fileNameOf(run.version)}.md`;
  const hasNotes = (await world.files.read(notesPath)).ok;
  await once(
    `${releaseFolder}/verification/VERIFICATION_${name}_${minute}.md`,
    verificationReportKind.render(verificationOf(story, service, createdAt, hasNotes ? notesPath : null)),
    'verification report of the deployment',
  );
  await once(
    `${releaseFolder}/deployments/Deploy-${name}_${minute}.md`,
    deploymentReportKind.render(deploymentReportOf(story, service)),
    'report of the deployment',
  );
  const status = `${releaseFolder}/status/STATUS_${name}.md`;
  const standing = await world.files.read(status);
  if (standing.ok || standing.reason === 'missing') {
    const before = standing.ok ? standing.text : null;
    const kept = renderKeepingWritten(teamLeadStatusKind, status, statusOf(story, service), before);
    files.push({ path: status, before, after: kept.text, purpose: 'status for whoever leads the team' });
    notes.push(...kept.notes);
  } else notes.push(`${status} ${standing.detail}`);
  return { files, notes };
}

const open = (needed: string): string => placeholder(needed);

/** The rows that every verification report has, with the conditions of readiness that phase 1 asked for each. */
const CHECKS: readonly (readonly [check: string, ids: readonly string[], needed: string])[] = [
  [
    'Pipeline green',
    ['build-succeeded', 'unit-tests-passed', 'lint-clean', 'types-clean', 'scan-clean'],
    'whether the pipeline was green on this commit',
  ],
  [
    'Artifact hash verified',
    ['artifact-exists', 'artifact-matches-commit'],
    'whether the digest of what was deployed is that of what was built',
  ],
  [
    'Migrations reviewed',
    ['migrations-ready', 'actions-in-plan'],
    'whether the migrations were reviewed, and by whom',
  ],
  ['Flags configured', ['flags-planned'], 'whether the feature flags were set as planned'],
];

function checksBefore({ state }: RunStory): VerificationReport['checksBefore'] {
  const items = state.gate?.items ?? [];
  const record = recordPathOf(state) ?? '';
  const blocking = items.filter(({ isBlocking }) => isBlocking);
  return [
    ...CHECKS.map(([check, ids, needed]) => {
      const own = items.filter(({ id }) => ids.includes(id));
      return { check, result: resultOf(own, needed), evidence: own.map(evidenceOf).join('; ') };
    }),
    {
      check: 'Pre-release gate of the run',
      result: !state.gate
        ? open('what the pre-release gate said: this run was not gated')
        : state.gate.isGo
          ? 'passed'
          : 'failed',
      evidence: `${blocking.filter(({ outcome }) => outcome === 'pass').length} of ${blocking.length} blocking checks, in ${record}`,
    },
  ];
}

function resultOf(items: readonly GateItem[], needed: string): string {
  if (items.some(({ outcome }) => outcome === 'fail')) return 'failed';
  if (items.length === 0 || items.some(({ outcome }) => outcome !== 'pass')) return open(needed);
  return 'passed';
}

function evidenceOf({ detail, evidence }: GateItem): string {
  return evidence.length === 0 ? detail : `${detail} (${evidence.join(', ')})`;
}

function verificationOf(
  story: RunStory,
  service: string,
  createdAt: string,
  releaseNotes: string | null,
): VerificationReport {
  const { state, begun } = story;
  const { run, verdict, rollback, settings } = state;
  const deployment = deploymentOf(story);
  const script = settings?.paths.deployScript ?? '';
  const output = state.scripts.findLast(({ outcome }) => outcome.outputPath !== null)?.outcome.outputPath;
  const calls = begun.map((call, index) => ({ call, ended: endOf(story, index) }));
  return {
    service,
    completedAt: secondOf(state.declaredAt ?? ''),
    createdAt,
    summary: {
      version: run?.version ?? '',
      commit: state.gate?.commit ?? run?.commit ?? open('whole id of the commit that was deployed'),
      deployedBy: state.confirmed?.by.name ?? run?.startedBy.name ?? '',
      deployedAt: deployment?.at ?? open('when it began, with zone'),
      environment: run?.environment ?? '',
      pipelineLog: output ?? open('path or address of the log of the deployment'),
      releaseNotes: releaseNotes ?? open('path of the release notes of this version'),
      runbook: open('path and commit of the runbook that was followed'),
    },
    checksBefore: checksBefore(story),
    execution: {
      timeTaken: deployment?.took ?? open('how long it took, in minutes'),
      steps: [
        ...(state.manual
          ? (settings?.checklist ?? []).map((step) => ({
              step,
              done: `${state.manual?.choice ?? ''}, said ${state.manual?.by.name ?? ''}: ${state.manual?.text ?? ''}`,
              took: open('minutes'),
            }))
          : []),
        ...calls.map(({ call, ended }) => ({
          step: `${script} ${call.arguments.join(' ')}`.trim(),
          done: ended ? outcomeInWords(ended.outcome) : open('how it ended: the journal has no end of it'),
          took: ended ? minutesText(ended.outcome.tookMs) : open('minutes'),
        })),
      ],
      deviations: [
        ...(state.override
          ? [
              {
                deviation: `The watch window was left before its end, by ${state.override.by.name}`,
                reason: state.override.reason,
                outcome: verdict ? verdictInWords(verdict) : '',
              },
            ]
          : []),
        ...(rollback
          ? [
              {
                deviation: 'The release was rolled back',
                reason: rollback.chain.join('; '),
                outcome: verdict?.isRollbackVerified
                  ? 'The version before runs, and its smoke tests and watch passed'
                  : 'Not verified: nobody knows what runs',
              },
            ]
          : []),
      ],
    },
    health: {
      checks: [
        ...healthOf(story).map(({ name, endpoint, status, ms }) => ({
          check: name,
          endpoint,
          status,
          responseTime: ms === null ? open('its response time in milliseconds') : `${Math.round(ms)} ms`,
        })),
        ...smokeCases(story).map(({ name, outcome, tookMs, detail }) => ({
          check: `Smoke test: ${name}`,
          endpoint: detail,
          status: outcome,
          responseTime: `${Math.round(tookMs)} ms`,
        })),
      ],
      measurements: measurementsOf(story),
    },
    signOff: {
      verifiedBy: open('who verified it, by name, other than who deployed it'),
      acceptance: open('accepted or not accepted'),
      signedAt: open('when it was signed, with zone'),
    },
    issues: issuesOf(story),
    claims: [],
  };
}

/** The end of a call of the script, by its place among the calls of its direction. */
function endOf({ state, begun }: RunStory, index: number): RunStory['state']['scripts'][number] | undefined {
  const call = begun[index];
  const place = begun.slice(0, index).filter(({ direction }) => direction === call?.direction).length;
  return state.scripts.filter(({ direction }) => direction === call?.direction)[place];
}

function minutesText(ms: number): string {
  return ms < 60_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 6_000) / 10} min`;
}

/** The smoke tests of what runs now. */
function smokeCases({ state }: RunStory): RunStory['state']['smokes'][number]['outcome']['cases'] {
  const wanted = state.rollback ? 'back' : 'forward';
  return state.smokes.filter(({ direction }) => direction === wanted).flatMap(({ outcome }) => outcome.cases);
}

/** What went wrong and what is owed, each to be followed up by somebody until a day. */
function issuesOf(story: RunStory): readonly ReportedIssue[] {
  const { rollback, verdict, run } = story.state;
  const asked = {
    runbook: open('whether the runbook needs updating, and where'),
    followUp: open('follow-up action'),
    owner: open('owner'),
    due: open('day'),
  };
  return [
    ...(rollback
      ? [
          {
            issue: rollback.chain.join('; '),
            resolution: verdict?.isRollbackVerified
              ? `Rolled back to ${story.state.gate?.target ?? run?.target ?? 'the version before'}`
              : open('how the environment was brought into a known state'),
            ...asked,
          },
        ]
      : []),
    ...leftoversOf(story).map((issue) => ({ issue, resolution: open('how it was resolved'), ...asked })),
  ];
}

function deploymentReportOf(story: RunStory, service: string): DeploymentReport {
  const { state } = story;
  const { run, verdict, gate, rollback } = state;
  const status = verdict
    ? deploymentStatusOf(verdict.verdict, verdict.isRollbackVerified === true && !isUnknownState(verdict))
    : null;
  const deployment = deploymentOf(story);
  const target = gate?.target ?? run?.target ?? null;
  const health = healthOf(story);
  const deployed = Date.parse(deployment?.at ?? '');
  return {
    unitId: run?.version ?? '',
    project: service,
    status: status ?? open('success, failed or rolled_back'),
    deployed: Number.isNaN(deployed)
      ? open('when it was deployed, in UTC: 2026-11-20 14:32')
      : isoTime(deployed).slice(0, 16).replace('T', ' '),
    qaReport: gateEvidence(gate?.items, 'qa-approved') ?? open('path of the QA report'),
    artifacts:
      gateEvidence(gate?.items, 'artifact-exists') ?? open('address of the artifacts that were deployed'),
    summary: {
      outcome: status?.toUpperCase() ?? open('SUCCESS, FAILED or ROLLED_BACK'),
      environment: run?.environment ?? '',
      version: run?.version ?? '',
      duration: deployment?.took ?? open('how long it took, in minutes'),
      deployer: state.confirmed?.by.name ?? run?.startedBy.name ?? '',
    },
    before: {
      previousVersion: target ?? open('the version that ran before'),
      health:
        gateEvidence(gate?.items, 'target-healthy') ?? open('whether it was well before the deployment'),
    },
    timeline: momentsOf(story).map(({ at, event, status: how }) => ({
      time: at,
      action: event,
      status: how,
    })),
    verification: [
      ...smokeCases(story).map(({ name, outcome, detail }) => ({
        check: `Smoke test: ${name}`,
        expected: 'It passes',
        actual: detail === '' ? outcome : detail,
        status: outcome,
      })),
      ...health.map(({ name, endpoint, status: seen, isWell }) => ({
        check: name,
        expected: `${endpoint} answers as healthy`,
        actual: seen,
        status: isWell ? 'passed' : 'failed',
      })),
    ],
    after: {
      version:
        !verdict || isUnknownState(verdict)
          ? open('the version that runs now: nobody knows')
          : verdict.verdict === 'Released'
            ? (run?.version ?? '')
            : (target ?? open('the version that runs now')),
      health:
        health.length === 0
          ? open('whether it is well')
          : health.map(({ name, status: seen }) => `${name}: ${seen}`).join('; '),
      measurements: measurementsOf(story),
    },
    issues: issuesOf(story),
    rollback: rollback
      ? { isRequired: 'Yes', reason: rollback.chain.join('; ') }
      : { isRequired: 'No', reason: verdict?.reason ?? '' },
    claims: [],
  };
}

function gateEvidence(items: readonly GateItem[] | undefined, id: string): string | null {
  const item = (items ?? []).find((each) => each.id === id && each.outcome === 'pass');
  return item ? evidenceOf(item) : null;
}

function statusOf(story: RunStory, service: string): TeamLeadStatus {
  const { state } = story;
  const { run, verdict } = state;
  const deployment = deploymentOf(story);
  const health = healthOf(story);
  const when = secondOf(state.declaredAt ?? '');
  const what = `${run?.version ?? ''} to ${run?.environment ?? ''}`;
  const followed = issuesOf(story).map(({ issue }) => ({
    action: issue,
    owner: open('owner'),
    due: open('day'),
  }));
  const risks = [
    ...(state.gate?.openRisks ?? []),
    ...(verdict && (verdict.verdict === 'Rolled-Back' || isUnknownState(verdict)) && run
      ? [
          `${run.environment} takes no release until somebody resolves this one: release-gate resolve --environment ${run.environment}`,
        ]
      : []),
  ];
  return {
    service,
    headline: verdict
      ? `Release of ${what} ended at ${when} as ${verdictInWords(verdict)}: ${verdict.reason}.`
      : `Release of ${what} is under way.`,
    status: {
      what: `${service} ${run?.version ?? ''}`,
      where: run?.environment ?? '',
      when,
      health:
        verdict && isUnknownState(verdict)
          ? open('what runs now, and whether it is well')
          : health.length === 0
            ? open('whether it is well')
            : health.map(({ name, status }) => `${name}: ${status}`).join('; '),
    },
    executionTime: deployment?.took ?? open('how long it took, in minutes'),
    measurements: measurementsOf(story),
    followUps: followed,
    risks,
    claims: [],
  };
}

async function incident(story: RunStory, world: World, service: string): Promise<AfterRun> {
  const { run } = story.state;
  if (!run) return { files: [], notes: [] };
  const data = postmortemOf(story, service);
  const path = `${world.configuration.operationsFolder}/postmortems/PM_${data.date}_${slugOf(`${run.version} in ${run.environment} ${story.state.startedAt.slice(11, 16)}`)}.md`;
  const read = await world.files.read(path);
  if (read.ok || read.reason !== 'missing')
    return { files: [], notes: [`${path} stands there already: what was written into it stays`] };
  return {
    files: [
      {
        path,
        before: null,
        after: postmortemKind.render(data),
        purpose: 'postmortem: its timeline is from the journal of the run, the rest is to be found out',
      },
    ],
    notes: [],
  };
}

/** The postmortem of a run that went back, left nobody knowing what runs, or was not watched to its end. */
function postmortemOf(story: RunStory, service: string): Postmortem {
  const { state } = story;
  const { run, verdict, rollback, override } = state;
  const journal = journalPathOf(story);
  const record = recordPathOf(state) ?? '';
  const what = `${run?.version ?? ''} in ${run?.environment ?? ''}`;
  const isUnknown = verdict !== null && isUnknownState(verdict);
  const title = isUnknown
    ? `Nobody knew what ran after the ${run?.mode ?? 'release'} of ${what}`
    : rollback
      ? `${what} was rolled back`
      : `The watch of ${what} was left before its end`;
  const deployment = deploymentOf(story);
  const back = state.scripts.findLast(
    ({ direction, outcome }) => direction === 'back' && outcome.how === 'exited' && outcome.exitCode === 0,
  );
  const exposed =
    deployment && back ? Math.round((Date.parse(back.at) - Date.parse(deployment.at)) / 6_000) / 10 : null;
  const [firstFinding] = state.watches.flatMap(({ log }) =>
    log.filter(({ findings }) => findings.some(({ level }) => level !== 'note')),
  );
  const noticed = firstFinding?.at ?? (rollback ? rollback.at : null);
  return {
    incident: title,
    service,
    date: state.startedAt.slice(0, 10),
    summary: [
      `${title}: ${rollback ? rollback.chain.join('; ') : override ? `${override.by.name} left the watch window: ${override.reason}` : (verdict?.reason ?? '')}.`,
      isUnknown
        ? `What runs since is not known: ${open('what runs, and since when')}.`
        : rollback
          ? `The version before was verified at ${secondOf(state.declaredAt ?? '')}.`
          : `Whether anything went wrong after is not known: ${open('what the metrics were in the time that was not watched')}.`,
      `What users saw: ${open('what users saw')}.`,
    ].join(' '),
    impact: [
      {
        aspect: 'Duration',
        value:
          exposed === null
            ? open('how long users had it')
            : `${exposed} min from the first call of the deploy script until the rollback had ended`,
        source: exposed === null ? open('source') : journal,
      },
      {
        aspect: 'Time to notice',
        value:
          deployment && noticed !== null
            ? `${Math.max(0, Math.round((Date.parse(noticed) - Date.parse(deployment.at)) / 6_000) / 10)} min from the first call of the deploy script`
            : open('when it was noticed, and how'),
        source: deployment && noticed !== null ? journal : open('source'),
      },
      { aspect: 'Environment', value: run?.environment ?? '', source: record },
      {
        aspect: 'Users affected',
        value: open('how many users, and which'),
        source: open('query or report'),
      },
      {
        aspect: 'What they could not do',
        value: open('what failed for them'),
        source: open('query or report'),
      },
      {
        aspect: 'Data lost or wrong',
        value: open('whether data was lost, and which'),
        source: open('query or report'),
      },
    ],
    timeline: momentsOf(story).map(({ at, event }) => ({
      time: at,
      event,
      source: journal,
      isVerified: true,
    })),
    rootCause: open('the cause, with the evidence that shows it'),
    contributingFactors: [
      open('what made it likelier'),
      open('what made it last longer'),
      open('what made it hard to notice'),
    ],
    actions: [
      ...leftoversOf(story).map((action) => ({
        action,
        owner: open('owner'),
        due: open('due date'),
        verifiedBy: open('how it is seen that it works'),
      })),
      ...[
        'so that it does not happen again',
        'so that it is noticed sooner',
        'so that it is over sooner',
      ].map((purpose) => ({
        action: open(`what is done ${purpose}`),
        owner: open('owner'),
        due: open('due date'),
        verifiedBy: open('how it is seen that it works'),
      })),
    ],
    lessons: [open('what went well'), open('what went badly'), open('where luck helped')],
    claims: [],
  };
}

/**
 * The record of a drill, where a run outside production went back: what was practised counts whatever it was meant to be. Of
 * a release that stayed its own record is the evidence, and a rollback in production is none that counts.
 */
async function evidence(
  story: RunStory,
  world: World & { readonly gitName: string | null },
  service: string | null,
  signal: AbortSignal,
): Promise<AfterRun> {
  const { state, backMs } = story;
  const { run, rollback, verdict } = state;
  if (!run || !verdict) return { files: [], notes: [] };
  if (!rollback || !rollback.isStarted)
    return { files: [], notes: ['nothing was rolled back: the record of the release is the evidence'] };
  if (run.isProduction)
    return { files: [], notes: ['a rollback in production is on record, and is no drill'] };
  const tookMs = backMs === null ? null : backMs - rollback.elapsedMs;
  if (tookMs === null)
    return { files: [], notes: ['how long the rollback took is not known, so no drill is recorded'] };
  const answer = await composeDrill(
    {
      files: world.files,
      history: world.history,
      clock: world.clock,
      releaseFolder: world.configuration.releaseFolder,
      productionEnvironments: world.configuration.productionEnvironments,
      gitName: world.gitName,
      signal,
    },
    {
      drill: 'rollback',
      environment: run.environment,
      service,
      version: run.version,
      versionTo: state.gate?.target ?? run.target,
      startedAt: secondOf(rollback.at),
      // A drill takes a second at least: a duration of nothing is none.
      duration: durationText(Math.max(1, Math.round(tookMs / 1000))),
      outcome: verdict.isRollbackVerified === true ? 'passed' : 'failed',
      by: state.confirmed?.by.name ?? run.startedBy.name,
      evidence: [recordPathOf(state), rollbackRecordPathOf(state)].filter((path) => path !== null),
      notes: `Recorded by the run itself: ${rollback.chain.join('; ')}. ${verdict.isRollbackVerified === true ? 'Smoke tests and watch of the version before passed.' : verdict.reason}`,
    },
  );
  return answer.ok
    ? { files: [answer.file], notes: answer.notes }
    : { files: [], notes: answer.problems.map((problem) => `no drill is recorded: ${problem}`) };
}
