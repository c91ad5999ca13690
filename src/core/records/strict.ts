import { approvalKind } from '../documents/approval/approval-kind';
import type { ApprovalRecord } from '../documents/approval/approval';
import type { ReadDocument } from '../documents/document';
import type { DocumentReview } from '../documents/document-review/document-review';
import { documentReviewKind } from '../documents/document-review/document-review-kind';
import { drillRecordKind } from '../documents/drill-record/drill-record-kind';
import type { DrillRecord } from '../documents/drill-record/drill-record';
import { holdsPlaceholder } from '../documents/markdown/placeholders';
import { overrideKind } from '../documents/override/override-kind';
import type { OverrideRecord } from '../documents/override/override';
import { isoDay } from '../text/iso-day';
import { zonedTime } from '../text/zoned-time';
import { readDuration } from './duration';
import { isSamePerson } from './same-person';
import {
  DRILLS,
  REVIEWS,
  type ApprovalOnRecord,
  type DrillOnRecord,
  type OverrideOnRecord,
  type ReviewOnRecord,
} from './record';

/** A record with all that it needs, or what it lacks: each completes "has no …". */
export type Strict<T> =
  { readonly ok: true; readonly record: T } | { readonly ok: false; readonly lacks: readonly string[] };

/** Names of nobody in particular: a record is a person's. */
const NOBODY =
  /^(?:(?:the )?(?:dev |ops |devops |release )?team|everyone|everybody|anyone|someone|somebody|we|us|all|me|admin|root|user|bot|n\/?a|tbd|none|unknown|-+|–|—|\?+)$/i;

/** Accounts of programs: what they do no person answers for. */
const PROGRAM =
  /\[bot\]|^(?:copilot|github[- ]?copilot|claude|chatgpt|gpt-\S+|gemini|codex|dependabot|renovate|github-actions)\b/i;

/** Whether a text names one person, as far as a text can tell. */
export function namesPerson(text: string): boolean {
  const name = text.trim();
  return (
    name !== '' && /\p{L}/u.test(name) && !NOBODY.test(name) && !PROGRAM.test(name) && !holdsPlaceholder(name)
  );
}

/** The drill of a document that is its record. */
export function strictDrill(document: ReadDocument): Strict<DrillOnRecord> {
  const data = document.data as DrillRecord;
  const lacks = lacksOfFrontMatter(document);
  const drill = DRILLS.find((each) => each === data.drill);
  const startedAtMs = zonedTime(data.startedAt);
  const seconds = readDuration(data.duration);
  const evidence = data.evidence.filter(isTold);
  if (!drill) lacks.push(`kind of drill (${DRILLS.join(', ')})`);
  if (!isTold(data.environment)) lacks.push('environment');
  lackOfVersion(
    document,
    'version-from',
    data.versionFrom,
    lacks,
    drill === 'rollback' || drill === undefined,
  );
  if (startedAtMs === null) lacks.push('start with date, time and zone (2026-11-20T14:00Z)');
  if (seconds === null) lacks.push('duration such as 12m');
  if (data.outcome !== 'passed' && data.outcome !== 'failed') lacks.push('outcome (passed or failed)');
  if (!namesPerson(data.recordedBy)) lacks.push('name of the person who recorded it');
  if (evidence.length === 0) lacks.push('evidence (a path, an address or a commit)');
  if (lacks.length > 0 || !drill || startedAtMs === null || seconds === null) return { ok: false, lacks };
  return {
    ok: true,
    record: {
      path: document.path,
      drill,
      environment: data.environment,
      service: isTold(data.service) ? data.service : '',
      versionFrom: isTold(data.versionFrom) ? data.versionFrom : '',
      versionTo: isTold(data.versionTo) ? data.versionTo : '',
      startedAt: data.startedAt,
      startedAtMs,
      seconds,
      hasPassed: data.outcome === 'passed',
      recordedBy: data.recordedBy,
      evidence,
      notes: data.notes,
    },
  };
}

/** The approval of a document that is its record. */
export function strictApproval(document: ReadDocument): Strict<ApprovalOnRecord> {
  const data = document.data as ApprovalRecord;
  const lacks = lacksOfFrontMatter(document);
  const atMs = zonedTime(data.at);
  const commit = data.commit.toLowerCase();
  const read = data.read.filter(isTold);
  if (!isTold(data.environment)) lacks.push('environment');
  lackOfVersion(document, 'version', data.version, lacks, true);
  if (!isCommit(commit)) lacks.push('whole id of the commit');
  if (!namesPerson(data.approver)) lacks.push('approver by name');
  if (!isTold(data.role)) lacks.push('role of the approver');
  if (atMs === null) lacks.push('time with date and zone (2026-11-20T14:00Z)');
  if (read.length === 0) lacks.push('word on what was read');
  if (lacks.length > 0 || atMs === null) return { ok: false, lacks };
  return {
    ok: true,
    record: {
      path: document.path,
      environment: data.environment,
      version: data.version,
      commit,
      approver: data.approver,
      role: data.role,
      at: data.at,
      atMs,
      recordedBy: data.recordedBy,
      read,
      evidence: data.evidence.filter(isTold),
    },
  };
}

