import { defaultConfiguration } from '../../src/core/gate/configuration';
import { defaultReadiness } from '../../src/core/gate/readiness-settings';
import type { Condition, ConditionAnswer, JudgedCondition } from '../../src/core/readiness/condition';
import type { ReadinessFacts } from '../../src/core/readiness/facts';
import type { ReleaseOnRecord } from '../../src/core/readiness/upkeep';
import { noRecords, type OverrideOnRecord } from '../../src/core/records/record';
import { changeOf, profileOf } from './change';

/** Facts of a release of one commit that shows nothing else; a test says what differs. */
export function factsOf(parts: object = {}): ReadinessFacts {
  return {
    asked: {
      version: '2.4.0',
      environment: 'production',
      isOnline: false,
      runsCommands: false,
      evidence: [],
    },
    now: new Date('2026-11-26T12:00:00Z'),
    settings: defaultReadiness,
    configuration: defaultConfiguration,
    check: { root: '.', verdict: 'pass', findings: [], notChecked: [], checkedFiles: 0 },
    workflows: null,
    documents: [],
    change: changeOf(),
    noChange: '',
    profile: profileOf(),
    register: { level: 'low', entries: [] },
    rollout: { rollout: 'rolling', why: 'The platform can' },
    credibility: null,
    plan: null,
    records: noRecords,
    inForce: [],
    idle: [],
    overrides: { inForce: [], idle: [], refused: [] },
    addedKeys: { ok: true, keys: [] },
    runbooks: [],
    releaseRecords: [],
    paths: new Set<string>(),
    ...parts,
  } as unknown as ReadinessFacts;
}

/** The sealed record of a release of 1.2.0 to production that went well; a test says what differs. */
export function releaseRecordOf(parts: Partial<ReleaseOnRecord> = {}): ReleaseOnRecord {
  const version = parts.version ?? '1.2.0';
  const environment = parts.environment ?? 'production';
  return {
    path: `docs/release/records/release_${version}_${environment}_2026-11-01-1000.md`,
    version,
    environment,
    closed: null,
    mode: 'release',
    verdict: 'Released',
    isOverridden: false,
    liveSystem: 'changed',
    isRollbackVerified: null,
    commit: '',
    endedAt: '2026-11-01T11:00:00Z',
    resolved: null,
    seal: 'holds',
    ...parts,
  };
}

/** A condition that answers what a test says. */
export function conditionOf(
  id: string,
  answer: Partial<ConditionAnswer> | null,
  parts: Partial<Condition> = {},
): Condition {
  return {
    id,
    title: `The title of ${id}`,
    weight: 'block',
    criterion: 'execution',
    judge: () =>
      answer && { status: 'fail', why: `why of ${id}`, next: `next of ${id}`, evidence: [], ...answer },
    ...parts,
  };
}

/** An override by Ada Byron of 2.4.0 in production, in force. */
export function overrideOf(condition: string, parts: Partial<OverrideOnRecord> = {}): OverrideOnRecord {
  return {
    path: `docs/release/records/override_${condition}.md`,
    condition,
    environment: 'production',
    version: '2.4.0',
    name: 'Ada Byron',
    reason: 'the supplier is down until Friday',
    until: '2026-12-01',
    recordedAt: '2026-11-26T10:00Z',
    recordedAtMs: Date.parse('2026-11-26T10:00Z'),
    recordedBy: 'Ada Byron',
    ...parts,
  };
}

/** What reports show of one condition. */
export function idsAndStates(conditions: readonly JudgedCondition[]): readonly string[] {
  return conditions.map(({ id, weight, status }) => `${weight} ${status} ${id}`);
}
