import type { Job, Workflow } from '../../workflow/model';
import { valueOf, type YamlScalar, type YamlValue } from '../../workflow/yaml-tree';
import { CALLER_CONTEXTS, expressionsIn, piecesOf, usesOf, WITH_CONTEXTS } from './expressions';
import { CALLED_KEYS, isFixed, isScript, isStepName, slotsOf, spaced, type Slot } from './shape';

/** A job that could be extracted, self-contained: what it had from its workflow's `env` and `defaults` is its own. */
export interface Candidate {
  readonly path: string;
  readonly id: string;
  /** The text with the job made self-contained; `workflow` and `job` are read from it. */
  readonly text: string;
  readonly workflow: Workflow;
  readonly job: Job;
}

/** A value that the callers hand in. */
export interface PlannedInput {
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean';
  /** One per caller, as text; may hold expressions of the caller. */
  readonly values: readonly string[];
  /** What most callers say, where that is more than half of them and no expression; null: every caller says it. */
  readonly defaultValue: string | null;
}

/** A secret that the callers hand in by name. */
export interface PlannedSecret {
  readonly name: string;
  /** The caller's own name of it, one per caller. */
  readonly sources: readonly string[];
}

/** How a group of jobs becomes one. */
export interface ExtractionPlan {
  readonly inputs: readonly PlannedInput[];
  readonly secrets: readonly PlannedSecret[];
  readonly isRequiredSecret: boolean;
  /** New texts of the first job's scalars, by the slot's path. */
  readonly replacements: ReadonlyMap<string, string>;
}

/** A plan, or why there is none: `reason` completes "… was left alone because …". */
export type PlanResult =
  { readonly ok: true; readonly plan: ExtractionPlan } | { readonly ok: false; readonly reason: string };

/** More than this and the call is harder to read than the job was. */
const MAX_INPUTS = 12;

/** GitHub gives these to a called workflow without their being passed. */
const AUTOMATIC_SECRETS = ['GITHUB_TOKEN', 'github_token'];

interface Draft {
  readonly key: string;
  readonly values: readonly string[];
  readonly isSecret: boolean;
  /** The name that its first place suggests. */
  readonly suggestion: string;
  readonly isTyped: boolean;
  readonly type: 'string' | 'number' | 'boolean';
}

