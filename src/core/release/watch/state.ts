import type { MetricSettings, WatchSettings } from '../../evidence/release-settings';
import type { CumulativeCounts, Direction } from './evidence';

/** Why a finding was made; each stands for one rule of `docs/watching.md`. */
export const FINDING_REASONS = [
  /** Counts: clearly worse, by as much as hard asks. */
  'regression',
  /** Counts: worse, with the evidence that soft asks. */
  'raised',
  /** Counts: as bad as a regression, yet the service's own history has had the like. */
  'raised-but-seen-before',
  /** Counts: a regression by all but the history, of which there is too little. */
  'not-calibrated',
  /** Counts: over what is allowed whatever the baseline was. */
  'ceiling',
  /** Counts: as high as a breach, with no evidence that it is more than chance. */
  'above-without-evidence',
  /** No data at all since the watch began. */
  'no-data',
  /** Data came and are gone. */
  'data-lost',
  /** One poll without data. */
  'data-gap',
  /** As good as no traffic where there was some. */
  'too-quiet',
  /** Much less traffic than usual, and less than the history ever had. */
  'quiet',
  /** A check failed several times in a row. */
  'check-failed',
  /** A check failed once. */
  'check-blip',
  /** A level stayed over the limit that the configuration sets. */
  'over-limit',
  /** A level stayed over its limit, as it did before the release. */
  'over-limit-before',
  /** A level stayed beyond a multiple of its baseline and beyond all that the baseline held. */
  'beyond-baseline',
  /** A level is about to reach its limit if it goes on like this. */
  'trend',
] as const;
export type FindingReason = (typeof FINDING_REASONS)[number];

export type FindingLevel = 'hard' | 'soft' | 'note';

/** The numbers behind a finding; null where a rule has no such number. */
export interface FindingNumbers {
  /** What was judged: a share, a level, requests in the polls looked at. */
  readonly recent: number | null;
  readonly baseline: number | null;
  /** `recent` by `baseline`; null where the baseline is zero. */
  readonly ratio: number | null;
  /** Natural logarithm of the evidence against the noise of the history, and against that of the baseline alone. */
  readonly lnEvidence: number | null;
  readonly lnEvidenceBaseline: number | null;
  /** Whether it stands as high as a hard breach asks. */
  readonly isAtHardBound: boolean;
  /** Noise that was counted with; 1 is that of chance alone. */
  readonly noise: number | null;
  readonly limit: number | null;
  /** Polls without data of anything so far in the watch. */
  readonly gaps: number;
}

/** What one poll shows of one metric. */
export interface WatchFinding {
  /** As the configuration names it. */
  readonly metric: string;
  readonly level: FindingLevel;
  readonly why: FindingReason;
  /** A clause for people, without full stop, and the verdict's reason: `error rate breached 2.4x baseline at T+7`. */
  readonly text: string;
  readonly evidence: FindingNumbers;
}

/** Counts that are judged by evidence: what stood before, how noisy it is, what came since. */
export interface Track {
  readonly direction: Direction;
  readonly baseline: { readonly bad: number; readonly all: number; readonly polls: number };
  readonly baselineNoise: number;
  /** By duration; null where the history is too short or there is none. */
  readonly historyNoise: readonly number[] | null;
  /** Where the largest noise of the history comes from: numbers of its polls, counted back from its end. */
  readonly noiseSpan: { readonly from: number; readonly until: number } | null;
  readonly counts: CumulativeCounts;
  /** The single worst poll so far, from 0; -1: none. */
  readonly worst: number;
  readonly worstRate: number | null;
}

/** What traffic was before the release. */
export interface UsualTraffic {
  /** Requests per poll. */
  readonly mean: number;
  /** Variance by mean, 1 where it is as calm as chance. */
  readonly dispersion: number;
  /** So many polls are looked at. */
  readonly polls: number;
  /** The least that so many polls of the history held; null without enough history. */
  readonly least: number | null;
}

/** What is known before the watch and gathered in it, by how a metric is judged. */
export type Judged =
  | {
      readonly by: 'evidence';
      readonly hard: Track;
      /** Requests over the soft bound of a latency, where they are counted; null: soft looks at the same counts. */
      readonly soft: Track | null;
    }
  | {
      readonly by: 'level';
      readonly median: number | null;
      /** The worst value of the baseline, and how many it held. */
      readonly extreme: number | null;
      readonly polls: number;
      /** The worst value of the whole history. */
      readonly worstEver: number | null;
      /** The longest that it was over its limit in a row before the release. */
      readonly overLimitBefore: number;
      /** The steepest worsening for each poll over as many polls as the trend looks at, before the release. */
      readonly steepest: number | null;
    }
  | { readonly by: 'traffic' }
  | { readonly by: 'check' }
  /** Nothing can be said here. */
  | { readonly by: 'nothing'; readonly why: string };

/** One metric in a watch. */
export interface MetricState {
  readonly settings: MetricSettings;
  readonly judged: Judged;
  /** Of the metric of traffic; where none is configured, of the first that counts requests. Null: silence is not judged by it. */
  readonly traffic: UsualTraffic | null;
  /** Whether its findings ask at most: a watch by probes whose baseline is short. */
  readonly isSoftOnly: boolean;
  /** Polls of history that had data. */
  readonly historyPolls: number;
  readonly isCalibrated: boolean;
  /** ISO 8601: the end of the last interval before the release; null where nobody knows it. */
  readonly until: string | null;
  readonly note: string;
  /** For each poll: the rate, the level, the requests, 1 for a check that passed; null without data or traffic. */
  readonly values: readonly (number | null)[];
  /** For each poll, how many requests there were; null without data. Empty where they are not counted. */
  readonly requests: readonly (number | null)[];
  /** For each poll, the natural logarithm of the evidence so far; null where none is reckoned. */
  readonly lnEvidence: readonly (number | null)[];
  readonly hasData: boolean;
  /** Polls without data in a row, now. */
  readonly lost: number;
  /** Failures in a row, now. */
  readonly failures: number;
  /** Polls whose rate was as high as a breach without evidence of one. */
  readonly withoutEvidence: number;
}

/** All that a watch knows: plain data, the same again when its polls are replayed. */
export interface WatchState {
  readonly settings: WatchSettings;
  readonly polls: number;
  /** Polls in which at least one metric had lost its data. */
  readonly gaps: number;
  readonly metrics: readonly MetricState[];
}
