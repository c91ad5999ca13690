import {
  dataAt,
  findLines,
  listAt,
  mapAt,
  readPlaced,
  stringAt,
  type DataPath,
  type PlacedDocument,
} from '../detect/places';
import { NO_SECRETS, type FileSecrets, type SecretStorage, type SecretUse } from './secret-uses';

/** Whether a text can say anything of secrets at all: most manifests need not be read. */
const SPEAKS_OF_SECRETS =
  /secretKeyRef|secretRef|secretName|imagePullSecrets|Secret\b|SecretStore|SecretProviderClass/;

/** Names that Kubernetes takes; what a template fills in is none. */
const NAME = /^[a-z0-9]([a-z0-9.-]{0,250}[a-z0-9])?$/;

/** The secret managers of External Secrets, by the key of their provider: external-secrets.io, "Provider". */
const PROVIDERS: Readonly<Record<string, string>> = {
  aws: 'AWS Secrets Manager',
  gcpsm: 'Google Secret Manager',
  azurekv: 'Azure Key Vault',
  vault: 'HashiCorp Vault',
  onepassword: '1Password',
  onepasswordSDK: '1Password',
  doppler: 'Doppler',
  akeyless: 'Akeyless',
  ibm: 'IBM Cloud Secrets Manager',
  oracle: 'Oracle Vault',
  gitlab: 'GitLab variables',
  bitwardensecretsmanager: 'Bitwarden Secrets Manager',
  infisical: 'Infisical',
};

/** What a store of External Secrets is, by its name; read from all files before the secrets that refer to it. */
export type SecretStores = ReadonlyMap<string, string>;

/** The stores that a manifest declares, with the manager behind each. */
export function secretStoresIn(text: string): SecretStores {
  const stores = new Map<string, string>();
  if (!/^kind:\s*(?:Cluster)?SecretStore\s*$/m.test(text)) return stores;
  const read = readPlaced(text);
  for (const { data } of read.ok ? read.documents : []) {
    if (!/^(?:Cluster)?SecretStore$/.test(stringAt(data, ['kind']) ?? '')) continue;
    const name = stringAt(data, ['metadata', 'name']);
    const [provider] = Object.keys(mapAt(data, ['spec', 'provider']));
    if (!name || provider === undefined) continue;
    const isParameterStore = stringAt(data, ['spec', 'provider', 'aws', 'service']) === 'ParameterStore';
    stores.set(
      name,
      isParameterStore ? 'AWS Systems Manager Parameter Store' : (PROVIDERS[provider] ?? provider),
    );
  }
  return stores;
}

