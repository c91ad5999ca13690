import { isKnown, type Source } from '../../../evidence/fact';
import type { Stack } from '../../../evidence/profile';
import type { StepSpec, Text } from '../workflow-text';

/** The file that pins the version where there is one, else the version, else a default that is said aloud. */
export function versionInput(
  stack: Stack,
  input: string,
  fallback: string,
  files: readonly string[],
  notes: Set<string>,
): Record<string, Text> {
  if (!isKnown(stack.languageVersion)) {
    notes.add(
      `No file pins the version for ${stack.manifest.value}; the pipeline takes \`${input}: ${fallback}\`.`,
    );
    return { [input]: fallback };
  }
  const path = filePath(stack.languageVersion.sources[0]);
  const name = path?.slice(path.lastIndexOf('/') + 1);
  if (path && name && files.includes(name)) return { [`${input}-file`]: path };
  return { [input]: stack.languageVersion.value };
}

function filePath(source: Source | undefined): string | null {
  return source?.kind === 'file' ? source.path : null;
}

/** A step that runs in a stack's folder. */
export function inFolder(stack: Stack, step: StepSpec): StepSpec {
  return stack.folder === '' ? step : { ...step, workingDirectory: stack.folder };
}
