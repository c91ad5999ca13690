import type {
  ConfigurationDifference,
  FlagDifference,
} from '../../documents/environment-matrix/environment-matrix';
import { enumerated } from '../../text/words';
import type { EnvironmentFile } from './environment-files';
import { settingValues, type SettingValue } from './setting-values';

/** In what the environments' settings differ; each with the file that the last of them stands in. */
export interface Differences {
  readonly settings: readonly ConfigurationDifference[];
  readonly flags: readonly FlagDifference[];
  /** Settings beyond those that are listed. */
  readonly leftOut: number;
}

/** One setting of a group of files, by environment; `undefined`: the environment has no such setting. */
interface ComparedSetting {
  readonly key: string;
  readonly of: ReadonlyMap<string, SettingValue | undefined>;
  readonly place: string;
}

/** More rows say no more to a reader. */
const MAX_ROWS = 60;

const FLAG =
  /(?:^|[._\-[\] ])(?:feature|features|flag|flags|toggle|toggles|ff)(?:$|[._\-[\]A-Z ])|(?:^|[._\- ])(?:enable|enabled|disable|disabled)(?:$|[._\- ])|^(?:FEATURE|ENABLE|DISABLE|FF)_/i;

/** Compares the files of each group, environment by environment. `texts` holds those that could be read. */
export function settingDifferences(
  files: readonly EnvironmentFile[],
  texts: ReadonlyMap<string, string>,
): Differences {
  const groups = new Map<string, EnvironmentFile[]>();
  for (const file of files) {
    if (/\.tf$|\.bicep$/.test(file.path)) continue;
    const group = groups.get(file.neutral);
    if (group) group.push(file);
    else groups.set(file.neutral, [file]);
  }
  const compared = [...groups.values()].flatMap((group) => compareGroup(group, texts));
  return differencesOf(compared);
}

function compareGroup(
  group: readonly EnvironmentFile[],
  texts: ReadonlyMap<string, string>,
): ComparedSetting[] {
  const read = group.flatMap(({ path, environment }) => {
    const text = texts.get(path);
    const values = text === undefined ? null : settingValues(path, text);
    return values ? [{ path, environment, values }] : [];
  });
  if (read.length < 2) return [];
  const keys = new Set(read.flatMap(({ values }) => [...values.keys()]));
  return [...keys].flatMap((key) => {
    const of = new Map(read.map(({ environment, values }) => [environment, values.get(key)]));
    if (!isDifferent([...of.values()])) return [];
    const last = read.findLast(({ values }) => values.has(key));
    const line = last?.values.get(key)?.line;
    return [{ key, of, place: `${last?.path ?? ''}${line ? `:${line}` : ''}` }];
  });
}

/** Values that are not shown are not told apart: two secrets always differ. */
function isDifferent(values: readonly (SettingValue | undefined)[]): boolean {
  const isMissing = values.some((value) => value === undefined);
  if (isMissing) return values.some((value) => value !== undefined);
  const shown = values.map((value) => value?.value ?? null);
  return shown.every((value) => value !== null) && new Set(shown).size > 1;
}

/** The rows of a document for what was compared. */
export function differencesOf(compared: readonly ComparedSetting[]): Differences {
  const settings: ConfigurationDifference[] = [];
  const flags: FlagDifference[] = [];
  let leftOut = 0;
  for (const { key, of, place } of compared) {
    const lacking = [...of].filter(([, value]) => value === undefined).map(([environment]) => environment);
    const having = [...of].filter(([, value]) => value !== undefined).map(([environment]) => environment);
    if (FLAG.test(key) && lacking.length > 0) {
      flags.push({
        flag: key,
        setIn: enumerated(having, 'and'),
        notSetIn: enumerated(lacking, 'and'),
        place,
      });
      continue;
    }
    if (settings.length >= MAX_ROWS) {
      leftOut++;
      continue;
    }
    settings.push({
      setting: key,
      kind: kindOfSetting(key),
      values: [...of]
        .map(([environment, value]) =>
          value === undefined ? `${environment}: not set` : `${environment}: ${value.value ?? 'set'}`,
        )
        .join('; '),
      place,
    });
  }
  return { settings, flags, leftOut };
}

/** What a setting is about, by the words of its key: it sorts rows and judges nothing. */
export function kindOfSetting(key: string): string {
  if (
    /(?:database|postgres|mysql|mongo|redis|(?:^|[._\- ])(?:db|sql|pg))\w*[._\-a-z]*(?:url|uri|host|endpoint|address|name)?$/i.test(
      key,
    ) &&
    /url|uri|host|endpoint|address|name|dsn|port/i.test(key)
  )
    return 'database endpoint';
  if (
    /replica|autoscal|min(?:imum)?(?:size|count|replicas|capacity)|max(?:imum)?(?:size|count|replicas|capacity)|desired|instance|concurrency|workers/i.test(
      key,
    )
  )
    return 'scaling';
  if (/limit|quota|timeout|cpu|memory|storage|size|pool|rate|ttl|retention/i.test(key)) return 'limit';
  if (FLAG.test(key)) return 'flag';
  if (/tier|plan|sku|edition|sandbox|test_?mode|live_?mode/i.test(key)) return 'third-party tier';
  if (/url|uri|host|domain|endpoint|address|dns/i.test(key)) return 'address';
  return 'setting';
}