/** Plans the extraction of jobs with the same signature; the first is the one that the new workflow is made from. */
export function planExtraction(candidates: readonly Candidate[]): PlanResult {
  const [first] = candidates;
  if (!first) return { ok: false, reason: 'there is no job' };
  const all = candidates.map((candidate) => slotsOf(candidate.job.body, CALLED_KEYS));
  const hasEnvironment = candidates.some((candidate) => candidate.job.environment !== null);
  const drafts = new Map<string, Draft>();
  const replacements = new Map<string, readonly (string | { readonly key: string })[]>();
  const secrets = new Set<string>();

  const slots = (all[0] ?? []).map((slot, index) => ({
    slot,
    scalars: all.map((others) => others[index]?.scalar).filter((scalar) => scalar !== undefined),
  }));
  // Scripts last: what differs in them should be named after the input or variable in which it also stands.
  const ordered = [...slots].sort((a, b) => weightOf(a.slot) - weightOf(b.slot));
  for (const { slot, scalars } of ordered) {
    if (scalars.length !== candidates.length) return { ok: false, reason: 'their parts do not match' };
    const texts = scalars.map((scalar) => spaced(scalar.text));
    const [text = ''] = texts;
    if (isFixed(slot.keys)) {
      const problem = problemOfFixed(slot, text);
      if (problem) return { ok: false, reason: problem };
      collectSecrets(text, secrets);
      continue;
    }
    if (/\bGITHUB_JOB\b|\bgithub\s*\.\s*job\b/.test(text)) {
      return { ok: false, reason: 'its name as a job is used in it, which would be another one inside' };
    }
    if (isStepName(slot.keys) && texts.some((other) => other !== text)) {
      // A name alone is no reason for an input: it follows the inputs that there are, or stays the first job's.
      const words = partsOf(slot, texts, drafts);
      const isKnown = (part: Part): boolean => typeof part === 'string' || drafts.has(keyOf(part.values));
      if ('reason' in words || !words.parts.every(isKnown)) {
        const problem = problemOfFixed(slot, text);
        if (problem) return { ok: false, reason: problem };
        continue;
      }
    }
    const parts = partsOf(slot, texts, drafts);
    if ('reason' in parts) return { ok: false, reason: parts.reason };
    const written: (string | { readonly key: string })[] = [];
    for (const part of parts.parts) {
      if (typeof part === 'string') {
        const same = sameEverywhere(part, slot, scalars, candidates, hasEnvironment, drafts, secrets);
        if (!same.ok) return same;
        written.push(...same.written);
        continue;
      }
      const added = addDraft(part, slot, parts.parts.length === 1 ? scalars : null, hasEnvironment, drafts);
      if (!added.ok) return added;
      written.push({ key: added.key });
    }
    if (written.some((part) => typeof part !== 'string')) replacements.set(slot.path, written);
  }

  const inputs = [...drafts.values()].filter((draft) => !draft.isSecret);
  if (inputs.length > MAX_INPUTS) {
    return {
      ok: false,
      reason: `they differ in ${inputs.length} values, so a call would be harder to read than the jobs are`,
    };
  }
  const names = new Map<string, string>();
  const taken = new Set<string>(secrets);
  for (const draft of drafts.values()) {
    names.set(draft.key, uniqueName(draft.suggestion, draft.isSecret, taken));
  }
  return {
    ok: true,
    plan: {
      inputs: inputs.map((draft) => ({
        name: names.get(draft.key) ?? '',
        type: draft.type,
        values: draft.values,
        defaultValue: majorityOf(draft.values),
      })),
      secrets: [
        ...[...secrets].sort().map((name) => ({ name, sources: candidates.map(() => name) })),
        ...[...drafts.values()]
          .filter((draft) => draft.isSecret)
          .map((draft) => ({ name: names.get(draft.key) ?? '', sources: draft.values })),
      ],
      // A secret of the environment is not seen by the caller, which then passes nothing: that must not be an error.
      isRequiredSecret: !hasEnvironment,
      replacements: new Map(
        [...replacements].map(([path, parts]) => [
          path,
          parts
            .map((part) => {
              if (typeof part === 'string') return part;
              const context = drafts.get(part.key)?.isSecret ? 'secrets' : 'inputs';
              return `\${{ ${context}.${names.get(part.key) ?? ''} }}`;
            })
            .join(''),
        ]),
      ),
    },
  };
}

type Part = string | { readonly values: readonly string[] };

/** Cuts the texts of one slot into what is the same everywhere and what differs. */
function partsOf(
  slot: Slot,
  texts: readonly string[],
  drafts: ReadonlyMap<string, Draft>,
): { readonly parts: readonly Part[] } | { readonly reason: string } {
  const [first = ''] = texts;
  if (texts.every((text) => text === first)) return { parts: [first] };
  const tokens = texts.map(tokensOf);
  const [head = []] = tokens;
  const isAligned = tokens.every((other) => other.length === head.length);
  if (!isAligned) {
    if (isScript(slot.keys)) return { reason: 'their scripts differ in more than single words' };
    return { parts: [{ values: texts }] };
  }
  const parts: Part[] = [];
  let differing = 0;
  let words = 0;
  for (const [index, token] of head.entries()) {
    const values = tokens.map((other) => other[index] ?? '');
    const isWord = isWordToken(token);
    if (isWord) words++;
    if (values.every((value) => value === token)) {
      const last = parts[parts.length - 1];
      if (typeof last === 'string') parts[parts.length - 1] = last + token;
      else parts.push(token);
      continue;
    }
    if (!values.every(isWordToken)) {
      return isScript(slot.keys)
        ? { reason: 'their scripts differ in more than single words' }
        : { parts: [{ values: texts }] };
    }
    if (isScript(slot.keys) && !drafts.has(keyOf(values))) {
      differing++;
      if (isCommandWord(head, index)) return { reason: 'their scripts run different commands' };
    }
    parts.push({ values });
  }
  if (isScript(slot.keys) && differing * 3 > words)
    return { reason: 'their scripts have too little in common' };
  return { parts };
}

