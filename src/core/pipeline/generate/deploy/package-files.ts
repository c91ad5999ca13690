import { shellWord } from '../../../evidence/detect/shell-text';
import type { PipelinePlan } from '../plan';

/** The one folder that the build writes, for a platform that takes a folder; null where it is none or several. */
export function builtFolder({ artifact }: PipelinePlan): string | null {
  if (artifact?.kind !== 'outputs' || artifact.paths.length !== 1) return null;
  const [path] = artifact.paths;
  return path !== undefined && !path.includes('*') ? path : null;
}

/** Shell that makes a zip of what is deployed; null where nothing tells what that is. */
export function zipInto(file: string, plan: PipelinePlan): string | null {
  if (plan.artifact?.kind === 'source') return `git archive --format=zip --output="${file}" HEAD`;
  const folder = builtFolder(plan);
  return folder === null ? null : `(cd ${shellWord(folder)} && zip --quiet --recurse-paths "${file}" .)`;
}
