import type { DiffRisk, IrreversibleKind, TouchKind } from '../change/change';

/** How likely it is to go wrong and how much it costs then, as words with their points. */
export const LIKELIHOOD = { low: 1, medium: 2, high: 3 } as const;
export const IMPACT = { low: 1, medium: 2, high: 3, critical: 4 } as const;

export type Likelihood = keyof typeof LIKELIHOOD;
export type Impact = keyof typeof IMPACT;
/** From the lowest up. */
export const RISK_LEVELS = ['low', 'medium', 'high', 'critical'] as const;

export type RiskLevel = (typeof RISK_LEVELS)[number];

/** What a signal weighs and why. Points are likelihood times impact, the matrix of NIST SP 800-30 (appendix I). */
export interface Weight {
  readonly likelihood: Likelihood;
  readonly impact: Impact;
  readonly reason: string;
}

/** From so many points in sum the level is at least this; docs/change.md shows the table. */
export const LEVEL_FROM_POINTS: readonly { readonly level: RiskLevel; readonly points: number }[] = [
  { level: 'critical', points: 36 },
  { level: 'high', points: 18 },
  { level: 'medium', points: 6 },
  { level: 'low', points: 0 },
];

/** An entry that weighs so much by itself is asked for its owner. */
export const HEAVY_FROM_POINTS = 8;

/** Whatever the sum: what cannot be undone, or cannot be told, is at least this. */
export const IRREVERSIBLE_FLOOR: RiskLevel = 'high';

/** The weight of an action that cannot be undone, by kind. It is in the diff, so it will happen: likelihood high. */
export const IRREVERSIBLE_WEIGHTS: Readonly<Record<IrreversibleKind, Weight>> = {
  'data-delete': { likelihood: 'high', impact: 'critical', reason: 'data is lost when the release runs' },
  'schema-break': {
    likelihood: 'high',
    impact: 'high',
    reason: 'the version before fails on the new schema, during the rollout and after a rollback',
  },
  'infra-destroy': {
    likelihood: 'high',
    impact: 'critical',
    reason: 'a resource is gone with what it holds',
  },
  'infra-replace': {
    likelihood: 'high',
    impact: 'high',
    reason: 'a resource is made anew, without what it held',
  },
  'storage-delete': { likelihood: 'high', impact: 'critical', reason: 'stored data is lost' },
  'interface-break': { likelihood: 'medium', impact: 'high', reason: 'clients rely on what is gone' },
  unjudgeable: {
    likelihood: 'medium',
    impact: 'critical',
    reason: 'nobody and nothing has said what it does, so the worst is assumed',
  },
};

/** Whom an action that cannot be undone reaches, and what would show that it has gone wrong, by kind. */
export const IRREVERSIBLE_ADVICE: Readonly<
  Record<IrreversibleKind, { readonly blastRadius: string; readonly trigger: string }>
> = {
  'data-delete': {
    blastRadius: 'every version that uses what it names, the one before this release too',
    trigger: 'queries fail on a missing or changed object, or rows are missed',
  },
  'schema-break': {
    blastRadius: 'every version that uses what it names, the one before this release too',
    trigger: 'queries fail on a missing or changed object, or rows are missed',
  },
  'infra-destroy': {
    blastRadius: 'everything that runs on it or reads from it, the version before this release too',
    trigger: 'connections to it fail, or what it held is missed',
  },
  'infra-replace': {
    blastRadius: 'everything that runs on it or reads from it, the version before this release too',
    trigger: 'connections fail while it is made anew, or what the old one held is missed',
  },
  'storage-delete': {
    blastRadius: 'everything that reads what was stored, the version before this release too',
    trigger: 'reads find nothing, or messages are missed',
  },
  'interface-break': {
    blastRadius: 'every client that was built against the interface before, at the time of its owners',
    trigger: 'client errors (4xx, failed decoding, missing symbols) rise',
  },
  unjudgeable: {
    blastRadius: 'not known before somebody says what it does',
    trigger: 'the step fails, or something is missed after it',
  },
};

/** What to say of something that may hurt and can be undone. */
export const HURTFUL_ADVICE: Readonly<Record<'database' | NonNullable<DiffRisk['about']>, TouchAdvice>> = {
  database: {
    blastRadius: 'requests that read or write what it names',
    mitigation: "run it on a copy of production's size first, and set a lock timeout",
    trigger: 'statements wait for locks, or run longer than they did on the copy',
  },
  infrastructure: {
    blastRadius: 'what runs on it or reaches others through it',
    mitigation: 'read the plan of the change (terraform plan, kubectl diff) before it is applied',
    trigger: 'connections fail, or access is denied',
  },
  storage: {
    blastRadius: 'whatever reads what is stored there',
    mitigation: 'find out where it runs, and copy what is stored first',
    trigger: 'reads find nothing',
  },
  interface: {
    blastRadius: 'clients that use what it names',
    mitigation: 'compare with what clients use, and tell them before the release',
    trigger: 'client errors rise',
  },
};