/** What is the same in every job may still read what only the caller sees. */
function sameEverywhere(
  text: string,
  slot: Slot,
  scalars: readonly YamlScalar[],
  candidates: readonly Candidate[],
  hasEnvironment: boolean,
  drafts: Map<string, Draft>,
  secrets: Set<string>,
):
  | { readonly ok: true; readonly written: readonly (string | { readonly key: string })[] }
  | { readonly ok: false; readonly reason: string } {
  const written: (string | { readonly key: string })[] = [];
  for (const { text: piece, expression } of piecesOf(text)) {
    if (expression === null) {
      written.push(piece);
      continue;
    }
    const { contexts, functions } = usesOf(expression);
    if (contexts.has('secrets')) {
      if (!collectSecrets(piece, secrets)) {
        return {
          ok: false,
          reason: `\`${piece}\` takes its secrets by a computed name, and named ones are the only safe way to pass them`,
        };
      }
    }
    if (![...contexts].some((context) => CALLER_CONTEXTS.includes(context))) {
      written.push(piece);
      continue;
    }
    const foreign = [...contexts].filter((context) => !WITH_CONTEXTS.includes(context));
    if (foreign.length > 0 || functions.has('hashfiles')) {
      return { ok: false, reason: `\`${piece}\` needs values of the caller and of the job itself at once` };
    }
    if (hasEnvironment && contexts.has('vars')) {
      return {
        ok: false,
        reason: `\`${piece}\` reads a variable that may be the environment's, which the caller does not see`,
      };
    }
    const isWhole = text === piece && scalars.every((scalar) => spaced(scalar.text) === piece);
    const added = addExpression(piece, expression, slot, candidates, isWhole, drafts);
    written.push({ key: added });
  }
  return { ok: true, written };
}

function addExpression(
  piece: string,
  expression: string,
  slot: Slot,
  candidates: readonly Candidate[],
  isWhole: boolean,
  drafts: Map<string, Draft>,
): string {
  const required = isWhole ? requiredType(slot) : null;
  const type = required ?? typeOfExpression(expression, candidates);
  // What is no text by itself is handed in as the text that it would have been written as.
  const value = type === null ? `\${{ format('{0}', ${expression}) }}` : piece;
  const values = candidates.map(() => value);
  const key = keyOf(values);
  const path = /^[a-z]+(?:\.[\w-]+)*\.([\w-]+)$/i.exec(expression)?.[1] ?? lastKey(slot);
  if (!drafts.has(key)) {
    drafts.set(key, {
      key,
      values,
      isSecret: false,
      suggestion: path,
      isTyped: true,
      type: type ?? 'string',
    });
  }
  return key;
}

function addDraft(
  part: { readonly values: readonly string[] },
  slot: Slot,
  whole: readonly YamlScalar[] | null,
  hasEnvironment: boolean,
  drafts: Map<string, Draft>,
): { readonly ok: true; readonly key: string } | { readonly ok: false; readonly reason: string } {
  const { values } = part;
  const expressions = values.flatMap(expressionsIn);
  const uses = expressions.map(usesOf);
  const contexts = new Set(uses.flatMap((use) => [...use.contexts]));
  if (contexts.has('secrets')) {
    const names = values.map((value) => /^\$\{\{ secrets\.([\w-]+) \}\}$/.exec(value)?.[1]);
    if (names.some((name) => name === undefined)) {
      return { ok: false, reason: 'a secret stands beside other text where they differ' };
    }
    if (names.some((name) => AUTOMATIC_SECRETS.includes(name ?? ''))) {
      return { ok: false, reason: 'one of them uses its own token where another uses a secret' };
    }
    if (hasEnvironment) {
      return {
        ok: false,
        reason:
          'they use secrets of different names and have an environment: if the secrets are the environment’s, the caller cannot pass them',
      };
    }
    const sources = names.map((name) => name ?? '');
    const key = keyOf(values);
    if (!drafts.has(key)) {
      drafts.set(key, {
        key,
        values: sources,
        isSecret: true,
        suggestion: commonSecretName(sources),
        isTyped: false,
        type: 'string',
      });
    }
    return { ok: true, key };
  }
  const foreign = [...contexts].filter((context) => !WITH_CONTEXTS.includes(context));
  if (foreign.length > 0 || uses.some((use) => use.functions.has('hashfiles'))) {
    return { ok: false, reason: `they differ in \`${values[0] ?? ''}\`, which only the job itself can know` };
  }
  if (hasEnvironment && contexts.has('vars')) {
    return {
      ok: false,
      reason: 'they differ in variables that may be their environments’, which the caller does not see',
    };
  }
  const key = keyOf(values);
  const known = drafts.get(key);
  const type =
    contexts.size > 0 ? (whole ? (requiredType(slot) ?? 'string') : 'string') : typeOfLiterals(whole);
  if (!known) {
    drafts.set(key, {
      key,
      values,
      isSecret: false,
      suggestion: suggestionFor(slot, values),
      isTyped: type !== 'string',
      type,
    });
  } else if (known.type !== type) {
    // In one place a number, in another a part of a text: text serves both, unless the place takes no text.
    if (requiredType(slot) === null && known.isTyped)
      drafts.set(key, { ...known, type: 'string', isTyped: false });
    else if (requiredType(slot) !== null)
      return { ok: false, reason: 'the same value is a number in one place and text in another' };
  }
  return { ok: true, key };
}

