import type { Rollout } from './rollouts';

/** Named trees of folders: `docs` is ours, `numbered` the one whose folders are `_docs/04_deploy` and so on. */
export const LAYOUTS = ['docs', 'numbered'] as const;
export type Layout = (typeof LAYOUTS)[number];

/** Where a release finds and leaves its files, from the repository's root; what a layout gives, each part can be set. */
export interface ReleasePaths {
  readonly deployFolder: string;
  /** Records, their journals, rollbacks and manual approvals are below it. */
  readonly releaseFolder: string;
  readonly deployScript: string;
  readonly healthScript: string;
  readonly envFile: string;
  readonly envTemplate: string;
  /** Documents that have to be there before anything is released. */
  readonly documents: {
    readonly observability: string;
    readonly environmentStrategy: string;
    readonly deploymentProcedures: string;
  };
  readonly architecture: string;
  /** Change windows, blackouts, approvals in words. */
  readonly restrictions: string;
  readonly acceptanceCriteria: string;
  readonly smokeTests: string;
  /** The heading of the section of `smokeTests` that holds the cases for production. */
  readonly smokeSection: string;
  readonly leftovers: string;
}

/** One call of the deploy script, and how long it is watched before the next. */
export interface StrategyStage {
  /** As people call it: `5%`. */
  readonly name: string;
  readonly arguments: readonly string[];
  /** Milliseconds of watching after it; 0 for the last stage, which the watch window follows. */
  readonly watchMs: number;
}

/** How a metric is judged; see `watch-rule` in `docs/watching.md`. */
export const METRIC_KINDS = [
  /** Requests that failed among all requests. */
  'errors',
  /** Requests over a bound of a latency histogram among all requests. */
  'slow-requests',
  /** A quantile of latency, in milliseconds. */
  'latency',
  /** Requests per poll. */
  'traffic',
  /** CPU, memory, queue depth: a level. */
  'saturation',
  /** Whether a check passes. */
  'health',
  /** A number of the project's own that has a direction: a conversion falls, a queue grows. */
  'own',
  /** How many: lines of a log, traces that failed. */
  'count',
] as const;
export type MetricKind = (typeof METRIC_KINDS)[number];

/** Where the numbers of a metric come from. */
export type MetricSource =
  /** PromQL. `bad` and `all` for counts (without `rate()`: counters; `$interval` stands for a poll), `query` for a level. */
  | {
      readonly from: 'prometheus';
      readonly query: string | null;
      readonly bad: string | null;
      readonly all: string | null;
      /** What tells whether the target is there at all: `up{job="orders"}`. */
      readonly up: string | null;
    }
  /** A program that prints numbers: one (`12.5`), two (`bad all`), or JSON (`{"bad": 1, "all": 100}`, `{"value": 3}`). */
  | { readonly from: 'command'; readonly command: readonly string[] }
  /** A request of our own: its status, and how long it takes. */
  | { readonly from: 'probe'; readonly url: string; readonly status: number; readonly timeoutMs: number }
  /** The status of a program: 0 is well. */
  | { readonly from: 'check'; readonly command: readonly string[] };

/** One metric of a watch as the configuration names it. */
export interface MetricSettings {
  readonly name: string;
  readonly kind: MetricKind;
  readonly source: MetricSource;
  readonly isRequired: boolean;
  /** Which way is worse. */
  readonly worse: 'up' | 'down';
  /** With the number's unit: `ms`, `%`, ''. */
  readonly unit: string;
  /** A level that must not be passed whatever the baseline is (an objective, a full disk); null: none. */
  readonly limit: number | null;
  /** For `slow-requests` and `latency`: which quantile (0.99), and multiples of its baseline. */
  readonly quantile: number | null;
  readonly hardTimes: number | null;
  readonly softTimes: number | null;
}

/**
 * The constants of the rule that decides during a watch (`docs/watching.md`). A poll is one polling interval, which is
 * what the rule calls a minute. They were chosen together, by simulation: whoever changes one measures again with
 * `npm run bench -- --watch`.
 */