/** The override of a document that is its record. */
export function strictOverride(document: ReadDocument): Strict<OverrideOnRecord> {
  const data = document.data as OverrideRecord;
  const lacks = lacksOfFrontMatter(document);
  const recordedAtMs = zonedTime(data.recordedAt);
  const until = isoDay(data.until);
  if (!/^(?:rollback:)?[a-z][a-z0-9-]*$/.test(data.condition)) lacks.push('condition by its id');
  if (!isTold(data.environment)) lacks.push('environment');
  lackOfVersion(document, 'version', data.version, lacks, true);
  if (!namesPerson(data.name)) lacks.push('name of the person who answers for it');
  if (!isTold(data.reason)) lacks.push('reason');
  if (until === null) lacks.push('last day (until: 2027-03-01)');
  if (recordedAtMs === null) lacks.push('time of recording with date and zone (2026-11-20T14:00Z)');
  if (lacks.length > 0 || until === null || recordedAtMs === null) return { ok: false, lacks };
  return {
    ok: true,
    record: {
      path: document.path,
      condition: data.condition,
      environment: data.environment,
      version: data.version,
      name: data.name,
      reason: data.reason,
      until,
      recordedAt: data.recordedAt,
      recordedAtMs,
      recordedBy: data.recordedBy,
    },
  };
}

/** The review of a document that is its record. */
export function strictReview(document: ReadDocument): Strict<ReviewOnRecord> {
  const data = document.data as DocumentReview;
  const lacks = lacksOfFrontMatter(document);
  const review = REVIEWS.find((each) => each === data.review);
  const atMs = zonedTime(data.at);
  const sha256 = data.sha256.toLowerCase();
  const evidence = data.evidence.filter(isTold);
  const isTest = review === 'tested';
  if (!isTold(data.document)) lacks.push('path of the document');
  if (!/^[0-9a-f]{64}$/.test(sha256)) lacks.push('sha256 of the text that was read (64 hex digits)');
  if (!review) lacks.push(`kind of review (${REVIEWS.join(', ')})`);
  if (!namesPerson(data.reviewer)) lacks.push('reviewer by name');
  if (!isTold(data.author)) lacks.push('author of the document');
  else if (isSamePerson(data.reviewer, data.author)) lacks.push('reviewer other than the author');
  if (atMs === null) lacks.push('time with date and zone (2026-11-20T14:00Z)');
  if (isTest && !isTold(data.environment)) lacks.push('environment in which it was carried out');
  if (isTest && data.outcome !== 'passed' && data.outcome !== 'failed')
    lacks.push('outcome (passed or failed)');
  if (isTest && evidence.length === 0) lacks.push('evidence (a path, an address or a commit)');
  if (lacks.length > 0 || !review || atMs === null) return { ok: false, lacks };
  return {
    ok: true,
    record: {
      path: document.path,
      document: data.document.replace(/^\.\//, ''),
      sha256,
      review,
      reviewer: data.reviewer,
      author: data.author,
      at: data.at,
      atMs,
      environment: isTest ? data.environment : '',
      hasPassed: isTest ? data.outcome === 'passed' : null,
      evidence,
    },
  };
}

/** What a document lacks as a record; none where it has everything. Null for a document that is no record. */
export function lacksOf(document: ReadDocument): readonly string[] | null {
  const strict = strictOf(document);
  return strict === null ? null : strict.ok ? [] : strict.lacks;
}

function strictOf(document: ReadDocument): Strict<unknown> | null {
  switch (document.kind) {
    case drillRecordKind.id:
      return strictDrill(document);
    case approvalKind.id:
      return strictApproval(document);
    case overrideKind.id:
      return strictOverride(document);
    case documentReviewKind.id:
      return strictReview(document);
    default:
      return null;
  }
}

export function isCommit(text: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(text);
}

function isTold(text: string): boolean {
  return (
    text.trim() !== '' &&
    !/^(?:n\/?a|tbd|todo|none|-+|–|—|\?+)\.?$/i.test(text.trim()) &&
    !holdsPlaceholder(text)
  );
}

function lacksOfFrontMatter(document: ReadDocument): string[] {
  return document.problems.length > 0 ? ['front matter that can be read'] : [];
}

/** A version that YAML takes for a number has lost its end: 1.10 is 1.1. */
function lackOfVersion(
  document: ReadDocument,
  key: string,
  version: string,
  lacks: string[],
  isRequired: boolean,
): void {
  if (typeof document.frontMatter[key] === 'number')
    lacks.push(`${key} in quotes (a bare ${version} is a number)`);
  else if (isRequired && !isTold(version))
    lacks.push(key === 'version' ? 'version' : 'version that the drill began with');
}
