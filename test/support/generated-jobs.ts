import { parse } from 'yaml';
import { generatedFrom, remoteHistory } from './generated-pipeline';

/**
 * What the generated pipeline of files held in memory does, by job: each step's script, or its action without commit.
 * Steps that only run after another failed are left out.
 */
export async function jobsOf(files: Readonly<Record<string, string>>): Promise<{
  readonly jobs: Readonly<Record<string, readonly string[]>>;
  readonly notes: readonly string[];
  readonly text: string;
}> {
  const { pipeline, texts } = await generatedFrom(files, {
    history: remoteHistory('https://github.com/acme/shop.git'),
  });
  const text = texts['pipeline.yml'] ?? '';
  const { jobs } = parse(text) as {
    jobs: Record<string, { steps: { run?: string; uses?: string; if?: string }[] }>;
  };
  return {
    jobs: Object.fromEntries(
      Object.entries(jobs).map(([id, job]) => [
        id,
        job.steps
          .filter((step) => !step.if?.includes('failure()'))
          .map((step) => step.run ?? step.uses?.replace(/@.*$/, '') ?? ''),
      ]),
    ),
    notes: pipeline.notes,
    text,
  };
}
