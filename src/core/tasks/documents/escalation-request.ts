import type {
  EscalationRequest,
  EscalationSignal,
} from '../../documents/escalation-request/escalation-request';
import { escalationRequestKind } from '../../documents/escalation-request/escalation-request-kind';
import { markdownText } from '../../documents/markdown/write';
import { fileSource, placeholder, textOf, type Source } from '../../evidence/fact';
import { checkInputOf, checkRepository } from '../../gate/check';
import type { Finding } from '../../gate/report';
import {
  escalationConditions,
  type EscalationCondition,
  type EscalationSignalSource,
} from '../../incident/escalation-conditions';
import { HistoryFailure } from '../../ports';
import type { ReadinessFacts } from '../../readiness/facts';
import { gatherFacts } from '../../readiness/gather';
import { judgeReadiness, type Readiness } from '../../readiness/judge';
import { rulesOfRelease } from '../../rules/index';
import type { TaskRun, World } from '../task';
import type { DocumentSubject } from './document-task';
import { incidentInputs, incidentPath, nowInMinutes } from './incident-inputs';

/** A call for help, with what the engine sees of the reasons for one. */
export const escalationRequest: DocumentSubject<EscalationRequest> = {
  id: 'escalation-request',
  kind: escalationRequestKind,
  title: 'Write an escalation request',
  reading: 'Looking for what speaks for an escalation',
  inputs: [
    ...incidentInputs,
    { name: 'unit_id', question: 'Which release, ticket or unit of work is it about?', isAsked: false },
    { name: 'agent', question: 'Who escalates?', isAsked: true },
    { name: 'actions_taken', question: 'What was done already, and what came of it?', isAsked: true },
    { name: 'current_status', question: 'What runs now, and how is it?', isAsked: true },
    { name: 'help_needed', question: 'What is needed, of whom?', isAsked: true },
    { name: 'contacts', question: 'Who was told already, and where?', isAsked: false },
    { name: 'version', question: 'Which release is it (its conditions are then judged)?', isAsked: false },
    { name: 'environment', question: 'In which environment? (production by default)', isAsked: false },
  ],
  writes: ['docs/ops/incidents'],
  async assemble({ world, run, profile, told }) {
    const at = nowInMinutes(world.clock.now());
    const incident = told.get('incident');
    const seen = await whatIsSeen(world, told, run);
    const action = told.get('actions_taken');
    const contact = told.get('contacts');
    return {
      path: incidentPath(world.configuration.operationsFolder, 'ESCALATION', incident ?? '', at),
      sources: seen.sources,
      summary: `Escalation request: ${markdownText(incident ?? placeholder('what happened, in a few words'))}.`,
      notes: seen.notes,
      data: {
        incident: incident ?? placeholder('what happened, in a few words'),
        service: textOf(profile.service),
        agent: told.get('agent') ?? placeholder('who escalates'),
        unitId: told.get('unit_id') ?? told.get('version') ?? placeholder('release, ticket or unit of work'),
        severity: told.get('severity') ?? placeholder('CRITICAL or HIGH'),
        at,
        issue: told.get('what_happened') ?? placeholder('what is wrong, in one or two sentences'),
        impact: told.get('impact') ?? placeholder('who is affected, how many, since when'),
        actionsTaken: [
          action === undefined
            ? {
                time: placeholder('time with zone'),
                action: placeholder('what was tried'),
                result: placeholder('what came of it'),
              }
            : { time: placeholder('time with zone'), action, result: placeholder('what came of it') },
        ],
        currentStatus:
          told.get('current_status') ?? placeholder('what runs now, in which version, and how it is'),
        helpNeeded: told.get('help_needed') ?? placeholder('what is asked, of whom, by when'),
        contactsNotified: [
          {
            contact: contact ?? placeholder('who was told'),
            channel: placeholder('where'),
            at: placeholder('time with zone'),
          },
        ],
        signals: escalationConditions.map((condition) => signalOf(condition, seen)),
      },
    };
  },
};

