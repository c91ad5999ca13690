import type { ArtifactAnswer, ArtifactQuestion, FoundArtifact, Programs } from '../../core/ports';
import { commitOf, numberAt, textAt } from '../json';

/**
 * Asks for an artifact by the command that the configuration names: status 0, it is there; 1, it is not; any other, not
 * known. A JSON object on standard output may tell `digest`, `commit`, `size` and `created`.
 */
export async function findByCommand(
  question: ArtifactQuestion,
  programs: Programs,
  signal?: AbortSignal,
): Promise<ArtifactAnswer> {
  const { command, name, version } = question;
  if (!command || command.length === 0)
    return { kind: 'unknown', detail: 'no command is configured to ask for the artifact' };
  const argv = filled(command, { name, version });
  if (!argv.ok)
    return {
      kind: 'unknown',
      detail: `the command that asks for the artifact needs {${argv.lacks}}, which is not known`,
    };
  const result = await programs.run(argv.words, {}, signal);
  const shown = `the command "${command.join(' ')}"`;
  if (result.kind === 'failed') return { kind: 'unknown', detail: `${shown} ${result.detail}` };
  if (result.status === 1)
    return { kind: 'absent', detail: `${shown} says that ${version} is not there${saidOf(result.stderr)}` };
  if (result.status !== 0) {
    return { kind: 'unknown', detail: `${shown} ended with status ${result.status}${saidOf(result.stderr)}` };
  }
  const told = result.isCut ? undefined : parse(result.stdout);
  const commit = commitOf(textAt(told, 'commit'));
  const digest = textAt(told, 'digest');
  return {
    kind: 'present',
    artifact: {
      reference: name === null ? version : `${name} ${version}`,
      digest: digest && /^[a-z0-9+._-]{1,20}:[0-9a-f]{32,128}$/i.test(digest) ? digest : null,
      isDigestComputed: false,
      sizeBytes: numberAt(told, 'size'),
      createdAt: textAt(told, 'created'),
      commits: commit ? [{ commit, from: shown, repository: null }] : [],
      signatures: [],
      verification: { kind: 'not-verified', detail: '' },
      withdrawn: null,
      notes: result.isCut ? [`${shown} prints more than is read`] : [],
    },
  };
}

/** Has the configured command verify signature or attestation: status 0, they hold; any other, they do not. */
export async function verifyByCommand(
  question: ArtifactQuestion,
  artifact: FoundArtifact,
  programs: Programs | null,
  signal?: AbortSignal,
): Promise<FoundArtifact> {
  const { verify, name, version, commit } = question;
  const not = (detail: string): FoundArtifact => ({
    ...artifact,
    verification: { kind: 'not-verified', detail },
  });
  if (!verify || verify.length === 0) {
    return not('was not verified: no command is configured for it (readiness.artifact.verify)');
  }
  if (!programs) return not('was not verified: the command for it runs only with --run-commands');
  const argv = filled(verify, {
    name,
    version,
    commit,
    reference: artifact.reference,
    digest: artifact.digest,
  });
  if (!argv.ok) return not(`was not verified: the command for it needs {${argv.lacks}}, which is not known`);
  const shown = `"${verify.join(' ')}"`;
  const result = await programs.run(argv.words, {}, signal);
  if (result.kind === 'failed') return not(`was not verified: ${shown} ${result.detail}`);
  const namesCommit = verify.some((word) => word.includes('{commit}'));
  return {
    ...artifact,
    verification:
      result.status === 0
        ? { kind: 'verified', detail: `was verified by ${shown}`, namesCommit }
        : {
            kind: 'rejected',
            detail: `was rejected by ${shown} (status ${result.status}${saidOf(result.stderr)})`,
            namesCommit,
          },
  };
}

/** A command with its placeholders replaced, each inside its own argument; `lacks` names one that has no value. */
function filled(
  words: readonly string[],
  values: Readonly<Record<string, string | null>>,
): { readonly ok: true; readonly words: readonly string[] } | { readonly ok: false; readonly lacks: string } {
  let lacks: string | null = null;
  const replaced = words.map((word, index) =>
    word.replace(/\{([a-z]+)\}/g, (whole, key: string) => {
      if (!Object.hasOwn(values, key)) return whole;
      const value = values[key] ?? null;
      // A version that begins like an option would be one where it stands alone; a program is never made up of values.
      if (value === null || index === 0 || (word === whole && value.startsWith('-'))) {
        lacks ??= key;
        return '';
      }
      return value;
    }),
  );
  return lacks === null ? { ok: true, words: replaced } : { ok: false, lacks };
}

/** The first line that a program complained with, as the end of a clause. */
function saidOf(stderr: string): string {
  const line = stderr
    .split(/\r?\n/)
    .map((each) => each.replace(/[^\x20-\x7e\u00a0-\uffff]/g, ' ').trim())
    .find((each) => each !== '');
  return line === undefined ? '' : `: ${line.slice(0, 200)}`;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
