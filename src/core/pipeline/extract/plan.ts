import type { ShellParser } from '../../ports';
import type { YamlScalar } from '../../workflow/yaml-tree';
import type { Candidate } from './candidate';
import { Cores, keyOf } from './cores';
import type { Piece } from './differences';
import { expressionsIn, piecesOf, usesOf } from './expressions';
import { commonSecretName, lastKey, suggestionFor, uniqueName, type Suggestion } from './names';
import {
  isAsWritten,
  majorityOf,
  requiredType,
  typeOfExpression,
  typeOfLiterals,
  type InputType,
} from './input-types';
import {
  isPlainForShell,
  isPosixShell,
  variableIn,
  variablePlaces,
  type VariablePlace,
} from './script-words';
import { isCondition, isFixed, isScript, isStepName, slotsOf, withRenamedNeeds, type Slot } from './shape';

/** A value that the callers hand in. */
export interface PlannedInput {
  readonly name: string;
  readonly type: InputType;
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
  /** False where a job with an environment reads it: that of the environment wins, and the caller may have none. */
  readonly isRequired: boolean;
}

/** How a group of candidates becomes one called workflow. */
export interface ExtractionPlan {
  readonly inputs: readonly PlannedInput[];
  readonly secrets: readonly PlannedSecret[];
  /** New texts of the first candidate's scalars, by the slot's path. */
  readonly replacements: ReadonlyMap<string, string>;
  /** Inputs that a step's script has as variables, by the path of the step. */
  readonly variables: ReadonlyMap<string, readonly string[]>;
}

/**
 * A plan, or why there is none: `reason` completes "… was left alone because …". `slot`: where they differ in a way that
 * cannot be handed in, by the index in `slotsOfCandidate`; candidates that agree there may still be one.
 */
export type PlanResult =
  | { readonly ok: true; readonly plan: ExtractionPlan }
  | {
      readonly ok: false;
      readonly reason: string;
      readonly slot: number | null;
      /** They differ in too much for one call; fewer of them may do. */
      readonly hasTooManyInputs?: true;
    };

/** More than this and the call is harder to read than the jobs were. */
const MAX_INPUTS = { job: 12, pipeline: 20 };

/** GitHub gives these to a called workflow without their being passed. */
const AUTOMATIC_SECRETS = ['GITHUB_TOKEN', 'github_token'];

/** A difference that will be an input or a secret. */
interface Draft {
  readonly key: string;
  readonly values: readonly string[];
  readonly isSecret: boolean;
  /** The name that the best of its places suggests. */
  readonly suggestion: Suggestion;
  readonly isTyped: boolean;
  readonly type: InputType;
}

/** Text, or a draft by its key, in a script as a variable where that means the same. */
type Written = string | { readonly key: string; readonly asVariable: VariablePlace | null };

/** All slots of a candidate, in the same order for candidates of one signature. */
export function slotsOfCandidate(candidate: Candidate): readonly Slot[] {
  return candidate.parts.flatMap((part, index) => slotsOf(part.map, part.keys, index));
}

/** The text of a slot as the first candidate of a group would write it: jobs go by the first one's ids. */
export function slotText(slot: Slot, candidate: Candidate, first: Candidate): string {
  return withRenamedNeeds(slot.keys, slot.scalar.text, idsIn(first, candidate));
}

/** From the ids of one pipeline to those of another; null where all are the same. */
export function idsIn(first: Candidate, candidate: Candidate): ((id: string) => string | undefined) | null {
  if (candidate.kind === 'job' || candidate.members.every(({ id }, at) => id === first.members[at]?.id))
    return null;
  const names = new Map(candidate.members.map(({ id }, at) => [id, first.members[at]?.id ?? id]));
  return (id) => names.get(id);
}