/** What the engine sees: findings of the check, and the conditions of a release where one is named. */
interface Seen {
  readonly findings: readonly Finding[];
  readonly readiness: Readiness | null;
  readonly sources: readonly Source[];
  readonly notes: readonly string[];
}

async function whatIsSeen(world: World, told: ReadonlyMap<string, string>, run: TaskRun): Promise<Seen> {
  const { facts, notes } = await factsOf(world, told, run);
  // The gate of a release has checked the repository already; the rest of its findings are about the release's plan.
  const report = facts?.check ?? (await checkRepository({ ...checkInputOf(world), signal: run.signal }));
  const ofRelease = new Set(rulesOfRelease.map(({ id }) => id));
  const findings = report.findings.filter(
    ({ rule, status, severity }) => status === 'fail' && severity === 'block' && !ofRelease.has(rule),
  );
  const sources = findings.map(({ path, range }) => fileSource(path, range));
  return { findings, readiness: facts ? judgeReadiness(facts) : null, sources, notes };
}

/** What the gate looks at for the release that is named; none where nobody named one, or it cannot be judged. */
async function factsOf(
  world: World,
  told: ReadonlyMap<string, string>,
  run: TaskRun,
): Promise<{ readonly facts: ReadinessFacts | null; readonly notes: readonly string[] }> {
  const version = told.get('version');
  if (version === undefined) return { facts: null, notes: [] };
  const notJudged = (reason: string) => ({ facts: null, notes: [`The release is not judged: ${reason}.`] });
  try {
    const gathered = await gatherFacts(
      world,
      { version, environment: told.get('environment') ?? 'production', base: null, head: null },
      run,
    );
    return gathered.ok ? { facts: gathered.facts, notes: [] } : notJudged(gathered.reason);
  } catch (error) {
    if (!(error instanceof HistoryFailure)) throw error;
    return notJudged(error.message);
  }
}

/** The strongest of what its sources say: seen, then not known, then a person's to raise, then not seen. */
function signalOf({ when, signals }: EscalationCondition, seen: Seen): EscalationSignal {
  const answers = signals.map((source) => answerOf(source, seen));
  const raised = answers.filter(({ state }) => state === 'raised');
  const state =
    raised.length > 0
      ? 'raised'
      : answers.some((answer) => answer.state === 'not known')
        ? 'not known'
        : answers.some((answer) => answer.state === "a person's to raise")
          ? "a person's to raise"
          : 'not seen';
  const told = raised.length > 0 ? raised : answers;
  return { condition: when, state, evidence: told.map(({ evidence }) => evidence).join('; ') };
}

function answerOf(
  source: EscalationSignalSource,
  { findings, readiness }: Seen,
): Omit<EscalationSignal, 'condition'> {
  switch (source.by) {
    case 'person':
      return { state: "a person's to raise", evidence: source.why };
    case 'rules': {
      const found = findings.filter(({ rule }) => source.rules.includes(rule));
      const [first] = found;
      if (!first) return { state: 'not seen', evidence: `no blocking finding of ${source.rules.join(', ')}` };
      const place = `${first.path}:${first.range?.start.line ?? 1}`;
      const others = found.length > 1 ? ` and ${found.length - 1} more` : '';
      return { state: 'raised', evidence: `${first.rule} at ${place}${others}` };
    }
    case 'conditions': {
      const names = source.conditions.join(', ');
      if (!readiness) return { state: 'not known', evidence: `${names}: no release was named to judge` };
      const asked = readiness.conditions.filter(({ id }) => source.conditions.includes(id));
      const failed = asked.find(({ status }) => status === 'fail');
      if (failed) return { state: 'raised', evidence: `${failed.id}: ${failed.why}` };
      const open = asked.find(({ status }) => status === 'unknown');
      if (open) return { state: 'not known', evidence: `${open.id}: ${open.why}` };
      return { state: 'not seen', evidence: `${names} hold` };
    }
    default:
      return source satisfies never;
  }
}
