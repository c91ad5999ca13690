import { findLines, listAt, mapAt, readPlaced } from '../detect/places';
import { isNamedLikeSecret } from './secret-names';
import { NO_SECRETS, type FileSecrets, type SecretStorage, type SecretUse } from './secret-uses';

/** Secrets that a compose file declares, and variables named like one that it takes from outside. */
export function composeSecrets(path: string, text: string): FileSecrets {
  const read = readPlaced(text);
  const document = read.ok ? read.documents[0] : undefined;
  if (!document) return NO_SECRETS;
  const uses: SecretUse[] = [];
  const storages: SecretStorage[] = [];
  const { data } = document;
  const place = (at: readonly (string | number)[]): SecretUse['source'] => ({
    kind: 'file',
    path,
    range: document.rangeOf(at),
  });
  for (const [name, secret] of Object.entries(mapAt(data, ['secrets']))) {
    const { external, environment, file } = mapAt(secret, []);
    storages.push({
      name,
      system: 'Docker Compose',
      manager: external === true ? 'Docker secret of the host' : 'file or variable beside the compose file',
      location: typeof file === 'string' ? file : typeof environment === 'string' ? environment : null,
      rotatedBy: null,
      everyDays: null,
      source: place(['secrets', name]),
    });
  }
  for (const [service, body] of Object.entries(mapAt(data, ['services']))) {
    const add = (
      name: string,
      certainty: SecretUse['certainty'],
      as: string | null,
      at: readonly (string | number)[],
    ): void => {
      uses.push({
        name,
        system: 'Docker Compose',
        certainty,
        usedBy: as === null ? `file of service ${service}` : `variable ${as} of service ${service}`,
        as,
        action: null,
        dependent: `service ${service}`,
        environments: [],
        source: place(['services', service, ...at]),
      });
    };
    listAt(body, ['secrets']).forEach((secret, index) => {
      const name = typeof secret === 'string' ? secret : mapAt(secret, [])['source'];
      if (typeof name === 'string') add(name, 'declared', null, ['secrets', index]);
    });
    const variables: (readonly [string, unknown, readonly (string | number)[]])[] = [
      ...Object.entries(mapAt(body, ['environment'])).map(
        ([name, value]) => [name, value, ['environment', name]] as const,
      ),
      ...listAt(body, ['environment']).flatMap((item, index) => {
        const [, name, value] =
          /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(typeof item === 'string' ? item : '') ?? [];
        return name === undefined ? [] : [[name, value ?? null, ['environment', index]] as const];
      }),
    ];
    for (const [variable, value, at] of variables) {
      // A value that stands here is that of a developer's machine; what comes from outside has to be kept somewhere.
      const taken =
        value === null
          ? variable
          : typeof value === 'string'
            ? /\$\{?([A-Za-z_]\w*)/.exec(value)?.[1]
            : undefined;
      if (taken !== undefined && (isNamedLikeSecret(taken) || isNamedLikeSecret(variable))) {
        add(taken, 'by-name', variable, at);
      }
    }
  }
  return { uses, storages };
}

/** Names in a `.env` file, or an example of one, that are named like secrets. */
export function environmentFileSecrets(path: string, text: string): FileSecrets {
  const uses = findLines(text, /^\s*(?:export\s+)?([A-Za-z_]\w{0,200})\s*=/).flatMap(({ match, range }) => {
    const [whole, name = ''] = match;
    if (!isNamedLikeSecret(name)) return [];
    const column = whole.lastIndexOf(name) + 1;
    const use: SecretUse = {
      name,
      system: 'environment variables',
      certainty: 'by-name',
      usedBy: `variable ${name}`,
      as: name,
      action: null,
      dependent: null,
      environments: [],
      source: {
        kind: 'file',
        path,
        range: {
          start: { line: range.start.line, column },
          end: { line: range.start.line, column: column + name.length },
        },
      },
    };
    return [use];
  });
  return { uses, storages: [] };
}