function problemOfFixed(slot: Slot, text: string): string | null {
  const expressions = slot.keys[2] === 'if' ? [text] : expressionsIn(text);
  const used = expressions.flatMap((expression) => [...usesOf(expression).contexts]);
  const foreign = used.find((context) => CALLER_CONTEXTS.includes(context));
  return foreign
    ? `\`${text}\` in its ${slot.keys[0] === 'outputs' ? 'outputs' : `step's ${slot.keys[2] ?? ''}`} reads \`${foreign}\`, which a called workflow does not see`
    : null;
}

/** Adds the secrets of a text; false where one is taken by a computed name or all at once. */
function collectSecrets(text: string, secrets: Set<string>): boolean {
  for (const expression of expressionsIn(text)) {
    const bare = expression.replace(/'(?:[^']|'')*'/g, "''");
    const named = [...bare.matchAll(/(?<![\w.-])secrets\s*\.\s*([\w-]+)/gi)];
    const all = [...bare.matchAll(/(?<![\w.-])secrets\b/gi)];
    if (named.length !== all.length) return false;
    for (const match of named) {
      if (match[1] && !AUTOMATIC_SECRETS.includes(match[1])) secrets.add(match[1]);
    }
  }
  return true;
}

function requiredType(slot: Slot): 'number' | 'boolean' | null {
  const key = slot.keys[slot.keys.length - 1];
  const isPlace = slot.keys.length === 1 || (slot.keys[0] === 'steps' && slot.keys.length === 3);
  if (!isPlace) return null;
  return key === 'timeout-minutes' ? 'number' : key === 'continue-on-error' ? 'boolean' : null;
}

/** Null: neither surely text nor surely a number. */
function typeOfExpression(
  expression: string,
  candidates: readonly Candidate[],
): 'string' | 'number' | 'boolean' | null {
  if (/^needs\.[\w-]+\.(?:outputs\.[\w-]+|result)$/.test(expression)) return 'string';
  const key = /^matrix\.([\w-]+)$/.exec(expression)?.[1];
  if (!key) return null;
  const found = candidates.map((candidate) => matrixValues(candidate.job.matrix, key));
  if (found.some((values) => values === null)) return null;
  const values = found.flatMap((scalars) => scalars ?? []);
  if (values.every((value) => typeof value.value === 'string' && !value.text.includes('${{')))
    return 'string';
  const isInteger = (value: YamlScalar): boolean =>
    typeof value.value === 'number' && /^(?:0|[1-9][0-9]{0,8})$/.test(value.text);
  return values.every(isInteger) ? 'number' : null;
}

