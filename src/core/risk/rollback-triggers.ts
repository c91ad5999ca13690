/** When to go back, as numbers that a monitor can compare. */
export interface MachineTrigger {
  readonly metric: string;
  readonly comparison: '>' | '>=' | '<' | '<=' | 'fails';
  /** With its unit. */
  readonly threshold: string;
  /** Over how long the metric is taken, with its unit. */
  readonly window: string;
  /** For how long it has to be met, with its unit. */
  readonly lasting: string;
  /** Whether it can only be judged against a baseline, which has to be measured. */
  readonly needsBaseline: boolean;
}

/** Minutes after a deployment during which the triggers are watched. */
export const WATCH_MINUTES = { production: 60, other: 15 } as const;

/**
 * The triggers that a service has unless its people set others: an error rate beyond a ceiling or twice the baseline,
 * a p99 latency three times the baseline, a health check that fails twice running.
 */
export const DEFAULT_TRIGGERS: readonly MachineTrigger[] = [
  {
    metric: 'error rate',
    comparison: '>',
    threshold: '5 %',
    window: '5 min',
    lasting: '5 min',
    needsBaseline: false,
  },
  {
    metric: 'error rate',
    comparison: '>=',
    threshold: '2 x baseline',
    window: '5 min',
    lasting: '5 min',
    needsBaseline: true,
  },
  {
    metric: 'p99 latency',
    comparison: '>=',
    threshold: '3 x baseline',
    window: '5 min',
    lasting: '5 min',
    needsBaseline: true,
  },
  {
    metric: 'health check',
    comparison: 'fails',
    threshold: '2 consecutive intervals',
    window: '1 min',
    lasting: '2 min',
    needsBaseline: false,
  },
];
