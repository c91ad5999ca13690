import type { RepositoryFiles } from '../../ports';
import { secretFileFamily } from './file-secrets';
import type { FileSecrets, SecretStorage, SecretSystem, SecretUse } from './secret-uses';

/** One secret with everything that files say of it. */
export interface KnownSecret {
  /** As the first file spells it. */
  readonly name: string;
  readonly systems: readonly SecretSystem[];
  readonly uses: readonly SecretUse[];
  readonly storages: readonly SecretStorage[];
  /** `by-name`: no file says that it is a secret, only its name does. */
  readonly certainty: 'declared' | 'by-name';
}

/** More manifests and settings than this are not read for secrets. */
const MAX_FILES = 1_500;

/** Folders whose files are other people's, or made by a build or a test. */
const FOREIGN =
  /(?:^|\/)(?:node_modules|vendor|third_party|fixtures|__fixtures__|testdata|test-data|examples?|samples?|dist|target|\.venv|venv|\.terraform|\.git)\//;

/** Reads the files that may name secrets, workflows left out; `isComplete` says whether all of them were read. */
export async function readSecretFiles(
  files: Pick<RepositoryFiles, 'read'>,
  paths: Iterable<string>,
  signal?: AbortSignal,
): Promise<{ readonly texts: ReadonlyMap<string, string>; readonly isComplete: boolean }> {
  const candidates = [...paths].filter((path) => secretFileFamily(path) !== null && !FOREIGN.test(path));
  const texts = new Map<string, string>();
  for (const path of candidates.slice(0, MAX_FILES)) {
    signal?.throwIfAborted();
    const read = await files.read(path);
    if (read.ok && read.text.length < 1_000_000) texts.set(path, read.text.replace(/^\uFEFF/, ''));
  }
  return { texts, isComplete: candidates.length <= MAX_FILES };
}

/**
 * The secrets that uses and files name, each once, in the order of their names. Names that differ in case only, or that
 * Terraform reads as `TF_VAR_name`, are one secret; a variable that is only named like one belongs to the secret that is
 * given to a variable of that name.
 */
export function secretInventory(
  workflowUses: readonly SecretUse[],
  fromFiles: FileSecrets,
): readonly KnownSecret[] {
  const uses = [...workflowUses, ...fromFiles.uses];
  const declared = uses.filter(({ certainty }) => certainty === 'declared');
  const givenAs = new Map<string, string>();
  for (const { as, name } of declared) if (as !== null) givenAs.set(as.toLowerCase(), name.toLowerCase());
  const names = new Set([...declared, ...fromFiles.storages].map(({ name }) => name.toLowerCase()));
  const keyOf = ({ name, certainty, system }: Pick<SecretUse, 'name' | 'certainty' | 'system'>): string => {
    const own = name.toLowerCase();
    if (system === 'Terraform') return givenAs.get(`tf_var_${own}`) ?? own;
    if (certainty === 'by-name' && !names.has(own)) return givenAs.get(own) ?? own;
    return own;
  };
  const found = new Map<string, { name: string; uses: SecretUse[]; storages: SecretStorage[] }>();
  const entryOf = (key: string, name: string) => {
    const entry = found.get(key) ?? { name, uses: [], storages: [] };
    found.set(key, entry);
    return entry;
  };
  for (const use of declared) entryOf(keyOf(use), use.name).uses.push(use);
  // What Kubernetes fetches from a manager and what Terraform makes there is one thing.
  const fetchedAs = new Map<string, string>();
  for (const { system, location, name } of fromFiles.storages) {
    if (system !== 'Kubernetes') continue;
    for (const key of location?.split(', ') ?? []) fetchedAs.set(key, name.toLowerCase());
  }
  for (const storage of fromFiles.storages) {
    const key =
      (storage.system === 'Terraform' && fetchedAs.get(storage.location ?? '')) ||
      keyOf({ ...storage, certainty: 'declared' });
    entryOf(key, storage.name).storages.push(storage);
  }
  for (const use of uses) if (use.certainty === 'by-name') entryOf(keyOf(use), use.name).uses.push(use);
  return [...found.values()]
    .map(({ name, uses: all, storages }) => ({
      name,
      systems: [...new Set([...all, ...storages].map(({ system }) => system))],
      uses: all,
      storages,
      certainty:
        storages.length > 0 || all.some(({ certainty }) => certainty === 'declared')
          ? ('declared' as const)
          : ('by-name' as const),
    }))
    .sort((a, b) => (a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1));
}

/** Whether a name that a person wrote means a secret: its own name, or that of a variable or key it is given as. */
export function isCalled(secret: KnownSecret, name: string): boolean {
  const lower = name.trim().toLowerCase();
  return (
    secret.name.toLowerCase() === lower ||
    secret.uses.some((use) => use.name.toLowerCase() === lower || use.as?.toLowerCase() === lower)
  );
}
