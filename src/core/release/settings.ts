import type { ReleasePaths, StrategyStage, WatchSettings } from '../evidence/release-settings';
import type { Rollout } from '../evidence/rollouts';

/** The settings of a run, fixed when it begins, so that its journal can be replayed without the configuration. */
export interface RunSettings {
  readonly paths: ReleasePaths;
  readonly watch: WatchSettings;
  /** By strategy, the calls of the deploy script. */
  readonly stages: Readonly<Record<Rollout, readonly StrategyStage[]>>;
  readonly rollbackArguments: readonly string[];
  /** Steps that a person does where the strategy is manual. */
  readonly checklist: readonly string[];
  /** A drill goes back when its watch is over. */
  readonly drillWatchMs: number;
  /** Which hooks the configuration names; others are not asked for. */
  readonly hooks: readonly string[];
  readonly tag: string | null;
}