/** Plans the extraction of candidates with the same signature; the first is the one that the new workflow is made from. */
export function planExtraction(candidates: readonly Candidate[], shell: ShellParser): PlanResult {
  const [first] = candidates;
  if (!first) return { ok: false, reason: 'there is no job', slot: null };
  return new Planner(candidates, first, shell).plan();
}

type Step<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly reason: string };

class Planner {
  private readonly drafts = new Map<string, Draft>();
  private readonly replacements = new Map<string, readonly Written[]>();
  /** Secrets of the same name everywhere, and whether every job that reads them is without an environment. */
  private readonly secrets = new Map<string, boolean>();
  private readonly mentionsVariables: boolean;
  private cores = new Cores([]);

  constructor(
    private readonly candidates: readonly Candidate[],
    private readonly first: Candidate,
    private readonly shell: ShellParser,
  ) {
    this.mentionsVariables = candidates.some(({ workflow }) => workflow.text.includes('INPUT_'));
  }

  plan(): PlanResult {
    const all = this.candidates.map(slotsOfCandidate);
    const slots = (all[0] ?? []).map((slot, index) => ({
      slot,
      index,
      scalars: all.map((others) => others[index]?.scalar).filter((scalar) => scalar !== undefined),
      texts: all.map((others, at) => {
        const own = others[index];
        const candidate = this.candidates[at];
        return own && candidate ? slotText(own, candidate, this.first) : '';
      }),
    }));
    // Scripts last: what differs in them should be named after the input or variable in which it also stands.
    const ordered = [...slots].sort((a, b) => weightOf(a.slot) - weightOf(b.slot));
    this.cores = new Cores(ordered);
    for (const { slot, scalars, texts, index } of ordered) {
      if (scalars.length !== this.candidates.length) {
        return { ok: false, reason: 'their parts do not match', slot: null };
      }
      const done = this.takeSlot(slot, texts, scalars);
      if (!done.ok) {
        const isSame = texts.every((text) => text === texts[0]);
        return { ok: false, reason: done.reason, slot: isSame ? null : index };
      }
    }
    const inputs = [...this.drafts.values()].filter((draft) => !draft.isSecret);
    if (inputs.length > MAX_INPUTS[this.first.kind]) {
      return {
        ok: false,
        reason: `they differ in ${inputs.length} values, so a call would be harder to read than the jobs are`,
        slot: null,
        hasTooManyInputs: true,
      };
    }
    return { ok: true, plan: this.named(inputs) };
  }

  private takeSlot(slot: Slot, texts: readonly string[], scalars: readonly YamlScalar[]): Step<null> {
    const [text = ''] = texts;
    const isSame = texts.every((other) => other === text);
    if (isFixed(slot.keys)) {
      if (!isSame) return refused(`they differ in \`${slot.keys.join('.')}\``);
      const problem = this.problemOfFixed(slot, text);
      if (problem) return refused(problem);
      this.collectSecrets(text, slot);
      return done(null);
    }
    if (/\bGITHUB_JOB\b|\bgithub\s*\.\s*job\b/.test(text) && !this.keepsIds()) {
      return refused('its name as a job is used in it, which would be another one inside');
    }
    const odd = isSame ? undefined : scalars.find((scalar) => !isAsWritten(scalar));
    if (odd) {
      return refused(
        `they differ in \`${odd.text}\`, which is no text and is read as \`${String(odd.value)}\``,
      );
    }
    const pieces = this.cores.piecesOf(slot, texts, (key) => this.drafts.has(key));
    if (isStepName(slot.keys) && !isSame) {
      // A name alone is no reason for an input: it follows the inputs that there are, or stays the first job's.
      const isKnown = (piece: Piece): boolean =>
        typeof piece === 'string' || this.drafts.has(keyOf(piece.values));
      if (!pieces.ok || !pieces.pieces.every(isKnown)) {
        const problem = this.problemOfFixed(slot, text);
        return problem ? refused(problem) : done(null);
      }
    }
    if (!pieces.ok) return pieces;
    const written: Written[] = [];
    const place = isScript(slot.keys) ? this.placesIn(slot, text) : null;
    let at = 0;
    for (const piece of pieces.pieces) {
      if (typeof piece === 'string') {
        const same = this.sameEverywhere(piece, at, slot, scalars, texts, place);
        if (!same.ok) return same;
        written.push(...same.value);
        at += piece.length;
        continue;
      }
      const [head = ''] = piece.values;
      const isWhole = pieces.pieces.length === 1;
      const added = this.addDraft(piece.values, slot, isWhole ? scalars : null, text.slice(0, at));
      if (!added.ok) return added;
      const how =
        place === null ? done(null) : this.asVariable(piece.values, place(at, at + head.length), added.value);
      if (!how.ok) return how;
      written.push({ key: added.value, asVariable: how.value });
      at += head.length;
    }
    if (written.some((part) => typeof part !== 'string')) this.replacements.set(slot.path, written);
    return done(null);
  }