export interface WatchTuning {
  /** Over how many polls the size of an effect is judged. */
  readonly recentPolls: number;
  /** Evidence that has to remain when the single worst poll is left out. */
  readonly evidenceWithoutWorst: number;
  /** Ratios that are looked for, with how likely each is beforehand; the weights sum to 1. */
  readonly ratios: readonly number[];
  readonly ratioWeights: readonly number[];
  /** Share of regressions that begin with the release; of the rest, how likely one is to begin at each poll. */
  readonly weightAtRelease: number;
  readonly hazard: number;
  /** The baseline is doubled until it holds so many errors, up to so many polls. */
  readonly baselineErrors: number;
  readonly baselineMostPolls: number;
  /** Polls of history from which on the service's own noise is known; pretended releases in it, and how long each is. */
  readonly historyLeastPolls: number;
  readonly historyStepPolls: number;
  readonly historyWatchPolls: number;
  readonly historyMargin: number;
  /** Dispersions up to these count as none; what is above counts so many times in the baseline. */
  readonly calmBaseline: number;
  readonly calmHistory: number;
  readonly baselineInflation: number;
  /** Without so much history only a change of so many times is hard; null: history is not asked for. */
  readonly uncalibratedTimes: number | null;
  /** Polls without data from the beginning, and in a row later, that are hard. */
  readonly lostFirstPolls: number;
  readonly lostPolls: number;
  /** Levels (a quantile of latency, a number of the project's own): polls in a row, and the baseline that hard asks. */
  readonly levelPolls: number;
  readonly levelBaselinePolls: number;
  /** Saturation: polls that a median is taken over and polls in a row; multiple of the baseline. */
  readonly saturationPolls: number;
  readonly saturationTimes: number;
  /** Polls that a slope is taken over, within how many it must reach the limit, and how sure it has to be. */
  readonly trendPolls: number;
  readonly trendHorizonPolls: number;
  readonly trendDeviations: number;
  /** Traffic: least polls and requests that a silence is judged by, shares of what is usual, dispersion that is calm. */
  readonly quietPolls: number;
  readonly quietRequests: number;
  readonly quietHard: number;
  readonly quietSoft: number;
  readonly calmTraffic: number;
  /** Failures of a check in a row that are hard. */
  readonly checkFailures: number;
  /** A watch by probes whose baseline has fewer polls asks and rolls nothing back. */
  readonly probeBaselinePolls: number;
  /** After "continue" it is asked again when the evidence has grown so many times. */
  readonly askAgainTimes: number;
}

/** A metric of which only its name, its kind and its source are said. */
export const plainMetric: Omit<MetricSettings, 'name' | 'kind' | 'source'> = {
  isRequired: true,
  worse: 'up',
  unit: '',
  limit: null,
  quantile: null,
  hardTimes: null,
  softTimes: null,
};

/** How a watch window goes. */
export interface WatchSettings {
  readonly rule: 'confirmed' | 'literal';
  readonly windowMs: number;
  readonly intervalMs: number;
  /** Of the version that was gone back to. */
  readonly afterRollbackMs: number;
  readonly baselineMinutes: number;
  readonly historyDays: number;
  /** Evidence that hard and soft ask: how many times likelier "worse" than "same". */
  readonly evidenceHard: number;
  readonly evidenceSoft: number;
  readonly ratioHard: number;
  readonly ratioSoft: number;
  readonly latencyHard: number;
  readonly latencySoft: number;
  /** Share of failed requests that is too much whatever the baseline is: 0.05; null: none. */
  readonly errorCeiling: number | null;
  /** Multiple of the p95 baseline, where p95 is measured; null: none. */
  readonly p95Times: number | null;
  /** How long a question waits where nobody is there. */
  readonly answerWithinMs: number;
  /** Spans that history leaves out: an outage. ISO 8601. */
  readonly excluded: readonly { readonly from: string; readonly until: string; readonly reason: string }[];
  /** `probes`: health and latency by requests of its own stand for the required metrics. */
  readonly profile: 'metrics' | 'probes';
  readonly metrics: readonly MetricSettings[];
  readonly prometheus: { readonly url: string; readonly headersFrom: string | null } | null;
  readonly tuning: WatchTuning;
}

/** Something that is told or done at a point of a release by a program of the project's own. */
export const HOOKS = [
  'announce',
  'tickets-released',
  'tickets-back',
  'retrospective',
  'incident-retrospective',
  'state',
  'tracker',
] as const;
export type HookName = (typeof HOOKS)[number];

