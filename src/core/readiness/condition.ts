import type { Source } from '../evidence/fact';
import type { ConditionWeight } from '../gate/readiness-settings';
import type { OverrideOnRecord } from '../records/record';
import type { ReadinessFacts } from './facts';

/** What a release is a success by: the rows of the table that every report ends with. */
export const CRITERIA = [
  'approval',
  'execution',
  'health',
  'stability',
  'performance',
  'reversibility',
  'documentation',
] as const;

export type Criterion = (typeof CRITERIA)[number];

/** What a condition says of one release. */
export interface ConditionAnswer {
  readonly status: 'pass' | 'fail' | 'unknown';
  /** A sentence without a full stop, in the user's own words: what holds, what does not, or what is not known. */
  readonly why: string;
  /** What a person does about it, imperative, without a full stop; null where it passes. */
  readonly next: string | null;
  /** What it was read from, most telling first. */
  readonly evidence: readonly Source[];
}

/** Something that must hold before a release goes: one file in `conditions`, named for its id. */
export interface Condition {
  /** Kebab-case, never reused. */
  readonly id: string;
  /** As it reads when it holds: "The unit tests passed on the commit of the release". */
  readonly title: string;
  /** What it weighs where the configuration says nothing; a function where that depends on what is configured. */
  readonly weight: 'block' | 'warn' | ((facts: ReadinessFacts) => 'block' | 'warn');
  readonly criterion: Criterion;
  /** No override sets it aside: without it nothing else can be told. */
  readonly isBinding?: true;
  /** Null where it is about something that this release does not have. Pure; never throws on bad input. */
  judge(facts: ReadinessFacts): ConditionAnswer | null;
}

/** A condition with its answer, as reports show it. */
export interface JudgedCondition {
  /** Of a condition; `rollback:<id>` for one of those of a credible rollback, which reports name one by one. */
  readonly id: string;
  readonly title: string;
  readonly criterion: Criterion;
  /** `off`: the configuration leaves it out; it was not asked. */
  readonly weight: ConditionWeight;
  /** `not-applicable`: this release has nothing that it is about. */
  readonly status: ConditionAnswer['status'] | 'waived' | 'not-applicable' | 'off';
  readonly why: string;
  readonly next: string | null;
  readonly evidence: readonly Source[];
  /** The person's override that waives it; null where none does. */
  readonly override: OverrideOnRecord | null;
}

export function pass(why: string, evidence: readonly Source[] = []): ConditionAnswer {
  return { status: 'pass', why, next: null, evidence };
}

export function fail(why: string, next: string, evidence: readonly Source[] = []): ConditionAnswer {
  return { status: 'fail', why, next, evidence };
}

export function notKnown(why: string, next: string, evidence: readonly Source[] = []): ConditionAnswer {
  return { status: 'unknown', why, next, evidence };
}
