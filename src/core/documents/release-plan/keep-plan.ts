import { holdsPlaceholder } from '../markdown/placeholders';
import type {
  IrreversibleAction,
  PersonClaim,
  PlannedStep,
  RegisteredRisk,
  ReleasePlan,
} from './release-plan';

/** What keeping needs to know of the new plan besides its data. */
export interface KeepOptions {
  /** For each row of the new plan's irreversible actions the row of the plan that stands there; null for none. */
  readonly rowOf: readonly (number | null)[];
  /** Whether the engine writes such a step or decision: what it no longer says goes, what a person wrote stays. */
  readonly isOwnStep: (title: string) => boolean;
  readonly isOwnDecision: (text: string) => boolean;
  /** What a person told for the new plan: newer than what they wrote before. */
  readonly told: ReadonlySet<string>;
}

/** What the engine declares where the change leaves the schema alone: no person's word, so it is not kept. */
export const SCHEMA_UNTOUCHED = 'the change does not touch the schema';

/** A plan with what its people wrote in the one before, and what was kept, left out or is in conflict, a sentence each. */
export interface KeptPlan {
  readonly plan: ReleasePlan;
  readonly notes: readonly string[];
}

/** How a plan says that its version is only proposed: a later proposal for the same range is the same release. */
export const PROPOSED_VERSION = 'Confirm the version ';

/**
 * Whether two plans are of the same release: the same version; where one of them has none or only a proposed one, the same
 * base. What people wrote for another release is not theirs to say of this one.
 */
export function isSameRelease(
  now: Pick<ReleasePlan, 'version' | 'range'>,
  before: Pick<ReleasePlan, 'version' | 'range' | 'openDecisions'>,
): boolean {
  const isProposed = before.openDecisions.some((decision) => decision.startsWith(PROPOSED_VERSION));
  if (isProposed || isOpen(now.version) || isOpen(before.version)) {
    return now.range.base === before.range.base;
  }
  return now.version === before.version || bare(now.version) === bare(before.version);
}

/**
 * What a person wrote into a plan stays when it is made anew: compensations, owners, decisions, flags, triggers, declared
 * times, claims, steps of their own; where the engine would write something else there, a note says so. What the engine
 * reads from the repository (commits, actions, commands, the target) is the new, and only answers what it leaves open is
 * taken over; a note says where the two differ.
 */
export function keepWrittenPlan(now: ReleasePlan, before: ReleasePlan, options: KeepOptions): KeptPlan {
  const notes: string[] = [];
  const irreversible = keptActions(now.irreversible, before.irreversible, options.rowOf, notes);
  if (!isSameRelease(now, before)) {
    // What compensates a statement of this change does so whatever the release is called.
    const isEmpty = !options.rowOf.some((row) => row !== null);
    return {
      plan: { ...now, irreversible },
      notes: [
        `The plan that stands there is of ${named(before)}, this one of ${named(now)}: nothing of it was kept${isEmpty ? '' : ' but what it says of the same statements'}`,
        ...notes,
      ],
    };
  }
  const kept = (what: string, own: string, written: string): string =>
    options.told.has(own) ? answered(what, own, written, notes) : keptText(what, own, written, notes);
  const filled = (what: string, own: string, written: string): string => answered(what, own, written, notes);
  const declared =
    before.rollback.declaration.runsOnNewSchemaEvidence === SCHEMA_UNTOUCHED
      ? { ...before.rollback.declaration, runsOnNewSchema: '', runsOnNewSchemaEvidence: '' }
      : before.rollback.declaration;
  const plan: ReleasePlan = {
    ...now,
    service: filled('service', now.service, before.service),
    components: now.components.map((row) => {
      const old = before.components.find(({ component }) => component === row.component);
      return old ? { ...row, owners: filled(`owners of ${row.component}`, row.owners, old.owners) } : row;
    }),
    irreversible,
    risks: keptRisks(now.risks, before.risks, kept),
    rollout: {
      ...now.rollout,
      canary: keptTable('canary steps', now.rollout.canary, before.rollout.canary, notes),
    },
    flags: keptFlags(now.flags, before.flags, kept, notes),
    steps: keptSteps('Steps', now.steps, before.steps, options.isOwnStep, kept, filled, notes),
    rollback: {
      strategy: filled('rollback strategy', now.rollback.strategy, before.rollback.strategy),
      target: filled('rollback target', now.rollback.target, before.rollback.target),
      declaration: {
        runsOnNewSchema: kept(
          '"Runs on the new schema"',
          now.rollback.declaration.runsOnNewSchema,
          declared.runsOnNewSchema,
        ),
        runsOnNewSchemaEvidence: kept(
          'evidence for the schema',
          now.rollback.declaration.runsOnNewSchemaEvidence,
          declared.runsOnNewSchemaEvidence,
        ),
        estimatedMinutes: kept(
          'estimated minutes',
          now.rollback.declaration.estimatedMinutes,
          declared.estimatedMinutes,
        ),
        recoveryTimeObjective: kept(
          'recovery time objective',
          now.rollback.declaration.recoveryTimeObjective,
          declared.recoveryTimeObjective,
        ),
      },
      steps: keptSteps(
        'Rollback plan',
        now.rollback.steps,
        before.rollback.steps,
        options.isOwnStep,
        kept,
        filled,
        notes,
      ),
      triggers: keptTable('rollback triggers', now.rollback.triggers, before.rollback.triggers, notes),
    },
    communication: keptTable('communication', now.communication, before.communication, notes),
    claims: keptClaims(now.claims, before.claims, notes),
    openDecisions: [
      ...now.openDecisions,
      ...before.openDecisions.filter(
        (decision) => !now.openDecisions.includes(decision) && !options.isOwnDecision(decision),
      ),
    ],
  };
  return { plan, notes };
}