/** What `release:` of the configuration says; every part has a default. */
export interface ReleaseSettings {
  readonly layout: Layout;
  readonly paths: Partial<Omit<ReleasePaths, 'documents'>> & {
    readonly documents?: Partial<ReleasePaths['documents']>;
  };
  readonly deploy: {
    /** What follows the script; `{version}`, `{environment}` and `{target}` (what is gone back to) are replaced. */
    readonly arguments: readonly string[];
    readonly rollbackArguments: readonly string[];
    /** Silence that counts as a hang. */
    readonly idleMs: number;
    readonly limitMs: number;
    /** Between asking a group to end and ending it. */
    readonly graceMs: number;
  };
  readonly strategies: Readonly<Partial<Record<Rollout, readonly StrategyStage[]>>>;
  readonly checklist: readonly string[];
  readonly smoke: {
    readonly command: readonly string[] | null;
    readonly limitMs: number;
    /** OpenAPI documents, or `GET /path` lines. */
    readonly endpoints: readonly string[];
    readonly baseUrl: string | null;
    /** The account with which smoke cases write; null: none is declared. */
    readonly testAccount: string | null;
  };
  readonly watch: WatchSettings;
  /** By environment, in place of parts of `watch`. */
  readonly environments: Readonly<Record<string, Partial<WatchSettings>>>;
  readonly hooks: Readonly<Partial<Record<HookName, readonly string[]>>>;
  /** A program that looks for vulnerabilities of what is live (0: none), or SARIF files that appear. */
  readonly vulnerability: {
    readonly command: readonly string[] | null;
    readonly sarif: readonly string[];
  };
  /** Of the tag that a released commit gets; `{version}` is replaced; null: none is made. */
  readonly tag: string | null;
  /** The remote whose refs lock an environment between machines; null: none. */
  readonly lockRemote: string | null;
  /** Whether the configuration itself says the length of the watch and of a hang; else a document may say them. */
  readonly isWindowSaid: boolean;
  readonly isIdleSaid: boolean;
  /** Whether it says the arguments that go back; else the deploy script itself may ask for others. */
  readonly isRollbackSaid: boolean;
}

const MINUTE = 60_000;

export const defaultTuning: WatchTuning = {
  recentPolls: 5,
  evidenceWithoutWorst: 10,
  ratios: [1.5, 2, 3, 5, 10, 30, 100, 1000],
  ratioWeights: [0.1, 0.25, 0.25, 0.15, 0.1, 0.07, 0.05, 0.03],
  weightAtRelease: 0.5,
  hazard: 1 / 60,
  baselineErrors: 100,
  baselineMostPolls: 720,
  historyLeastPolls: 360,
  historyStepPolls: 10,
  historyWatchPolls: 60,
  historyMargin: 1.3,
  calmBaseline: 1.5,
  calmHistory: 1.15,
  baselineInflation: 1.5,
  uncalibratedTimes: 10,
  lostFirstPolls: 3,
  lostPolls: 2,
  levelPolls: 3,
  levelBaselinePolls: 120,
  saturationPolls: 10,
  saturationTimes: 1.5,
  trendPolls: 30,
  trendHorizonPolls: 240,
  trendDeviations: 3.3,
  quietPolls: 5,
  quietRequests: 25,
  quietHard: 0.1,
  quietSoft: 0.5,
  calmTraffic: 1.8,
  checkFailures: 2,
  probeBaselinePolls: 120,
  askAgainTimes: 100,
};

export const defaultWatch: WatchSettings = {
  rule: 'confirmed',
  windowMs: 60 * MINUTE,
  intervalMs: MINUTE,
  afterRollbackMs: 5 * MINUTE,
  baselineMinutes: 30,
  historyDays: 7,
  evidenceHard: 200,
  evidenceSoft: 10,
  ratioHard: 2,
  ratioSoft: 1.5,
  latencyHard: 3,
  latencySoft: 1.5,
  errorCeiling: 0.05,
  p95Times: 2,
  answerWithinMs: 5 * MINUTE,
  excluded: [],
  profile: 'metrics',
  metrics: [],
  prometheus: null,
  tuning: defaultTuning,
};

