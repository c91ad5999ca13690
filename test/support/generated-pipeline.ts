import { collectProfile } from '../../src/core/evidence/collect-profile';
import { defaultPipelineSettings, type PipelineSettings } from '../../src/core/evidence/pipeline-settings';
import type { RepositoryProfile } from '../../src/core/evidence/profile';
import { generatePipeline, type GeneratedPipeline } from '../../src/core/pipeline/generate/generate';
import type { History } from '../../src/core/ports';
import { memoryFiles, noHistory, quietRun } from './world';

/** A history that knows the remote and the default branch, and no commit. */
export function remoteHistory(remote: string, branch = 'main'): History {
  return {
    ...noHistory,
    remoteUrl: () => Promise.resolve(remote),
    defaultBranch: () => Promise.resolve(branch),
  };
}

/** The profile of files held in memory. */
export function profileOf(
  files: Readonly<Record<string, string>>,
  history: History = noHistory,
): Promise<RepositoryProfile> {
  return collectProfile({ files: memoryFiles(files), history }, quietRun());
}

/** The pipeline of files held in memory, with every file's text under its first name. */
export async function generatedFrom(
  files: Readonly<Record<string, string>>,
  options: {
    readonly environments?: string;
    readonly imagesOfArtifact?: readonly string[];
    readonly history?: History;
    readonly settings?: Partial<PipelineSettings>;
    /** The profile of these files, where it is known already. */
    readonly profile?: RepositoryProfile;
  } = {},
): Promise<{ readonly pipeline: GeneratedPipeline; readonly texts: Readonly<Record<string, string>> }> {
  const pipeline = generatePipeline({
    profile: options.profile ?? (await profileOf(files, options.history)),
    paths: new Set(Object.keys(files)),
    imagesOfArtifact: new Set(options.imagesOfArtifact ?? []),
    environments: options.environments ?? '',
    known: { productionEnvironments: [], otherEnvironments: [] },
    settings: { ...defaultPipelineSettings, ...options.settings },
  });
  const texts = Object.fromEntries(
    pipeline.workflows.map((workflow) => [
      workflow.names[0] ?? '',
      workflow.text({ pipeline: 'pipeline.yml' }),
    ]),
  );
  return { pipeline, texts };
}