/** The weight of touching a kind of thing; null where the diff is judged statement by statement instead. */
export const TOUCH_WEIGHTS: Readonly<Record<TouchKind, (Weight & TouchAdvice) | null>> = {
  schema: null,
  data: null,
  infrastructure: {
    likelihood: 'medium',
    impact: 'high',
    reason: 'a fault in infrastructure reaches everything that runs on it',
    blastRadius: 'everything that runs on the changed resources',
    mitigation: 'review the plan of the change (terraform plan, kubectl diff) before it is applied',
    trigger: 'pods restart, resources are replaced, or health checks fail',
  },
  configuration: {
    likelihood: 'medium',
    impact: 'medium',
    reason:
      'configuration is seldom tested, and one value reaches every instance (Xu and Zhou, ACM Computing Surveys 2015)',
    blastRadius: 'every instance that reads the changed values',
    mitigation: 'compare the values of staging and production before the release',
    trigger: 'instances fail to start, or the error rate rises after they restart',
  },
  'feature-flags': {
    likelihood: 'low',
    impact: 'medium',
    reason: 'a flag changes behaviour for all who fall under it at once',
    blastRadius: 'the users that the flag addresses',
    mitigation: 'say who may switch the flag, and test both states',
    trigger: 'the error rate differs between the states of the flag',
  },
  interfaces: {
    likelihood: 'medium',
    impact: 'high',
    reason: 'clients are released on their own time',
    blastRadius: 'every client of the interface',
    mitigation: 'compare the interface with the released one and keep what clients use',
    trigger: 'client errors (4xx, failed decoding) rise',
  },
  dependencies: {
    likelihood: 'medium',
    impact: 'medium',
    reason: 'code that nobody here wrote or reviewed changes behaviour',
    blastRadius: 'whatever uses the changed packages',
    mitigation: 'read the release notes of major versions, and scan the lock file for known vulnerabilities',
    trigger: 'new kinds of exceptions, or the latency rises',
  },
  pipelines: {
    likelihood: 'medium',
    impact: 'medium',
    reason: 'the way to production itself changes, and it is first used by this release',
    blastRadius: 'this and every later deployment, the rollback too',
    mitigation: 'run the changed workflow against a non-production environment first, the rollback too',
    trigger: 'a job is skipped, or succeeds without having done its work',
  },
  permissions: {
    likelihood: 'medium',
    impact: 'high',
    reason: 'too little stops the service, too much is found by others first',
    blastRadius: 'everybody and everything that the changed roles name',
    mitigation: 'have the owner of the roles review the difference',
    trigger: 'access is denied where it was granted before',
  },
  secrets: {
    likelihood: 'medium',
    impact: 'high',
    reason: 'a missing or wrong secret stops the service at its start',
    blastRadius: 'everything that reads the secret',
    mitigation: 'check that the secret exists in each environment before the release',
    trigger: 'instances fail to start, or authentication fails',
  },
  'deploy-scripts': {
    likelihood: 'medium',
    impact: 'high',
    reason: 'the script that deploys and rolls back is first used when it matters',
    blastRadius: 'the deployment itself, and its rollback',
    mitigation: 'run the changed script against a non-production environment, the rollback too',
    trigger: 'the script fails, or ends well without the new version running',
  },
};

/** What to say of a touched kind of thing. */
export interface TouchAdvice {
  readonly blastRadius: string;
  readonly mitigation: string;
  readonly trigger: string;
}

/** Lines added and removed, without lock files, from which the size of a change is a signal of its own. */
export const SIZES: readonly (Weight & { readonly lines: number })[] = [
  {
    lines: 5000,
    likelihood: 'high',
    impact: 'medium',
    reason:
      'size and spread predict faults better than most measures (Nagappan and Ball, ICSE 2005; Kamei et al., IEEE TSE 2013)',
  },
  {
    lines: 1000,
    likelihood: 'medium',
    impact: 'medium',
    reason:
      'size and spread predict faults better than most measures (Nagappan and Ball, ICSE 2005; Kamei et al., IEEE TSE 2013)',
  },
];

/** A file is a hot spot where earlier reverts changed it, or so many earlier fixes did. */
export const HOT_FROM_FIXES = 3;

/** With fewer commits before the range nobody is new to a file: the history is too short to tell. */
export const HISTORY_FROM_COMMITS = 30;

/** Days since the last release from which the batch counts as old. */
export const OLD_AFTER_DAYS = 30;

export const OTHER_WEIGHTS = {
  hurtful: {
    likelihood: 'medium',
    impact: 'medium',
    reason: 'it can be undone, but it can stop or slow the service while it runs, or change rows',
  },
  breaking: {
    likelihood: 'medium',
    impact: 'high',
    reason: 'its author says that it breaks what others rely on',
  },
  reverted: {
    likelihood: 'medium',
    impact: 'low',
    reason: 'what was undone once is often tried again or half undone',
  },
  old: {
    likelihood: 'medium',
    impact: 'low',
    reason: 'the longer the gap, the more changes meet production at once (DORA: smaller batches fail less)',
  },
  noTarget: {
    likelihood: 'medium',
    impact: 'high',
    reason: 'without a release before this one there is nothing to go back to',
  },
  majors: {
    likelihood: 'medium',
    impact: 'high',
    reason: 'by semantic versioning such a version may break those who use it',
  },
  hotSpots: {
    likelihood: 'medium',
    impact: 'medium',
    reason:
      'files that were mended often are mended again (Graves et al., IEEE TSE 2000; Kim et al., ICSE 2007; Hassan, ICSE 2009)',
  },
  newToFiles: {
    likelihood: 'low',
    impact: 'medium',
    reason:
      'files changed by people who did not know them fail more often (Bird et al., FSE 2011; Kamei et al., IEEE TSE 2013)',
  },
  longUnderWay: {
    likelihood: 'medium',
    impact: 'low',
    reason: 'what was written long ago was written against another state of the rest',
  },
  shallow: {
    likelihood: 'low',
    impact: 'medium',
    reason: 'commits that are not here cannot be judged',
  },
} as const satisfies Readonly<Record<string, Weight>>;