function matrixValues(matrix: YamlValue | null, key: string): readonly YamlScalar[] | null {
  const direct = valueOf(matrix, key);
  const included = valueOf(matrix, 'include');
  const values = [
    ...(direct?.kind === 'list' ? direct.items : []),
    ...(included?.kind === 'list' ? included.items.flatMap((item) => valueOf(item, key) ?? []) : []),
  ];
  return values.length > 0 && values.every((value) => value.kind === 'scalar') ? values : null;
}

function typeOfLiterals(whole: readonly YamlScalar[] | null): 'string' | 'number' | 'boolean' {
  if (!whole) return 'string';
  if (whole.every((scalar) => typeof scalar.value === 'boolean' && /^(?:true|false)$/.test(scalar.text)))
    return 'boolean';
  const isInteger = (scalar: YamlScalar): boolean =>
    typeof scalar.value === 'number' && /^(?:0|[1-9][0-9]{0,8})$/.test(scalar.text);
  return whole.every(isInteger) ? 'number' : 'string';
}

/** Expressions whole, words, blanks, and every other character by itself. */
function tokensOf(text: string): readonly string[] {
  return piecesOf(text).flatMap((piece) =>
    piece.expression === null ? (piece.text.match(/[A-Za-z0-9_.-]+|\s+|[^]/g) ?? []) : [piece.text],
  );
}

function isWordToken(token: string): boolean {
  return /^(?:\$\{\{|[A-Za-z0-9_.-])/.test(token);
}

/** The first word of a line of a script, or behind `;`, `|` or `&`: the command itself. */
function isCommandWord(tokens: readonly string[], index: number): boolean {
  for (let at = index - 1; at >= 0; at--) {
    const token = tokens[at] ?? '';
    if (token.includes('\n') || /^[;|&(]$/.test(token)) return true;
    if (!/^\s+$/.test(token)) return false;
  }
  return true;
}

function weightOf(slot: Slot): number {
  if (isStepName(slot.keys)) return 4;
  if (slot.keys[0] === 'environment') return 0;
  if (isScript(slot.keys)) return 3;
  return slot.keys.includes('with') || slot.keys.includes('env') ? 1 : 2;
}

function suggestionFor(slot: Slot, values: readonly string[]): string {
  if (isScript(slot.keys)) return flagBefore(slot.scalar.text, values[0] ?? '') ?? 'argument';
  return slot.keys[0] === 'environment' ? (slot.keys[1] === 'url' ? 'url' : 'environment') : lastKey(slot);
}

/** `--region eu-west-1` and `REGION=eu-west-1` say what a word is. */
function flagBefore(script: string, word: string): string | null {
  const at = script.indexOf(word);
  if (at < 0) return null;
  const match = /(?:--?([A-Za-z][\w-]*)(?:[ =]["']?)|([A-Za-z_]\w*)=["']?)$/.exec(
    script.slice(Math.max(0, at - 60), at),
  );
  return match?.[1] ?? match?.[2] ?? null;
}

function lastKey(slot: Slot): string {
  const key = [...slot.keys].reverse().find((part) => !/^[0-9]+$/.test(part)) ?? 'value';
  return key;
}

/** The words that all names share: `STAGING_DEPLOY_KEY` and `PROD_DEPLOY_KEY` are both a `DEPLOY_KEY`. */
function commonSecretName(names: readonly string[]): string {
  const parts = names.map((name) => name.toUpperCase().split('_'));
  const common = (parts[0] ?? []).filter((part) => parts.every((other) => other.includes(part)));
  const name = common.join('_');
  return name === '' || /^[0-9]/.test(name) || name.startsWith('GITHUB') ? 'SECRET' : name;
}

function uniqueName(suggestion: string, isSecret: boolean, taken: Set<string>): string {
  const clean = isSecret
    ? suggestion
    : suggestion
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, '-')
        .replace(/^[^a-z]+|-+$/g, '')
        .slice(0, 60) || 'value';
  let name = clean;
  for (let count = 2; taken.has(name); count++) name = `${clean}${isSecret ? '_' : '-'}${count}`;
  taken.add(name);
  return name;
}

function majorityOf(values: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  for (const [value, count] of counts) {
    if (count * 2 > values.length && !value.includes('${{')) return value;
  }
  return null;
}

function keyOf(values: readonly string[]): string {
  return JSON.stringify(values);
}
