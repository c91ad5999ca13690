import type { Severity } from '../rules/rule';

/** What `.github/release-gate.yml` says; every part has a default. */
export interface Configuration {
  readonly productionEnvironments: readonly string[];
  readonly otherEnvironments: readonly string[];
  /** By rule id; `off` leaves the rule out and the report says so. */
  readonly severities: Readonly<Record<string, Severity | 'off'>>;
  readonly waivers: readonly ConfiguredWaiver[];
  readonly releaseFolder: string;
  readonly operationsFolder: string;
  /** Tags that are releases: a glob (`v*`, `release/*`); null: whatever holds a semantic version. */
  readonly tagPattern: string | null;
  readonly isOnline: boolean;
}

/** An entry of `waivers:`. `path` is a glob; `job` narrows it to one job. */
export interface ConfiguredWaiver {
  readonly rule: string;
  readonly path: string;
  readonly job: string | null;
  readonly reason: string;
  /** ISO date, the last day on which it holds. */
  readonly until: string | null;
  /** Where the entry stands in the configuration. */
  readonly line: number;
}

export const defaultConfiguration: Configuration = {
  productionEnvironments: [],
  otherEnvironments: [],
  severities: {},
  waivers: [],
  releaseFolder: 'docs/release',
  operationsFolder: 'docs/ops',
  tagPattern: null,
  isOnline: false,
};
