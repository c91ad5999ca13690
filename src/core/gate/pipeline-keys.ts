import { defaultPipelineSettings, type PipelineSettings } from '../evidence/pipeline-settings';
import { ROLLOUTS } from '../evidence/rollouts';
import { nearMiss } from '../rules/near-miss';
import type { YamlMap } from '../workflow/yaml-tree';
import type { LayerReader, SayMistake } from './layer-reader';

/** What `pipeline:` of the configuration says of a generated pipeline; the bounds of coverage stand in `readiness:`. */
export type PipelineKeys = Pick<PipelineSettings, 'rollout' | 'retentionDays'>;

export const defaultPipelineKeys: PipelineKeys = {
  rollout: defaultPipelineSettings.rollout,
  retentionDays: defaultPipelineSettings.retentionDays,
};

/** The keys of `pipeline:`, in the order in which people read them. */
export const PIPELINE_KEYS = ['rollout', 'retention-days'] as const;

/** Reads `pipeline:`; mistakes are said at their places, and what is not said is left out. */
export function readPipelineKeys(
  map: YamlMap,
  reader: LayerReader,
  problem: SayMistake,
): Partial<PipelineKeys> {
  reader.knownKeys(map, PIPELINE_KEYS, '"pipeline"');
  const said = reader.textAt(map, 'rollout');
  const rollout = ROLLOUTS.find((known) => known === said?.value);
  if (said && !rollout) {
    const near = nearMiss(said.value, ROLLOUTS);
    problem(
      `"${said.value}" is no rollout; ${near ? `did you mean "${near}"` : `it takes ${ROLLOUTS.join(', ')}`}`,
      said.span,
    );
  }
  // 90 is the most that GitHub keeps for a public repository; more is cut to the repository's own limit.
  const retentionDays = reader.numberAt(map, 'retention-days', { from: 1, to: 400, unit: 'whole days' });
  return { ...(rollout ? { rollout } : {}), ...(retentionDays === null ? {} : { retentionDays }) };
}
