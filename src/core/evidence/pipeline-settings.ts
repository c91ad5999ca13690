import type { Rollout } from './rollouts';

/** What a generated pipeline is held to, as the configuration says it or by default. */
export interface PipelineSettings {
  /** How a release reaches its users; null: as the platform does it by itself. */
  readonly rollout: Rollout | null;
  /** Per cent of lines that tests must reach; `coreFiles` are globs of the files that count as core. */
  readonly coverage: { readonly whole: number; readonly core: number; readonly coreFiles: readonly string[] };
  /** Days for which reports and artifacts are kept, 1 to 400; a public repository keeps 90 at most. */
  readonly retentionDays: number;
}

export const defaultPipelineSettings: PipelineSettings = {
  rollout: null,
  coverage: { whole: 80, core: 95, coreFiles: [] },
  retentionDays: 90,
};