/** The secrets that Kubernetes manifests use, hold or have fetched; a template is read by its lines. */
export function manifestSecrets(path: string, text: string, stores: SecretStores): FileSecrets {
  if (!SPEAKS_OF_SECRETS.test(text)) return NO_SECRETS;
  if (/\{\{/.test(text)) return { uses: templateUses(path, text), storages: [] };
  if (!/^kind:/m.test(text)) return NO_SECRETS;
  const read = readPlaced(text);
  if (!read.ok) return NO_SECRETS;
  const uses: SecretUse[] = [];
  const storages: SecretStorage[] = [];
  for (const document of read.documents) {
    const kind = stringAt(document.data, ['kind']);
    const name = stringAt(document.data, ['metadata', 'name']);
    if (!kind || !name) continue;
    const stored = storageOf(path, document, kind, name, stores);
    if (stored) storages.push(...stored);
    else uses.push(...usesIn(path, document, `${kind} ${name}`));
  }
  return { uses, storages };
}

/** Where the objects that make or hold a Secret say it is kept; null for an object that is none of these. */
function storageOf(
  path: string,
  document: PlacedDocument,
  kind: string,
  name: string,
  stores: SecretStores,
): readonly SecretStorage[] | null {
  const { data } = document;
  const storage = (
    secret: string,
    manager: string,
    at: DataPath,
    rest: Partial<Pick<SecretStorage, 'location' | 'rotatedBy' | 'everyDays'>> = {},
  ): SecretStorage[] =>
    NAME.test(secret)
      ? [
          {
            name: secret,
            system: 'Kubernetes',
            manager,
            location: null,
            rotatedBy: null,
            everyDays: null,
            ...rest,
            source: fileSourceAt(path, document, at),
          },
        ]
      : [];
  switch (kind) {
    case 'Secret': {
      const isEncrypted = dataAt(data, ['sops']) !== undefined;
      return storage(
        name,
        isEncrypted ? 'SOPS' : 'Kubernetes Secret written in a manifest',
        ['metadata', 'name'],
        {
          location: path,
        },
      );
    }
    case 'SealedSecret':
      return storage(
        stringAt(data, ['spec', 'template', 'metadata', 'name']) ?? name,
        'Sealed Secrets',
        ['metadata', 'name'],
        { location: path },
      );
    case 'ExternalSecret': {
      const store = stringAt(data, ['spec', 'secretStoreRef', 'name']);
      const manager = (store && stores.get(store)) ?? `secret store ${store ?? 'that no file names'}`;
      const keys = [
        ...listAt(data, ['spec', 'data']).map((item) => stringAt(item, ['remoteRef', 'key'])),
        ...listAt(data, ['spec', 'dataFrom']).map((item) => stringAt(item, ['extract', 'key'])),
      ].filter((key): key is string => key !== null);
      return storage(stringAt(data, ['spec', 'target', 'name']) ?? name, manager, ['metadata', 'name'], {
        location: keys.length > 0 ? [...new Set(keys)].join(', ') : null,
      });
    }
    case 'SecretProviderClass': {
      const provider = stringAt(data, ['spec', 'provider']);
      const managers: Readonly<Record<string, string>> = {
        aws: 'AWS Secrets Manager',
        azure: 'Azure Key Vault',
        gcp: 'Google Secret Manager',
        vault: 'HashiCorp Vault',
      };
      const objects = listAt(data, ['spec', 'secretObjects']);
      return objects.flatMap((object, index) =>
        storage(
          stringAt(object, ['secretName']) ?? '',
          managers[provider ?? ''] ?? provider ?? 'Secrets Store CSI driver',
          ['spec', 'secretObjects', index],
        ),
      );
    }
    case 'Certificate':
      return storage(stringAt(data, ['spec', 'secretName']) ?? '', 'cert-manager', ['spec', 'secretName'], {
        rotatedBy: 'cert-manager',
      });
    case 'SecretStore':
    case 'ClusterSecretStore':
      return [];
    default:
      return null;
  }
}

/** Maps nested deeper than this are no manifest. */
const MAX_DEPTH = 60;

function usesIn(path: string, document: PlacedDocument, owner: string): SecretUse[] {
  const uses: SecretUse[] = [];
  const add = (name: unknown, at: DataPath, usedBy: string, as: string | null): void => {
    if (typeof name !== 'string' || !NAME.test(name)) return;
    uses.push({
      name,
      system: 'Kubernetes',
      certainty: 'declared',
      usedBy,
      as,
      action: null,
      dependent: owner,
      environments: [],
      source: fileSourceAt(path, document, at),
    });
  };
  const visit = (data: unknown, at: DataPath, holder: unknown): void => {
    if (at.length > MAX_DEPTH || typeof data !== 'object' || data === null) return;
    if (Array.isArray(data)) {
      data.forEach((item: unknown, index) => visit(item, [...at, index], item));
      return;
    }
    for (const [key, value] of Object.entries(data)) {
      const here = [...at, key];
      switch (key) {
        case 'secretKeyRef': {
          const variable = stringAt(holder, ['name']);
          const part = stringAt(value, ['key']);
          add(
            stringAt(value, ['name']),
            [...here, 'name'],
            `${variable ? `variable ${variable} of ` : ''}${owner}${part ? ` (key ${part})` : ''}`,
            variable,
          );
          break;
        }
        case 'secretRef':
          add(stringAt(value, ['name']), [...here, 'name'], `all variables of ${owner}`, null);
          break;
        case 'secretName':
          add(
            value,
            here,
            at.includes('tls') ? `certificate of ${owner}` : `file of ${owner}`,
            at.includes('tls') ? 'tls' : null,
          );
          break;
        case 'secret':
          // A projected volume names its Secret so; a volume of its own has `secretName`.
          if (at.includes('projected'))
            add(stringAt(value, ['name']), [...here, 'name'], `file of ${owner}`, null);
          visit(value, here, holder);
          break;
        case 'imagePullSecrets':
          listAt(value, []).forEach((item, index) =>
            add(
              stringAt(item, ['name']),
              [...here, index, 'name'],
              `pulling the images of ${owner}`,
              'imagePullSecrets',
            ),
          );
          break;
        default:
          // A variable's own map stays the holder of what its `valueFrom` names.
          visit(value, here, key === 'valueFrom' ? holder : value);
      }
    }
  };
  visit(document.data, [], document.data);
  return uses;
}

/** Of a Helm template what stands there literally: the name on the line behind `secretKeyRef:` and its like. */
function templateUses(path: string, text: string): SecretUse[] {
  const lines = text.split(/\r\n|\r|\n/);
  const uses: SecretUse[] = [];
  const kind = /^kind:\s*(\w+)/m.exec(text)?.[1] ?? 'template';
  const dependent = `${kind} of ${path}`;
  for (const { match, range } of findLines(
    text,
    /^\s*(?:-\s+)?(secretKeyRef|secretRef|secretName|imagePullSecrets):\s*(\S*)/,
  )) {
    const [, word = '', value = ''] = match;
    const line = range.start.line - 1;
    const nameAt =
      word === 'secretName'
        ? line
        : [1, 2].map((step) => line + step).find((at) => /^\s*(?:-\s+)?name:/.test(lines[at] ?? ''));
    const text =
      nameAt === undefined
        ? ''
        : word === 'secretName'
          ? value
          : ((lines[nameAt] ?? '').split('name:')[1] ?? '');
    const name = text.trim().replace(/^["']|["']$/g, '');
    if (nameAt === undefined || !NAME.test(name)) continue;
    // `- name: VARIABLE`, `valueFrom:` stand above it.
    const variable =
      word === 'secretKeyRef'
        ? (/^\s*-\s+name:\s*["']?([A-Za-z_]\w*)/.exec(lines[line - 2] ?? '')?.[1] ?? null)
        : null;
    const found = lines[nameAt] ?? '';
    const column = found.indexOf(name) + 1;
    uses.push({
      name,
      system: 'Kubernetes',
      certainty: 'declared',
      usedBy: `${variable ? `variable ${variable} of ` : ''}${dependent}`,
      as: variable,
      action: null,
      dependent,
      environments: [],
      source: {
        kind: 'file',
        path,
        range: {
          start: { line: nameAt + 1, column },
          end: { line: nameAt + 1, column: column + name.length },
        },
      },
    });
  }
  return uses;
}

function fileSourceAt(path: string, document: PlacedDocument, at: DataPath): SecretUse['source'] {
  return { kind: 'file', path, range: document.rangeOf(at) };
}