  /** Whether the jobs inside have the ids that they had: those of a pipeline do where all callers call them the same. */
  private keepsIds(): boolean {
    return (
      this.first.kind === 'pipeline' &&
      this.candidates.every((candidate) => idsIn(this.first, candidate) === null)
    );
  }

  private hasEnvironment(slot: Slot): boolean {
    return this.candidates.some((candidate) => candidate.parts[slot.part]?.hasEnvironment ?? false);
  }

  /** How a script's stretches take variables; nothing does where the shell is not known to be bash or sh. */
  private placesIn(slot: Slot, text: string): (start: number, end: number) => VariablePlace | null {
    const [, step = ''] = slot.keys;
    const isShell = this.candidates.every((candidate) =>
      isPosixShell(candidate.parts[slot.part]?.map, Number(step)),
    );
    return isShell && !this.mentionsVariables ? variablePlaces(this.shell, text) : () => null;
  }

  /**
   * Whether what differs in a script comes in as a variable. A text that GitHub would put in before the shell runs is
   * no way for what was no expression: whoever calls could have the shell run it.
   */
  private asVariable(
    values: readonly string[],
    place: VariablePlace | null,
    key: string,
  ): Step<VariablePlace | null> {
    if (this.drafts.get(key)?.isSecret) return done(null);
    const isPlain = values.every((value) => isPlainForShell(value));
    if (place === 'quoted' || (place === 'bare' && isPlain)) return done(place);
    return values.every((value) => value.startsWith('${{'))
      ? done(null)
      : refused(
          `their scripts differ in \`${values[0] ?? ''}\`, where the shell would not take a variable for the same`,
        );
  }

  /** What is the same in every candidate may still read what only the caller sees. */
  private sameEverywhere(
    text: string,
    offset: number,
    slot: Slot,
    scalars: readonly YamlScalar[],
    texts: readonly string[],
    place: ((start: number, end: number) => VariablePlace | null) | null,
  ): Step<readonly Written[]> {
    const written: Written[] = [];
    let at = offset;
    for (const { text: piece, expression } of piecesOf(text)) {
      const start = at;
      at += piece.length;
      if (expression === null) {
        written.push(piece);
        continue;
      }
      const { contexts, functions } = usesOf(expression);
      if (contexts.has('secrets') && !this.collectSecrets(piece, slot)) {
        return refused(
          `\`${piece}\` takes its secrets by a computed name, and named ones are the only safe way to pass them`,
        );
      }
      if (![...contexts].some((context) => this.first.scope.ofCaller.includes(context))) {
        written.push(piece);
        continue;
      }
      const foreign = [...contexts].filter((context) => !this.first.scope.handedIn.includes(context));
      if (foreign.length > 0 || functions.has('hashfiles')) {
        return refused(`\`${piece}\` needs values of the caller and of the job itself at once`);
      }
      if (this.hasEnvironment(slot) && contexts.has('vars')) {
        return refused(
          `\`${piece}\` reads a variable that may be the environment's, which the caller does not see`,
        );
      }
      const isWhole = texts.every((other) => other === piece);
      const key = this.addExpression(piece, expression, slot, isWhole);
      written.push({ key, asVariable: place?.(start, at) === 'quoted' ? 'quoted' : null });
    }
    return done(written);
  }

