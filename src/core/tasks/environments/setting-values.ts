import { readPlaced, type DataPath } from '../../evidence/detect/places';
import { isNamedLikeSecret } from '../../evidence/secrets/secret-names';
import { readHcl } from '../../text/hcl';
import { lineIndex } from '../../text/position';
import { secretsOfKnownShape } from '../../text/secret-shapes';

/** One setting of a file. `value` null: it is not to be shown, or the file is one of which only names are told. */
export interface SettingValue {
  readonly value: string | null;
  readonly line: number | null;
}

/** More settings of one file are not compared. */
const MAX_SETTINGS = 2_000;

/** Parts of a manifest that say what it is rather than how it is set up. */
const NO_SETTING = /^(?:apiVersion|kind|metadata|status)$/;

/** Maps that people fill freely, so that every entry would differ. */
const FREE_MAP = /^(?:annotations|labels|podAnnotations|podLabels|commonLabels|commonAnnotations|tags)$/;

/**
 * The settings of a file by key, values as they are written; a secret, a text with a template in it and anything that is
 * named like a secret has none, and a `.env` file gives names only. Null where it cannot be read.
 */
export function settingValues(path: string, text: string): ReadonlyMap<string, SettingValue> | null {
  if (/\.tfvars$/.test(path)) return fromHcl(text);
  if (/(?:^|\/)(?:\.env(?:\.|$)|[\w-]+\.env(?:\.|$))/.test(path)) return fromNames(text);
  if (/\.properties$/.test(path)) return fromNames(text, true);
  return /\.(?:ya?ml|json)$/.test(path) ? fromYaml(text) : null;
}

function fromNames(text: string, hasValues = false): ReadonlyMap<string, SettingValue> {
  const found = new Map<string, SettingValue>();
  text.split(/\r?\n/).forEach((line, index) => {
    const [, name, value = ''] = /^\s*(?:export\s+)?([A-Za-z_][\w.-]*)\s*[=:]\s*(.*)$/.exec(line) ?? [];
    if (name !== undefined && found.size < MAX_SETTINGS)
      found.set(name, { value: hasValues ? shownValue(name, value.trim()) : null, line: index + 1 });
  });
  return found;
}

function fromHcl(text: string): ReadonlyMap<string, SettingValue> | null {
  const read = readHcl(text);
  if (!read.ok) return null;
  const lines = lineIndex(text);
  return new Map(
    [...read.body.attributes.values()].slice(0, MAX_SETTINGS).map(({ name, value, span }) => [
      name,
      {
        value: shownValue(name, value.replace(/^"([^"]*)"$/, '$1').replace(/\s+/g, ' ')),
        line: lines.positionAt(span.start).line,
      },
    ]),
  );
}

function fromYaml(text: string): ReadonlyMap<string, SettingValue> | null {
  if (/\{\{/.test(text)) return null;
  const read = readPlaced(text);
  if (!read.ok) return null;
  const found = new Map<string, SettingValue>();
  for (const document of read.documents) {
    const object = objectName(document.data);
    const visit = (data: unknown, at: DataPath, key: string): void => {
      if (found.size >= MAX_SETTINGS || at.length > 30) return;
      if (Array.isArray(data)) {
        data.forEach((item: unknown, index) => {
          const name = nameOf(item);
          if (name === null) {
            // `configMapGenerator.literals`: a setting in one text.
            const [, literal, value = ''] =
              /(?:^|\.)literals$/.test(key) && typeof item === 'string'
                ? (/^([\w.-]+)=(.*)$/s.exec(item) ?? [])
                : [];
            if (literal !== undefined)
              found.set(`${key}.${literal}`, {
                value: shownValue(literal, value),
                line: document.rangeOf([...at, index])?.start.line ?? null,
              });
            else visit(item, [...at, index], `${key}[${index}]`);
          } else visit(item, [...at, index], `${key}[${name}]`);
        });
        return;
      }
      if (typeof data === 'object' && data !== null) {
        for (const [name, value] of Object.entries(data)) {
          if (FREE_MAP.test(name) || (object !== null && at.length === 0 && NO_SETTING.test(name))) continue;
          visit(value, [...at, name], key === '' ? name : `${key}.${name}`);
        }
        return;
      }
      if (key === '' || data === null || data === undefined) return;
      const full = object === null ? key : `${object} ${key}`;
      // What a variable is called and what it is given stand side by side; the name is in the key already.
      if (key.endsWith('.name') && /\]\.name$/.test(key)) return;
      found.set(full, {
        value: shownValue(keyName(key), plainValue(data)),
        line: document.rangeOf(at)?.start.line ?? null,
      });
    };
    if (object !== null && /^(?:Secret|SealedSecret)\//.test(object)) continue;
    visit(document.data, [], '');
  }
  return found;
}

function plainValue(data: unknown): string {
  return typeof data === 'string' || typeof data === 'number' || typeof data === 'boolean'
    ? String(data)
    : '';
}

/** `env[DATABASE_URL].value` is the setting DATABASE_URL. */
function keyName(key: string): string {
  const last = /\[([^\]]+)\]\.value$/.exec(key)?.[1];
  return (
    last ??
    key
      .split(/[.[\]]/)
      .filter((part) => part !== '')
      .at(-1) ??
    key
  );
}

/** `Kind/name` of a manifest; null for a file of settings. */
function objectName(data: unknown): string | null {
  if (typeof data !== 'object' || data === null) return null;
  const { kind, apiVersion, metadata } = data as Readonly<Record<string, unknown>>;
  if (typeof kind !== 'string' || typeof apiVersion !== 'string') return null;
  const { name } = (typeof metadata === 'object' && metadata !== null ? metadata : {}) as { name?: unknown };
  return `${kind}/${typeof name === 'string' ? name : ''}`.replace(/\/$/, '');
}

function nameOf(item: unknown): string | null {
  if (typeof item !== 'object' || item === null) return null;
  const { name } = item as { readonly name?: unknown };
  return typeof name === 'string' ? name : null;
}

const MAX_VALUE = 80;

/** A value that may stand in a document; null for one that is secret, templated, or too long to be read. */
export function shownValue(name: string, value: string): string | null {
  if (isNamedLikeSecret(name) || secretsOfKnownShape(value).length > 0) return null;
  // A password in an address of a test server is no secret to a scanner, and still no setting to show.
  if (/:\/\/[^\s/@]*:[^\s/@]*@/.test(value)) return null;
  return value.length > MAX_VALUE || /[\n\r]/.test(value) ? null : value;
}
