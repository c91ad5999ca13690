import type { ReadDocument } from '../../../documents/document';
import { holdsPlaceholder } from '../../../documents/markdown/placeholders';
import type { ReleaseNotes } from '../../../documents/release-notes/release-notes';
import { releaseNotesKind } from '../../../documents/release-notes/release-notes-kind';
import { withPersonKeys } from '../../../documents/release-record/person-edit';
import type { VerificationReport } from '../../../documents/verification-report/verification-report';
import { verificationReportKind } from '../../../documents/verification-report/verification-report-kind';
import type { JudgedCondition } from '../../../readiness/condition';
import type { ReadinessFacts } from '../../../readiness/facts';
import { gatherFacts } from '../../../readiness/gather';
import { judgeReadiness } from '../../../readiness/judge';
import { isOfRelease, needsResolution } from '../../../readiness/upkeep';
import { confirmationPhrase } from '../../../text/confirmation-phrase';
import { environmentOf, personOf, type RecordingWorld } from '../../../records/compose';
import { isSameVersion } from '../../../records/records-in';
import { isSamePerson } from '../../../records/same-person';
import { namesPerson } from '../../../records/strict';
import type { HashFunction } from '../../../release/journal';
import type { ProposedFile } from '../../../text/proposal';
import { isoDay } from '../../../text/iso-day';
import { isoTime } from '../../../text/zoned-time';
import type { World } from '../../task';
import { recordsFor, standingRecord, type StandingRecord } from './standing-record';

/** Something that has to be so before a release is closed. */
export interface CloseCondition {
  readonly id: string;
  /** As it reads when it holds. */
  readonly title: string;
  readonly status: 'pass' | 'fail' | 'unknown' | 'waived' | 'not-applicable';
  /** A clause without full stop. */
  readonly why: string;
  /** What a person does about it; '' where it holds. */
  readonly next: string;
}

/** What a person tells; null for what they leave out. */
export interface ToldClosing {
  readonly environment: string | null;
  /** Null: the newest release that is open. */
  readonly version: string | null;
  readonly by: string | null;
}

