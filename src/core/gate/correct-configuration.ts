import type { RowCorrection } from '../evidence/profile-view';
import { applyEdits } from '../text/edit';
import type { ProposedFile } from '../text/proposal';
import { counted } from '../text/words';
import { layoutOf, setEntry, yamlLines, type NewYaml } from '../workflow/edit';
import { entryOf, readYaml, type YamlMap } from '../workflow/yaml-tree';
import { CONFIGURATION_PATH, readLayer } from './configuration';

/** What a person says in place of one row of the profile. */
export interface GivenCorrection {
  /** Keys from `profile` on. */
  readonly at: readonly string[];
  readonly value: NewYaml;
}

/** The configuration with the corrections, or why it cannot be written: a sentence without a full stop. */
export type CorrectedConfiguration =
  { readonly ok: true; readonly file: ProposedFile } | { readonly ok: false; readonly reason: string };

/** What a person wrote as the value that the configuration takes; null for nothing, `reason` for what it cannot be. */
export function correctionOf(
  { takes, choices, canBeNone }: RowCorrection,
  written: string,
): { readonly ok: true; readonly value: NewYaml } | { readonly ok: false; readonly reason: string } {
  const text = written.trim();
  if (text === '') return { ok: false, reason: 'nothing was written' };
  if (text === 'none')
    return canBeNone ? { ok: true, value: 'none' } : { ok: false, reason: '"none" cannot be said of it' };
  switch (takes) {
    case 'flag':
      return /^(?:true|yes)$/i.test(text)
        ? { ok: true, value: true }
        : /^(?:false|no)$/i.test(text)
          ? { ok: true, value: false }
          : { ok: false, reason: 'it takes yes or no' };
    case 'list': {
      const items = text
        .split(' ;; ')
        .map((item) => item.trim())
        .filter((item) => item !== '');
      return { ok: true, value: items.length === 1 ? (items[0] ?? '') : items };
    }
    case 'environments': {
      const items = text
        .split(',')
        .map((item) => item.trim())
        .filter((item) => item !== '');
      const isFlagged = items.some((item) => /\(production\)$/.test(item));
      return {
        ok: true,
        value: items.map((item) =>
          isFlagged
            ? { name: item.replace(/\s*\(production\)$/, ''), production: /\(production\)$/.test(item) }
            : item,
        ),
      };
    }
    case 'text':
      return choices && !choices.includes(text)
        ? { ok: false, reason: `it takes ${choices.join(', ')}` }
        : { ok: true, value: text };
    default:
      return takes satisfies never;
  }
}

/**
 * Writes corrections below `profile:` of the configuration's text, `before` null where there is none. Every other byte
 * stays, and the result is read again: what it would say wrongly is refused.
 */
export function withCorrections(
  before: string | null,
  corrections: readonly GivenCorrection[],
  path: string = CONFIGURATION_PATH,
): CorrectedConfiguration {
  let text = before ?? '';
  for (const { at, value } of corrections) {
    const next = withOne(text, ['profile', ...at], value);
    if (!next.ok) return next;
    text = next.text;
  }
  const read = readLayer(path, text);
  if (!read.ok) {
    const [problem] = read.problems;
    return { ok: false, reason: problem?.message ?? 'the configuration could not be read again' };
  }
  return {
    ok: true,
    file: {
      path,
      before,
      after: text,
      purpose: `what the repository is, ${counted(corrections.length, 'correction')}`,
    },
  };
}

function withOne(
  text: string,
  keys: readonly string[],
  value: NewYaml,
): { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string } {
  const tree = readYaml(text);
  const [mistake] = tree.problems;
  if (mistake) return { ok: false, reason: `the configuration cannot be read: ${mistake.message}` };
  if (tree.root === null || tree.root.kind === 'scalar') {
    if (tree.root !== null && tree.root.value !== null)
      return { ok: false, reason: 'the configuration is no map' };
    // Only comments, or nothing: what is added stands behind them.
    const layout = layoutOf(text);
    const glue = text === '' || /\n$/.test(text) ? '' : layout.lineBreak;
    const lines = yamlLines(nested(keys, value), 0, layout).join(layout.lineBreak);
    return { ok: true, text: `${text}${glue}${lines}${layout.lineBreak}` };
  }
  if (tree.root.kind !== 'map') return { ok: false, reason: 'the configuration is no map' };
  let map: YamlMap = tree.root;
  let depth = 0;
  for (; depth < keys.length - 1; depth++) {
    const inner = entryOf(map, keys[depth] ?? '')?.value;
    if (inner?.kind !== 'map') break;
    map = inner;
  }
  const result = setEntry(text, map, keys[depth] ?? '', nested(keys.slice(depth + 1), value));
  return result.ok
    ? { ok: true, text: applyEdits(text, result.edits) }
    : { ok: false, reason: `the configuration cannot be edited: ${result.reason}` };
}

function nested(keys: readonly string[], value: NewYaml): NewYaml {
  return keys.reduceRight<NewYaml>((inner, key) => ({ [key]: inner }), value);
}
