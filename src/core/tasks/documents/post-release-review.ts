import type { PostReleaseReview } from '../../documents/post-release-review/post-release-review';
import { postReleaseReviewKind } from '../../documents/post-release-review/post-release-review-kind';
import { markdownText } from '../../documents/markdown/write';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { fileSource, isKnown, placeholder, textOf } from '../../evidence/fact';
import { isSameVersion } from '../../records/records-in';
import { counted } from '../../text/words';
import { zonedTime } from '../../text/zoned-time';
import { judgeTold, type JudgedRelease } from '../reports/judged-release';
import {
  askedMeasurements,
  followUpsOf,
  knownReports,
  METRIC_NEEDS,
  type KnownReports,
} from '../reports/known-reports';
import { measurementsInput, releaseInputs } from '../reports/release-inputs';
import { toldRows } from '../reports/told-rows';
import { scopeOf } from '../release-plan/assemble';
import type { DocumentSubject } from './document-task';
import { fileNameOf } from './file-name';

/** More lessons than this are read by nobody; the gate's own report has them all. */
const MAX_LESSONS = 12;

/** How a release went: from its commits, its records and reports, and what the gate says of it. */
export const postReleaseReview: DocumentSubject<PostReleaseReview> = {
  id: 'post-release-review',
  kind: postReleaseReviewKind,
  title: 'Write the review of a release',
  reading: 'Reading the release, its records and its reports',
  inputs: [
    ...releaseInputs,
    measurementsInput,
    {
      name: 'follow_ups',
      question: 'What is still to be done? (action | owner | due day; several with semicolons; none)',
      isAsked: true,
    },
    { name: 'rollback', question: 'Was it gone back? (yes, no)', isAsked: true },
    { name: 'rollback_reason', question: 'Why was it gone back, or why not?', isAsked: true },
  ],
  writes: ['docs/release/reviews'],
  asksOutside: true,
  async assemble({ world, run, profile, told, claims }) {
    const release = await judgeTold(world, told, run, profile);
    const { version, environment, facts, readiness } = release;
    const reports = knownReports(release);
    const name = textOf(version);
    const plan = facts.plan && isSameVersion(facts.plan.data.version, name) ? facts.plan.data : null;
    const toldFollowUps = toldRows(told.get('follow_ups'), {
      action: 'what is to be done',
      owner: 'owner by name',
      due: 'day such as 2027-03-01',
    });
    const known = followUpsOf(reports);
    const open = readiness.conditions.filter(({ status }) => status === 'unknown').length;
    return {
      path: `${world.configuration.releaseFolder}/reviews/POST_RELEASE_REVIEW_${isKnown(version) ? fileNameOf(name) : 'NEXT'}.md`,
      sources: [
        ...(isKnown(version) ? version.sources : []),
        ...reports.sources,
        ...(facts.plan ? [fileSource(facts.plan.path)] : []),
        ...readiness.conditions.flatMap(({ evidence }) => evidence),
      ],
      summary: `Review of the release of ${markdownText(name)} to ${markdownText(textOf(environment))}${open === 0 ? '' : `, with ${counted(open, 'gate result')} unknown`}.`,
      openQuestions: open,
      notes: ['The gate results are those of today: what was on record then and is not now does not show.'],
      data: {
        service: textOf(profile.service),
        version: name,
        environment: textOf(environment),
        risk: {
          level: facts.register?.level ?? placeholder('risk level of the release'),
          why: facts.register?.why ?? placeholder('why it was that risky'),
        },
        scope: facts.change ? scopeOf(facts.change) : [],
        gates: readiness.conditions
          .filter(({ status }) => status !== 'off' && status !== 'not-applicable')
          .map(({ title, status, why, override }) => ({
            check: title,
            result: RESULTS[status as keyof typeof RESULTS],
            evidence: override
              ? `${override.name} set it aside until ${override.until}: ${override.reason}`
              : why,
          })),
        strategy: {
          rollout: answered(plan?.rollout.strategy) ?? placeholder('how it was rolled out'),
          why: answered(plan?.rollout.why) ?? placeholder('why it was rolled out so'),
          record:
            [reports.verification?.path, reports.deployment?.path].find((path) => path !== undefined) ??
            placeholder('path of the verification report'),
        },
        timeline: timelineOf(release, reports),
        outcomes:
          toldRows(told.get('measurements'), METRIC_NEEDS) ??
          reports.verification?.data.health.measurements ??
          askedMeasurements(reports.runbook),
        rollback: rollbackOf(told, reports),
        followUps:
          toldFollowUps ??
          (known.length > 0
            ? known
            : [
                {
                  action: placeholder('what is still to be done; take this row away where nothing is'),
                  owner: '',
                  due: '',
                },
              ]),
        lessons: lessonsOf(release),
        claims,
      },
    };
  },
};

