import manifest from '../../../package.json';
import type { RunRequest } from '../../adapters/release/request';
import type { RunFolder } from '../../adapters/release/journal-store';
import {
  plainMetric,
  HOOKS,
  releasePathsOf,
  stagesOf,
  type MetricSettings,
  type ReleaseSettings,
  type WatchSettings,
} from '../../core/evidence/release-settings';
import { ROLLOUTS } from '../../core/evidence/rollouts';
import type { RunIdentity } from '../../core/release/run';
import type { RunSettings } from '../../core/release/settings';
import type { World } from '../../core/tasks/task';
import { kindOfName } from '../../core/workflow/targets';

/**
 * Whether a release to an environment is one to production: as the configuration says, else by its name. One that nothing
 * tells about is treated like production, since more is asked of that.
 */
export function isProduction(world: World, environment: string): boolean {
  return kindOfName(environment, world.configuration) !== 'non-production';
}

/** Who and what a run is, fixed at its beginning. */
export async function identityOf(world: World, request: RunRequest, run: RunFolder): Promise<RunIdentity> {
  const { version, environment, mode, target, startedBy, unattended } = request;
  const commit =
    (await world.history.resolve(`refs/tags/${version}`)) ??
    (await world.history.resolve(`refs/tags/v${version}`)) ??
    (await world.history.resolve('HEAD'));
  return {
    id: run.id,
    mode,
    version,
    environment,
    isProduction: isProduction(world, environment),
    commit,
    target,
    startedBy,
    isUnattended: unattended !== null,
    engine: manifest.version,
  };
}

/**
 * The settings of a run, fixed at its beginning.
 *
 * @param settings As documents and the deploy script settle them (`settleReleaseSettings`).
 */
export function runSettingsOf(settings: ReleaseSettings, watch: WatchSettings): RunSettings {
  const paths = releasePathsOf(settings);
  const isHealthWatched = watch.metrics.some(({ kind }) => kind === 'health');
  return {
    paths,
    watch: {
      ...watch,
      metrics: isHealthWatched ? watch.metrics : [...watch.metrics, healthMetric(paths.healthScript)],
    },
    stages: Object.fromEntries(
      ROLLOUTS.map((rollout) => [rollout, stagesOf(settings, rollout)]),
    ) as unknown as RunSettings['stages'],
    rollbackArguments: settings.deploy.rollbackArguments,
    checklist: settings.checklist,
    drillWatchMs: watch.afterRollbackMs,
    hooks: HOOKS.filter((hook) => settings.hooks[hook] !== undefined),
    tag: settings.tag,
  };
}

/** The script that looks at health, asked at every poll where no other health check is configured. */
function healthMetric(script: string): MetricSettings {
  return {
    name: 'health',
    kind: 'health',
    source: { from: 'check', command: [`./${script}`] },
    ...plainMetric,
  };
}