/** A person's answer in the place of the engine's; a placeholder and an empty text are no answers. */
function keptText(what: string, own: string, written: string, notes: string[]): string {
  if (written === own || written === '' || isOpen(written)) return own;
  if (!isOpen(own) && own !== '')
    notes.push(`Kept the ${what} that stands there: "${written}"; the engine would write "${own}"`);
  return written;
}

/** The engine's text; a person's answer only where it has none. Ids and numbers that moved on are no difference. */
function answered(what: string, own: string, written: string, notes: string[]): string {
  if (written === own || written === '' || isOpen(written)) return own;
  if (isOpen(own) || own === '') return written;
  if (withoutNumbers(own) !== withoutNumbers(written))
    notes.push(`The ${what} was "${shortened(written)}" and is now "${shortened(own)}": compare them`);
  return own;
}

function keptActions(
  now: readonly IrreversibleAction[],
  before: readonly IrreversibleAction[],
  rowOf: readonly (number | null)[],
  notes: string[],
): readonly IrreversibleAction[] {
  const used = new Set(rowOf);
  before.forEach((row, index) => {
    const words = [row.compensation, row.evidence, row.by].filter((cell) => cell !== '' && !isOpen(cell));
    if (used.has(index) || words.length === 0) return;
    notes.push(
      `Left out a row that was filled for a statement which this change no longer holds: ${row.path}, "${row.statement}" (${words.join('; ')})`,
    );
  });
  return now.map((row, index) => {
    const old = before[rowOf[index] ?? -1];
    if (!old) return row;
    const cell = (own: string, written: string): string =>
      written === '' || isOpen(written) ? own : written;
    return {
      ...row,
      compensation: cell(row.compensation, old.compensation),
      evidence: cell(row.evidence, old.evidence),
      by: cell(row.by, old.by),
    };
  });
}

function keptRisks(
  now: readonly RegisteredRisk[],
  before: readonly RegisteredRisk[],
  kept: (what: string, own: string, written: string) => string,
): readonly RegisteredRisk[] {
  const left = [...before];
  return now.map((risk) => {
    const at = left.findIndex(({ signal }) => withoutLines(signal) === withoutLines(risk.signal));
    const [old] = at < 0 ? [] : left.splice(at, 1);
    if (!old) return risk;
    const what = `of the risk "${shortened(risk.signal)}"`;
    return {
      ...risk,
      mitigation: kept(`mitigation ${what}`, risk.mitigation, old.mitigation),
      owner: kept(`owner ${what}`, risk.owner, old.owner),
    };
  });
}

/** A table that is a person's to set: as a whole what stands there; what the engine would write otherwise is said. */
function keptTable<T extends object>(
  what: string,
  now: readonly T[],
  before: readonly T[],
  notes: string[],
): readonly T[] {
  // A strategy without shares has no place for them; what stood there is in the difference.
  if (before.length === 0 || now.length === 0 || isEqual(now, before)) return now;
  const isOtherLength = before.length !== now.length;
  let differs = isOtherLength;
  const merged = before.map((row, index): T => {
    const own = isOtherLength ? undefined : now[index];
    if (!own) return row;
    return Object.fromEntries(
      Object.entries(row).map(([key, cell]: [string, unknown]) => {
        const other = (own as Readonly<Record<string, unknown>>)[key];
        if (isNothing(cell)) return [key, other ?? cell];
        if (cell !== other && !isNothing(other)) differs = true;
        return [key, cell];
      }),
    ) as T;
  });
  if (differs)
    notes.push(`Kept the table of ${what} that stands there: it differs from what the engine would write`);
  return merged;
}

