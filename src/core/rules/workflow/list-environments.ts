import { applyEdits, type TextEdit } from '../../text/edit';
import { insertItem, layoutOf, setEntry, yamlLines, type EditResult } from '../../workflow/edit';
import type { WorkflowSet } from '../../workflow/understanding';
import { entryOf, readYaml, valueOf, type YamlMap } from '../../workflow/yaml-tree';
import type { FileEdits, Fix, GateFacts } from '../rule';
import { environmentKey, kindOfEnvironment } from './environment-names';
import { listed } from './production-path';

/**
 * Fixes that tell the gate what environments are, in the configuration: as production first, since that never makes it
 * ask for less; as others for a person to choose. None where the configuration is not to be edited.
 */
export function listEnvironments(
  set: WorkflowSet,
  gate: GateFacts,
  names: readonly string[],
): { readonly fix?: Fix; readonly otherFixes?: readonly Fix[] } {
  const fixFor = (key: 'production' | 'other'): Fix | null => {
    const edits = editsFor(set, gate, key, names);
    if (!edits) return null;
    return {
      kind: 'proposed',
      title: `List ${listed(names)} as ${key === 'production' ? 'production' : 'not production'} in ${edits.path}`,
      edits: [edits],
      reveals: true,
    };
  };
  const production = fixFor('production');
  const other = fixFor('other');
  return { ...(production ? { fix: production } : {}), ...(other ? { otherFixes: [other] } : {}) };
}

function editsFor(
  set: WorkflowSet,
  gate: GateFacts,
  key: 'production' | 'other',
  names: readonly string[],
): FileEdits | null {
  const file = gate.configurationFile;
  if (!file || names.length === 0) return null;
  const whole = wholeList(set, gate, key, names);
  if (file.text === null) {
    const layout = { step: 2, listStep: 2, lineBreak: '\n' } as const;
    const text = `${yamlLines({ environments: { [key]: whole } }, 0, layout).join('\n')}\n`;
    return { path: file.path, isNew: true, edits: [{ span: { start: 0, end: 0 }, text }] };
  }
  const edits = editsOfText(file.text, key, names, whole);
  return edits && { path: file.path, edits };
}

/**
 * The list that holds these names and leaves nothing out that the gate goes by now: what a base says, which a list of
 * this file replaces, and the environments that are production by their name.
 */
function wholeList(
  set: WorkflowSet,
  gate: GateFacts,
  key: 'production' | 'other',
  names: readonly string[],
): readonly string[] {
  const byName =
    key === 'production'
      ? set.jobs
          .flatMap((facts) => facts.environmentNames ?? [])
          .filter((name) => kindOfEnvironment(name, gate) === 'production')
      : [];
  const all = [...gate.environments[key], ...byName, ...names];
  return all.filter(
    (name, index) => all.findIndex((other) => environmentKey(other) === environmentKey(name)) === index,
  );
}

function editsOfText(
  text: string,
  key: 'production' | 'other',
  names: readonly string[],
  whole: readonly string[],
): readonly TextEdit[] | null {
  const { root, problems } = readYaml(text);
  if (problems.length > 0) return null;
  const layout = layoutOf(text);
  if (root === null || (root.kind === 'scalar' && root.value === null)) {
    // Comments only: what is written goes behind them.
    const lines = yamlLines({ environments: { [key]: whole } }, 0, layout).join(layout.lineBreak);
    const isOpen = text !== '' && !/\n$/.test(text);
    return [
      {
        span: { start: text.length, end: text.length },
        text: `${isOpen ? layout.lineBreak : ''}${lines}${layout.lineBreak}`,
      },
    ];
  }
  if (root.kind !== 'map') return null;
  const environments = valueOf(root, 'environments');
  if (environments?.kind !== 'map') return okay(setEntry(text, root, 'environments', { [key]: whole }));
  const own = entryOf(environments, key)?.value;
  if (own?.kind !== 'list' || own.items.length === 0) {
    return okay(setEntry(text, environments, key, whole));
  }
  return insertAll(text, environments, key, names);
}

/** Adds names at the end of a list, as one edit each, made against the same text. */
function insertAll(
  text: string,
  environments: YamlMap,
  key: string,
  names: readonly string[],
): readonly TextEdit[] | null {
  const list = valueOf(environments, key);
  if (list?.kind !== 'list') return null;
  const edits: TextEdit[] = [];
  for (const name of names) {
    const edit = insertItem(text, list, list.items.length, name);
    if (!edit.ok) return null;
    edits.push(...edit.edits);
  }
  return readYaml(applyEdits(text, edits)).problems.length === 0 ? edits : null;
}

function okay(result: EditResult): readonly TextEdit[] | null {
  return result.ok ? result.edits : null;
}