const RESULTS = { pass: 'passed', fail: 'failed', unknown: 'unknown', waived: 'waived' } as const;

function answered(text: string | undefined): string | null {
  return text === undefined || text === '' || holdsPlaceholder(text) ? null : text;
}

/** What records and reports say happened, by time. */
function timelineOf(
  { facts, version, environment }: JudgedRelease,
  reports: KnownReports,
): PostReleaseReview['timeline'] {
  const isThis = (record: { readonly version: string; readonly environment: string }): boolean =>
    isKnown(version) &&
    isSameVersion(record.version, version.value) &&
    (!isKnown(environment) || record.environment.toLowerCase() === environment.value.toLowerCase());
  const verification = reports.verification;
  const rows = [
    ...facts.records.approvals.filter(isThis).map(({ at, approver, role, path }) => ({
      time: at,
      event: `${approver} approved it as ${role}`,
      source: path,
    })),
    ...facts.records.overrides.filter(isThis).map(({ recordedAt, name, condition, path }) => ({
      time: recordedAt,
      event: `${name} set ${condition} aside`,
      source: path,
    })),
    ...(verification
      ? [
          {
            time: verification.data.summary.deployedAt,
            event: 'The deployment began',
            source: verification.path,
          },
          {
            time: verification.data.completedAt,
            event: 'The deployment was completed',
            source: verification.path,
          },
          {
            time: verification.data.signOff.signedAt,
            event: `${verification.data.signOff.verifiedBy} signed: ${verification.data.signOff.acceptance}`,
            source: verification.path,
          },
        ]
      : []),
    ...(reports.deployment?.data.timeline ?? []).map(({ time, action, status }) => ({
      time,
      event: status === '' ? action : `${action}: ${status}`,
      source: reports.deployment?.path ?? '',
    })),
  ]
    .filter(({ time, event }) => zonedTime(time) !== null && !holdsPlaceholder(event))
    .sort((a, b) => (zonedTime(a.time) ?? 0) - (zonedTime(b.time) ?? 0));
  return rows.length > 0
    ? rows
    : [
        {
          time: placeholder('when, with zone'),
          event: placeholder('what happened'),
          source: placeholder('what shows it'),
        },
      ];
}

function rollbackOf(
  told: ReadonlyMap<string, string>,
  { deployment }: KnownReports,
): PostReleaseReview['rollback'] {
  const isTold = told.get('rollback');
  return {
    status:
      isTold ?? answered(deployment?.data.rollback.isRequired) ?? placeholder('whether it was gone back'),
    why:
      told.get('rollback_reason') ??
      (isTold === undefined ? answered(deployment?.data.rollback.reason) : null) ??
      placeholder('why it was gone back, or why not'),
  };
}

/** What the pipeline did not show, and what would: each condition that was open, failed or set aside. */
function lessonsOf({ readiness }: JudgedRelease): PostReleaseReview['lessons'] {
  return readiness.reasons
    .filter(({ next }) => next !== null)
    .slice(0, MAX_LESSONS)
    .map(({ why, id, next, override }) => ({
      lesson: override ? `${override.name} had to set it aside: ${why}` : why,
      evidence: id,
      change: next ?? '',
    }));
}