function isNothing(cell: unknown): boolean {
  return typeof cell !== 'string' || cell === '' || isOpen(cell);
}

function keptFlags(
  now: ReleasePlan['flags'],
  before: ReleasePlan['flags'],
  kept: (what: string, own: string, written: string) => string,
  notes: string[],
): ReleasePlan['flags'] {
  const named = before.filter(({ flag }) => flag !== '' && !isOpen(flag));
  const rows = now.map((row) => {
    const old = named.find(({ flag }) => flag === row.flag);
    return old
      ? {
          flag: row.flag,
          cohorts: kept(`cohorts of ${row.flag}`, row.cohorts, old.cohorts),
          killSwitch: kept(`kill switch of ${row.flag}`, row.killSwitch, old.killSwitch),
          owner: kept(`owner of ${row.flag}`, row.owner, old.owner),
          removalDate: kept(`removal date of ${row.flag}`, row.removalDate, old.removalDate),
        }
      : row;
  });
  const added = named.filter(({ flag }) => !now.some((row) => row.flag === flag));
  for (const { flag } of added) notes.push(`Kept the flag ${flag}, which the change does not show by itself`);
  // A row that asks for a flag has done its work once one is named.
  return [...rows.filter(({ flag }) => added.length === 0 || !isOpen(flag)), ...added];
}

function keptSteps(
  section: string,
  now: readonly PlannedStep[],
  before: readonly PlannedStep[],
  isOwnStep: (title: string) => boolean,
  kept: (what: string, own: string, written: string) => string,
  filled: (what: string, own: string, written: string) => string,
  notes: string[],
): readonly PlannedStep[] {
  const left = [...before];
  const steps = now.map((step): PlannedStep => {
    const at = left.findIndex(({ title }) => title === step.title);
    const [old] = at < 0 ? [] : left.splice(at, 1);
    if (!old) return step;
    const what = `of the step "${step.title}"`;
    // A command and an action answer the same question: an answer to one is none to the other.
    const isByHand = old.command === '' && old.action !== '' && isOpen(step.command);
    return {
      title: step.title,
      owner: kept(`owner ${what}`, step.owner, old.owner),
      command: isByHand
        ? ''
        : step.command === ''
          ? ''
          : filled(`command ${what}`, step.command, old.command),
      action: isByHand
        ? old.action
        : step.action === ''
          ? ''
          : filled(`action ${what}`, step.action, old.action),
      expected: filled(`outcome ${what}`, step.expected, old.expected),
      durationMinutes: old.durationMinutes ?? step.durationMinutes,
    };
  });
  const titles = new Set(now.map(({ title }) => title));
  let place = -1;
  for (const old of before) {
    const at = steps.findIndex(({ title }) => title === old.title);
    if (at >= 0) {
      place = at;
      continue;
    }
    if (titles.has(old.title) || isOpen(old.title)) continue;
    if (isOwnStep(old.title)) {
      const isFilled = old.command !== '' && !isOpen(old.command);
      if (isFilled)
        notes.push(`Left out the step "${old.title}" of ${section}, which this release no longer needs`);
      continue;
    }
    place++;
    steps.splice(place, 0, old);
    notes.push(`Kept the step "${old.title}" of ${section}`);
  }
  return steps;
}

function keptClaims(
  now: readonly PersonClaim[],
  before: readonly PersonClaim[],
  notes: string[],
): readonly PersonClaim[] {
  for (const { question, answer } of now) {
    const old = before.find((claim) => claim.question === question);
    if (old && old.answer !== answer)
      notes.push(`The answer to "${question}" was "${old.answer}" and is now "${answer}"`);
  }
  return [...now, ...before.filter(({ question }) => !now.some((claim) => claim.question === question))];
}

function isOpen(text: string): boolean {
  return holdsPlaceholder(text);
}

function withoutLines(signal: string): string {
  return withoutNumbers(signal.replace(/:\d+(?=:)/, ''));
}

function withoutNumbers(text: string): string {
  return text.replace(/\b[0-9a-f]{7,64}\b/g, '0').replace(/\d+/g, '0');
}

function isEqual(one: readonly object[], other: readonly object[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function shortened(text: string): string {
  return text.length <= 80 ? text : `${text.slice(0, 79)}…`;
}

function bare(version: string): string {
  return version.trim().replace(/^v(?=\d)/i, '');
}

function named(plan: ReleasePlan): string {
  if (!isOpen(plan.version) && plan.version !== '') return plan.version;
  return plan.range.base === '' ? 'a release without a version' : `the release since ${plan.range.base}`;
}
