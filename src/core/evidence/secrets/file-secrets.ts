import { manifestSecrets, secretStoresIn, type SecretStores } from './manifest-secrets';
import { NO_SECRETS, type FileSecrets, type SecretStorage, type SecretUse } from './secret-uses';
import { composeSecrets, environmentFileSecrets } from './settings-secrets';
import { terraformSecrets } from './terraform-secrets';

type Family = 'manifest' | 'terraform' | 'compose' | 'environment-file';

/** What kind of file that may name secrets a path is; null for one that cannot. Workflows are read by their own reader. */
export function secretFileFamily(path: string): Family | null {
  const name = path.slice(path.lastIndexOf('/') + 1);
  if (/(?:^|\/)\.github\//.test(path)) return null;
  if (/\.tf$/.test(name)) return 'terraform';
  if (/^(docker-)?compose([.-][\w.-]+)?\.ya?ml$/.test(name)) return 'compose';
  if (/^\.env(?:\.[\w.-]+)?$|^[\w-]+\.env(?:\.(?:example|sample|template|dist))?$/.test(name))
    return 'environment-file';
  return /\.ya?ml$/.test(name) ? 'manifest' : null;
}

/**
 * What one file says of secrets: names, places and what keeps them, never a value.
 *
 * @param stores The stores that the repository's manifests declare, see {@link secretStoresIn}.
 */
export function secretsInFile(path: string, text: string, stores: SecretStores): FileSecrets {
  switch (secretFileFamily(path)) {
    case 'terraform':
      return terraformSecrets(path, text);
    case 'compose':
      return composeSecrets(path, text);
    case 'environment-file':
      return environmentFileSecrets(path, text);
    case 'manifest':
      return manifestSecrets(path, text, stores);
    case null:
      return NO_SECRETS;
  }
}

/** What files say of secrets together, in the order of their paths. */
export function secretsInFiles(texts: ReadonlyMap<string, string>): FileSecrets {
  const stores = new Map([...texts.values()].flatMap((text) => [...secretStoresIn(text)]));
  const uses: SecretUse[] = [];
  const storages: SecretStorage[] = [];
  for (const path of [...texts.keys()].sort()) {
    const found = secretsInFile(path, texts.get(path) ?? '', stores);
    uses.push(...found.uses);
    storages.push(...found.storages);
  }
  return { uses, storages };
}