  private addExpression(piece: string, expression: string, slot: Slot, isWhole: boolean): string {
    const type = (isWhole ? requiredType(slot) : null) ?? typeOfExpression(expression, this.candidates);
    // What is no text by itself is handed in as the text that it would have been written as.
    const value = type === null ? `\${{ format('{0}', ${expression}) }}` : piece;
    const values = this.candidates.map(() => value);
    const key = keyOf(values);
    const name = /^[a-z]+(?:\.[\w-]+)*\.([\w-]+)$/i.exec(expression)?.[1] ?? lastKey(slot);
    const suggestion = { name, rank: 0 };
    if (!this.drafts.has(key)) {
      this.drafts.set(key, {
        key,
        values,
        isSecret: false,
        suggestion,
        isTyped: true,
        type: type ?? 'string',
      });
    }
    return key;
  }

  private addDraft(
    values: readonly string[],
    slot: Slot,
    whole: readonly YamlScalar[] | null,
    before: string,
  ): Step<string> {
    const uses = values.flatMap(expressionsIn).map(usesOf);
    const contexts = new Set(uses.flatMap((use) => [...use.contexts]));
    if (contexts.has('secrets')) return this.addSecret(values, slot);
    const foreign = [...contexts].filter((context) => !this.first.scope.handedIn.includes(context));
    if (foreign.length > 0 || uses.some((use) => use.functions.has('hashfiles'))) {
      return refused(`they differ in \`${values[0] ?? ''}\`, which only the job itself can know`);
    }
    if (this.hasEnvironment(slot) && contexts.has('vars')) {
      return refused(
        'they differ in variables that may be their environments’, which the caller does not see',
      );
    }
    const key = keyOf(values);
    const known = this.drafts.get(key);
    const required = whole ? requiredType(slot) : null;
    const type = contexts.size > 0 ? (required ?? 'string') : typeOfLiterals(whole);
    const suggestion = suggestionFor(slot, before, whole !== null);
    if (!known) {
      this.drafts.set(key, { key, values, isSecret: false, suggestion, isTyped: type !== 'string', type });
      return done(key);
    }
    if (suggestion.rank < known.suggestion.rank) this.drafts.set(key, { ...known, suggestion });
    if (known.type !== type) {
      // In one place a number, in another a part of a text: text serves both, unless the place takes no text.
      if (requiredType(slot) !== null) {
        return refused('the same value is a number in one place and text in another');
      }
      if (known.isTyped && !this.needsType(key)) {
        const now = this.drafts.get(key) ?? known;
        this.drafts.set(key, { ...now, type: 'string', isTyped: false });
      }
    }
    return done(key);
  }

  /** Whether a draft stands where GitHub takes no text: `timeout-minutes`. */
  private needsType(key: string): boolean {
    return [...this.replacements].some(
      ([path, parts]) =>
        /(?:timeout-minutes|continue-on-error)$/.test(path) &&
        parts.some((part) => typeof part !== 'string' && part.key === key),
    );
  }

  private addSecret(values: readonly string[], slot: Slot): Step<string> {
    const names = values.map((value) => /^\$\{\{ secrets\.([\w-]+) \}\}$/.exec(value)?.[1]);
    if (names.some((name) => name === undefined)) {
      return refused('a secret stands beside other text where they differ');
    }
    if (names.some((name) => AUTOMATIC_SECRETS.includes(name ?? ''))) {
      return refused('one of them uses its own token where another uses a secret');
    }
    if (this.hasEnvironment(slot)) {
      return refused(
        'they use secrets of different names and have an environment: if the secrets are the environment’s, the caller cannot pass them',
      );
    }
    const sources = names.map((name) => name ?? '');
    const key = keyOf(values);
    if (!this.drafts.has(key)) {
      const suggestion = { name: commonSecretName(sources), rank: 0 };
      this.drafts.set(key, {
        key,
        values: sources,
        isSecret: true,
        suggestion,
        isTyped: false,
        type: 'string',
      });
    }
    return done(key);
  }