export const defaultRelease: ReleaseSettings = {
  layout: 'docs',
  paths: {},
  deploy: {
    arguments: [],
    rollbackArguments: ['--rollback', '{target}'],
    idleMs: 5 * MINUTE,
    limitMs: 60 * MINUTE,
    graceMs: 10_000,
  },
  strategies: {},
  checklist: [],
  smoke: { command: null, limitMs: 5 * MINUTE, endpoints: [], baseUrl: null, testAccount: null },
  watch: defaultWatch,
  environments: {},
  hooks: {},
  vulnerability: { command: null, sarif: [] },
  tag: 'release/{version}',
  lockRemote: 'origin',
  isWindowSaid: false,
  isIdleSaid: false,
  isRollbackSaid: false,
};

const layouts: Readonly<Record<Layout, Omit<ReleasePaths, 'documents'> & Pick<ReleasePaths, 'documents'>>> = {
  docs: {
    deployFolder: 'docs/ops',
    releaseFolder: 'docs/release/records',
    deployScript: 'scripts/deploy.sh',
    healthScript: 'scripts/health-check.sh',
    envFile: '.env',
    envTemplate: '.env.example',
    documents: {
      observability: 'docs/ops/observability.md',
      environmentStrategy: 'docs/ops/environment_strategy.md',
      deploymentProcedures: 'docs/ops/deployment_procedures.md',
    },
    architecture: 'docs/architecture.md',
    restrictions: 'docs/release/restrictions.md',
    acceptanceCriteria: 'docs/release/acceptance_criteria.md',
    smokeTests: 'docs/ops/smoke-tests.md',
    smokeSection: 'Production Smoke Tests',
    leftovers: 'docs/release/leftovers',
  },
  numbered: {
    deployFolder: '_docs/04_deploy',
    releaseFolder: '_docs/04_release',
    deployScript: 'scripts/deploy.sh',
    healthScript: 'scripts/health-check.sh',
    envFile: '.env',
    envTemplate: '.env.example',
    documents: {
      observability: '_docs/04_deploy/observability.md',
      environmentStrategy: '_docs/04_deploy/environment_strategy.md',
      deploymentProcedures: '_docs/04_deploy/deployment_procedures.md',
    },
    architecture: '_docs/02_document/architecture.md',
    restrictions: '_docs/00_problem/restrictions.md',
    acceptanceCriteria: '_docs/00_problem/acceptance_criteria.md',
    smokeTests: '_docs/02_document/tests/blackbox-tests.md',
    smokeSection: 'Production Smoke Tests',
    leftovers: '_docs/_process_leftovers',
  },
};

/** Every path of a release: those of the layout, save where the configuration sets another. */
export function releasePathsOf({ layout, paths }: ReleaseSettings): ReleasePaths {
  const base = layouts[layout];
  return { ...base, ...paths, documents: { ...base.documents, ...paths.documents } };
}

/**
 * How an environment is watched: the settings, those of the environment in their place, and by default 15 minutes where
 * it is not production.
 */
export function watchOf(
  settings: ReleaseSettings,
  environment: string,
  isProduction: boolean,
): WatchSettings {
  const own = settings.environments[environment] ?? {};
  const windowMs = !isProduction && !settings.isWindowSaid ? 15 * MINUTE : settings.watch.windowMs;
  return { ...settings.watch, windowMs, ...own };
}

/** The calls of the deploy script of a strategy, one after the other. */
export function stagesOf(settings: ReleaseSettings, strategy: Rollout): readonly StrategyStage[] {
  const said = settings.strategies[strategy];
  if (said && said.length > 0) return said;
  const last = (name: string, flags: readonly string[]): StrategyStage => ({
    name,
    arguments: flags,
    watchMs: 0,
  });
  switch (strategy) {
    case 'all-at-once':
      return [last('all', [])];
    case 'rolling':
      return [last('rolling', ['--rolling'])];
    case 'blue-green':
      return [last('blue-green', ['--blue-green'])];
    case 'canary':
      return [
        ...['5%', '25%'].map((share) => ({
          name: share,
          arguments: ['--canary', share],
          watchMs: 10 * MINUTE,
        })),
        last('100%', ['--canary', '100%']),
      ];
    case 'manual':
      return [];
    default:
      return strategy satisfies never;
  }
}
