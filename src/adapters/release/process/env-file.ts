import type { RepositoryFiles } from '../../../core/ports';
import { environmentOf, readEnvFile, type EnvFile } from '../../../core/release/env-file';
import { secretTexts } from './masking';

/** The environment of a run: what its programs get, and what must not be shown of it. */
export interface RunEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** For `runScript`. */
  readonly secrets: readonly string[];
  /** Null where there is no file, or none that can be read. */
  readonly file: EnvFile | null;
  readonly template: EnvFile | null;
  /** Why there is none; ''. Completes "<path> …". */
  readonly detail: string;
}

/** Where the environment is read from. */
export interface EnvironmentSource {
  /** Git ignores the file: what reads reports (`ReportFiles`) may stand here. */
  readonly files: Pick<RepositoryFiles, 'read'>;
  readonly envFile: string;
  readonly envTemplate: string;
  /** What is no secret though the file may hold it: the environment's name, the version. */
  readonly publicValues: readonly string[];
  /** This process's own variables, of which those named like secrets are masked too. */
  readonly inherited?: Readonly<Record<string, string | undefined>>;
}

/**
 * Reads the environment file for checking, for the script and for masking. No shell runs it. What the template has for a
 * variable is read by everybody, so it is not masked.
 */
export async function readEnvironment(source: EnvironmentSource): Promise<RunEnvironment> {
  const { files, envFile, envTemplate, publicValues, inherited = process.env } = source;
  const [own, template] = await Promise.all([files.read(envFile), files.read(envTemplate)]);
  const file = own.ok ? readEnvFile(own.text) : null;
  const known = template.ok ? readEnvFile(template.text) : null;
  const variables = file ? environmentOf(file) : {};
  const ofTemplate = (known?.variables ?? []).map(({ value }) => value);
  return {
    variables,
    secrets: secretTexts({ variables, inherited, publicValues: [...publicValues, ...ofTemplate] }),
    file,
    template: known,
    detail: own.ok ? '' : own.detail,
  };
}