  private problemOfFixed(slot: Slot, text: string): string | null {
    const expressions = isCondition(slot.keys) && !text.includes('${{') ? [text] : expressionsIn(text);
    const used = expressions.flatMap((expression) => [...usesOf(expression).contexts]);
    const foreign = used.find((context) => this.first.scope.ofCaller.includes(context));
    if (!foreign) return null;
    const where =
      slot.keys[0] === 'outputs'
        ? 'outputs'
        : slot.keys[0] === 'if'
          ? 'condition'
          : `step's ${slot.keys[2] ?? ''}`;
    return `\`${text}\` in its ${where} reads \`${foreign}\`, which a called workflow does not see`;
  }

  /** Adds the secrets of a text; false where one is taken by a computed name or all at once. */
  private collectSecrets(text: string, slot: Slot): boolean {
    for (const expression of expressionsIn(text)) {
      const bare = expression.replace(/'(?:[^']|'')*'/g, "''");
      const named = [...bare.matchAll(/(?<![\w.-])secrets\s*\.\s*([\w-]+)/gi)];
      const all = [...bare.matchAll(/(?<![\w.-])secrets\b/gi)];
      if (named.length !== all.length) return false;
      for (const [, name] of named) {
        if (!name || AUTOMATIC_SECRETS.includes(name)) continue;
        this.secrets.set(name, (this.secrets.get(name) ?? true) && !this.hasEnvironment(slot));
      }
    }
    return true;
  }

  private named(inputs: readonly Draft[]): ExtractionPlan {
    const names = new Map<string, string>();
    const taken = new Set<string>(this.secrets.keys());
    for (const draft of this.drafts.values()) {
      names.set(draft.key, uniqueName(draft.suggestion.name, draft.isSecret, taken));
    }
    const nameOf = (key: string): string => names.get(key) ?? '';
    const variables = new Map<string, string[]>();
    const replacements = new Map<string, string>();
    for (const [path, parts] of this.replacements) {
      const text = parts.map((part) => {
        if (typeof part === 'string') return part;
        if (part.asVariable === null) {
          return `\${{ ${this.drafts.get(part.key)?.isSecret ? 'secrets' : 'inputs'}.${nameOf(part.key)} }}`;
        }
        const step = path.slice(0, -'.run'.length);
        variables.set(step, [...new Set([...(variables.get(step) ?? []), nameOf(part.key)])]);
        return variableIn(nameOf(part.key), part.asVariable);
      });
      replacements.set(path, text.join(''));
    }
    return {
      inputs: inputs.map((draft) => ({
        name: nameOf(draft.key),
        type: draft.type,
        values: draft.values,
        defaultValue: majorityOf(draft.values),
      })),
      secrets: [
        ...[...this.secrets]
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, isRequired]) => ({ name, sources: this.candidates.map(() => name), isRequired })),
        ...[...this.drafts.values()]
          .filter((draft) => draft.isSecret)
          .map((draft) => ({ name: nameOf(draft.key), sources: draft.values, isRequired: true })),
      ],
      replacements,
      variables,
    };
  }
}

function weightOf(slot: Slot): number {
  if (isStepName(slot.keys)) return 4;
  if (slot.keys[0] === 'environment') return 0;
  if (isScript(slot.keys)) return 3;
  return slot.keys.includes('with') || slot.keys.includes('env') ? 1 : 2;
}

function done<T>(value: T): Step<T> {
  return { ok: true, value };
}

function refused(reason: string): { readonly ok: false; readonly reason: string } {
  return { ok: false, reason };
}