/** Whether a release may be closed, and the record as it would be; or why nothing can be judged, a sentence each. */
export type CloseAnswer =
  | {
      readonly ok: true;
      readonly version: string;
      readonly environment: string;
      readonly conditions: readonly CloseCondition[];
      /** Null where a condition does not hold: unknown is never a yes. */
      readonly file: ProposedFile | null;
      readonly notes: readonly string[];
      readonly phrase: string;
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/**
 * Judges whether a release may be closed after its verdict (C20), and gives its record with who closed it and when. What
 * readiness asks again here (a drill of the rollback, owned alerts, compensated migrations) a recorded override sets aside;
 * the rest is done. The face asks the person to type the phrase first; no model reaches it.
 */
export async function closeRelease(
  world: RecordingWorld & World,
  told: ToldClosing,
  signal: AbortSignal,
  hash?: HashFunction,
): Promise<CloseAnswer> {
  const problems: string[] = [];
  const environment = environmentOf(told.environment, problems);
  const by = personOf(world, told.by, problems);
  const records =
    environment === ''
      ? []
      : (await recordsFor(world, environment, told.version, signal)).filter(isOfRelease);
  const record = records.find(({ closed }) => closed === null);
  if (environment !== '' && !record) {
    const [last] = records;
    problems.push(
      last?.closed
        ? `the release of ${last.version} to ${environment} was closed by ${last.closed.by} at ${last.closed.at}`
        : `no release${told.version === null ? '' : ` of ${told.version}`} to ${environment} is on record with a verdict`,
    );
  }
  const standing = record ? await standingRecord(world.files, record, hash) : null;
  if (problems.length > 0 || !record || !standing) return { ok: false, problems };
  const gathered = await gatherFacts(
    world,
    { version: record.version, environment: record.environment, base: null, head: null },
    { signal, report: () => undefined },
  );
  if (!gathered.ok) return { ok: false, problems: [gathered.reason] };
  const { facts } = gathered;
  const readiness = judgeReadiness(facts);
  const judged = [...readiness.conditions, ...readiness.rollback];
  const report = reportOf(facts, standing);
  const conditions: readonly CloseCondition[] = [
    sealed(standing),
    resolved(standing),
    asked(judged, 'rollback:drilled', 'procedures-tested', 'The rollback was practised lately (S1-23)'),
    asked(
      judged,
      'monitoring-ready',
      'alerts-owned',
      'Alerts are defined, and each names who answers it (S1-24)',
    ),
    watched(standing),
    asked(
      judged,
      'rollback:actions-compensated',
      'migrations-reversible',
      'What the change cannot undo is compensated for (S1-26)',
    ),
    reported(report, standing),
    followedUp(report),
    notesWritten(facts, standing),
    runbookUpdated(facts, report, standing),
  ];
  const mayClose = conditions.every(({ status }) => status !== 'fail' && status !== 'unknown');
  const after = mayClose
    ? withPersonKeys(standing.text, { 'closed-at': isoTime(world.clock.now().getTime()), 'closed-by': by })
    : null;
  return {
    ok: true,
    version: record.version,
    environment: record.environment,
    conditions,
    file:
      after === null
        ? null
        : {
            path: record.path,
            before: standing.text,
            after,
            purpose: `closing of the release of ${record.version} to ${record.environment}`,
          },
    notes: standing.notes,
    phrase: confirmationPhrase(record.environment, record.version),
  };
}

type Answer = Pick<CloseCondition, 'status' | 'why' | 'next'>;

const pass = (why: string): Answer => ({ status: 'pass', why, next: '' });
const fail = (why: string, next: string): Answer => ({ status: 'fail', why, next });
const open = (why: string, next: string): Answer => ({ status: 'unknown', why, next });

function sealed({ doubts, record }: StandingRecord): CloseCondition {
  const [doubt] = doubts;
  return {
    id: 'record-as-left',
    title: 'The record stands as its run left it',
    ...(doubt !== undefined
      ? fail(doubt, 'put back what the run left')
      : record.seal === 'holds'
        ? pass('its seal holds')
        : open(
            `${record.path} has no seal, so nothing tells whether it is as it was`,
            'keep the record that the run writes',
          )),
  };
}

function resolved({ record }: StandingRecord): CloseCondition {
  const common = { id: 'resolved', title: 'What went wrong is resolved by a person' };
  if (!needsResolution(record))
    return { ...common, status: 'not-applicable', why: `it ended as ${record.verdict}`, next: '' };
  return {
    ...common,
    ...(record.resolved
      ? pass(`${record.resolved.by}: ${record.resolved.resolution} (${record.resolved.fix})`)
      : fail(
          `it ended as ${record.verdict}, and nobody has recorded how that was resolved`,
          `release-gate resolve --environment ${record.environment} --release ${record.version} --fix COMMIT --reason "..."`,
        )),
  };
}

/** A condition of readiness as it stands now; what a person set aside is shown as that. */
function asked(judged: readonly JudgedCondition[], id: string, own: string, title: string): CloseCondition {
  const found = judged.find((each) => each.id === id);
  const common = { id: own, title };
  if (!found) {
    return {
      ...common,
      ...open(
        'what changed is not known, so it could not be asked',
        'release-gate gate says what is not known',
      ),
    };
  }
  if (found.status === 'off') return { ...common, status: 'not-applicable', why: found.why, next: '' };
  const status = found.status;
  return {
    ...common,
    status,
    why: found.override
      ? `${found.why}; ${found.override.name} set it aside until ${found.override.until}: ${found.override.reason}`
      : found.why,
    next: found.next ?? '',
  };
}

/** S1-25: the effect on service levels was measured over the whole window, and nothing that stands speaks against it. */
function watched({ data, record }: StandingRecord): CloseCondition {
  const common = {
    id: 'stable',
    title: 'The effect on service levels was measured and is acceptable (S1-25)',
  };
  if (record.liveSystem === 'unknown' || record.isRollbackVerified === false) {
    return {
      ...common,
      ...fail('nobody knew what ran when the run ended', 'verify what runs, and release again'),
    };
  }
  if (record.isRollbackVerified === true) {
    return { ...common, ...pass('it was rolled back, and the version before was watched to the end') };
  }
  if (record.isOverridden) {
    return {
      ...common,
      status: 'waived',
      why: `the watch window was left before its end: ${data.override}`,
      next: '',
    };
  }
  const [watch] = data.watch.watches.filter(({ watch: name }) => name === 'window');
  if (!watch || !/ran to its end/.test(watch.ended)) {
    return {
      ...common,
      ...open(
        watch ? `the watch window ${watch.ended}` : 'the record shows no watch window',
        'release it again and watch it to the end',
      ),
    };
  }
  const lost = data.metrics.filter(
    ({ missing, required }) => required === 'yes' && !missing.startsWith('0 of'),
  );
  return {
    ...common,
    ...pass(
      `${watch.polls} intervals were watched to the end${lost.length === 0 ? '' : `; without data in some: ${lost.map(({ metric }) => metric).join(', ')}`}`,
    ),
  };
}

/** The verification report of this very run: of its version and environment, completed when it ended. */
function reportOf(facts: ReadinessFacts, { record }: StandingRecord): ReadDocument | null {
  const ended = Date.parse(record.endedAt);
  return (
    facts.documents.find((document) => {
      if (document.kind !== verificationReportKind.id) return false;
      const { summary, completedAt } = document.data as VerificationReport;
      return (
        isSameVersion(summary.version, record.version) &&
        summary.environment.toLowerCase() === record.environment.toLowerCase() &&
        (Number.isNaN(ended) || Math.abs(Date.parse(completedAt) - ended) < 3_600_000)
      );
    }) ?? null
  );
}

function reported(report: ReadDocument | null, { record }: StandingRecord): CloseCondition {
  const common = {
    id: 'checklist-done',
    title: 'The verification report is complete, signed and kept (S1-27)',
  };
  if (!report) {
    return {
      ...common,
      ...fail(
        `there is no verification report of ${record.version} in ${record.environment}`,
        'write it: release-gate doc verification-report --write',
      ),
    };
  }
  const { signOff, summary } = report.data as VerificationReport;
  const [placeholder] = report.placeholders;
  if (placeholder) {
    return {
      ...common,
      ...fail(
        `${report.path} still asks for ${placeholder.needed}${report.placeholders.length > 1 ? ` and ${report.placeholders.length - 1} more` : ''}`,
        `fill it in: release-gate unknowns --ask`,
      ),
    };
  }
  if (!namesPerson(signOff.verifiedBy) || isSamePerson(signOff.verifiedBy, summary.deployedBy)) {
    return {
      ...common,
      ...fail(
        `${report.path} is signed by ${signOff.verifiedBy || 'nobody'}, who ${namesPerson(signOff.verifiedBy) ? 'deployed it' : 'is no person'}`,
        'have somebody else verify and sign it',
      ),
    };
  }
  return {
    ...common,
    ...(/^accepted\b/i.test(signOff.acceptance.trim())
      ? pass(`${report.path}, accepted by ${signOff.verifiedBy}`)
      : fail(`${report.path} says "${signOff.acceptance}"`, 'settle what stands against it')),
  };
}

function followedUp(report: ReadDocument | null): CloseCondition {
  const common = { id: 'follow-ups-recorded', title: 'Each follow-up has an owner and a day' };
  if (!report) {
    return { ...common, ...open('without a verification report no follow-up is known', 'write the report') };
  }
  const { issues } = report.data as VerificationReport;
  const loose = issues.find(
    ({ owner, due }) => holdsPlaceholder(owner) || owner.trim() === '' || isoDay(due.trim()) === null,
  );
  return {
    ...common,
    ...(loose
      ? fail(
          `"${loose.issue}" in ${report.path} has no ${isoDay(loose.due.trim()) === null ? 'day' : 'owner'}`,
          'write down who does it until when',
        )
      : pass(issues.length === 0 ? 'there is none' : `${issues.length} in ${report.path}`)),
  };
}

function notesWritten({ documents }: ReadinessFacts, { record }: StandingRecord): CloseCondition {
  const common = { id: 'release-notes', title: 'The release notes are written' };
  if (record.verdict !== 'Released')
    return { ...common, status: 'not-applicable', why: `it ended as ${record.verdict}`, next: '' };
  const notes = documents.find(
    ({ kind, data }) =>
      kind === releaseNotesKind.id && isSameVersion((data as ReleaseNotes).version, record.version),
  );
  if (!notes) {
    return {
      ...common,
      ...fail(`there are no release notes of ${record.version}`, 'release-gate doc release-notes --write'),
    };
  }
  const [placeholder] = notes.placeholders;
  return {
    ...common,
    ...(placeholder
      ? fail(`${notes.path} still asks for ${placeholder.needed}`, 'fill it in: release-gate unknowns --ask')
      : pass(notes.path)),
  };
}

/** Where the report says that the runbook needs updating, it has changed since. */
function runbookUpdated(
  { runbooks }: ReadinessFacts,
  report: ReadDocument | null,
  { record }: StandingRecord,
): CloseCondition {
  const common = { id: 'runbook-updated', title: 'The runbook says what was learnt' };
  if (!report) {
    return {
      ...common,
      ...open('without a verification report nothing tells whether it needs updating', 'write the report'),
    };
  }
  const { issues } = report.data as VerificationReport;
  const needed = issues.find(({ runbook }) => /^yes\b/i.test(runbook.trim()));
  if (!needed) return { ...common, ...pass('the verification report asks for no update') };
  const ended = Date.parse(record.endedAt);
  const updated = runbooks.find(
    ({ lastChange }) => lastChange !== null && Date.parse(lastChange.committedAt) > ended,
  );
  return {
    ...common,
    ...(updated
      ? pass(`${updated.path} was changed in ${updated.lastChange?.hash.slice(0, 12) ?? ''}`)
      : fail(
          `"${needed.issue}" needs the runbook updated (${needed.runbook}), and no runbook has changed since`,
          'bring the runbook up to date, and commit it',
        )),
  };
}
