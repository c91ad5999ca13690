import { dayAt } from '../text/iso-day';
import { renderKeepingWritten } from '../documents/keep-written';
import { markdownText } from '../documents/markdown/write';
import type { Postmortem, TimelineRow } from '../documents/postmortem/postmortem';
import { postmortemKind } from '../documents/postmortem/postmortem-kind';
import { placeholder, textOf, type Source } from '../evidence/fact';
import { judgeProposal } from '../gate/check';
import { collectEvents, type CollectedEvents } from '../incident/collect-events';
import type { ProposedFile } from '../text/proposal';
import { leadingZonedTime } from '../text/zoned-time';
import { TOLD } from './documents/incident-inputs';
import { slugOf } from './incident-slug';
import { answersTo, distinctSources, existingText, keptFile, unknownsOf } from './document-task';
import type { Task, TaskInput, TaskResult, World } from './task';
import { readProfile } from '../workflow/read-profile';

const HOUR_MS = 3_600_000;

/** What led to an incident was often deployed the day before; what ended it is done soon after. */
const HOURS_BEFORE = 24;
const HOURS_AFTER = 6;

const SUMMARY_SLOT = 'summary';

const inputs: readonly TaskInput[] = [
  { name: 'incident', question: 'What happened, in a few words?', isAsked: true },
  {
    name: 'started_at',
    question: 'When did it begin (time with zone, such as 2026-03-04T10:12Z)?',
    isAsked: true,
  },
  { name: 'detected_at', question: 'When was it noticed, and how?', isAsked: false },
  { name: 'resolved_at', question: 'When was it over (time with zone)?', isAsked: false },
  { name: 'repo_context', question: 'Which service and users were affected?', isAsked: false },
  { name: 'environments', question: 'Where did it happen?', isAsked: false },
  { name: 'constraints', question: 'What must not be published?', isAsked: false },
];

/** A moment that a person told. */
interface ToldTime {
  /** ISO 8601 in UTC, or UNKNOWN(...). */
  readonly text: string;
  readonly milliseconds: number | null;
  /** What was told besides the time. */
  readonly remark: string;
}

interface PostmortemFacts {
  readonly service: string;
  readonly told: ReadonlyMap<string, string>;
  readonly startedAt: ToldTime;
  readonly detectedAt: ToldTime;
  readonly resolvedAt: ToldTime;
  readonly collected: CollectedEvents;
  readonly summary: string | null;
}

/** The postmortem of an incident: a timeline from git and release records, and everything else still to be found out. */
export const postmortemSkeleton: Task = {
  id: 'postmortem-skeleton',
  subcommand: 'postmortem',
  title: 'Start a postmortem',
  inputs,
  writes: ['docs/ops/postmortems'],
  async run(world, run): Promise<TaskResult> {
    const told = answersTo(inputs, run.inputs);
    const startedAt = toldTime(told.get('started_at'), 'when it began, with zone');
    const detectedAt = toldTime(told.get('detected_at'), 'when and how it was noticed, with zone');
    const resolvedAt = toldTime(told.get('resolved_at'), 'when it was over, with zone');
    const now = world.clock.now().getTime();
    const centre = startedAt.milliseconds ?? detectedAt.milliseconds ?? resolvedAt.milliseconds ?? now;
    const last = Math.max(centre, resolvedAt.milliseconds ?? centre);
    run.report('Reading commits, tags and release records of the hours around the incident');
    const collected = await collectEvents(
      { history: world.history, files: world.files, releaseFolder: world.configuration.releaseFolder },
      { from: centre - HOURS_BEFORE * HOUR_MS, to: last + HOURS_AFTER * HOUR_MS },
      centre,
      run.signal,
    );
    const profile = await readProfile(world, run);
    run.signal.throwIfAborted();
    run.report(
      `Found ${collected.events.length} ${collected.events.length === 1 ? 'event' : 'events'} with a source`,
      sourcesOf(collected),
    );
    const facts = {
      service: textOf(profile.service),
      told,
      startedAt,
      detectedAt,
      resolvedAt,
      collected,
      summary: null,
    };
    return resultOf(world, facts, run.signal);
  },
};

async function resultOf(world: World, facts: PostmortemFacts, signal: AbortSignal): Promise<TaskResult> {
  const { collected, startedAt, told } = facts;
  const today = dayAt(world.clock.now());
  const day = startedAt.milliseconds === null ? today : startedAt.text.slice(0, 10);
  const path = `${world.configuration.operationsFolder}/postmortems/PM_${day}_${slugOf(told.get('incident') ?? '')}.md`;
  const before = await existingText(world, path);
  const kept = renderKeepingWritten(postmortemKind, path, assemble(facts), before);
  const file: ProposedFile = {
    ...keptFile(path, before, kept),
    purpose: 'postmortem: timeline with sources, the rest to be found out',
  };
  const read = postmortemKind.read(path, file.after);
  const unknowns = unknownsOf(read.placeholders);
  const verified = read.data.timeline.filter(({ isVerified }) => isVerified).length;
  return {
    task: 'postmortem-skeleton',
    summary: `Postmortem of ${markdownText(read.data.incident)}: ${read.data.timeline.length} rows of timeline, ${verified} of them with a source; ${unknowns.length} ${unknowns.length === 1 ? 'value is' : 'values are'} still unknown.`,
    sources: sourcesOf(collected),
    files: [file],
    findings: await judgeProposal(world, [file], signal),
    unknowns,
    manualSteps: [],
    notes: [
      ...kept.notes,
      ...collected.notes,
      ...(startedAt.milliseconds === null
        ? [
            `When it began was not told: the timeline holds the ${HOURS_BEFORE} hours before ${facts.detectedAt.milliseconds === null && facts.resolvedAt.milliseconds === null ? 'now' : 'the first time that was told'}.`,
          ]
        : []),
      'A row of git says what was committed or tagged, not what was deployed.',
    ],
    next: [
      { task: 'runbook-for-deployment', label: 'Bring the runbook up to date' },
      { task: 'check', label: 'Check the repository' },
    ],
    data: read.data,
    prose: {
      slots: [
        {
          id: SUMMARY_SLOT,
          text: summaryOf(facts),
          purpose:
            'The first paragraph of a postmortem: what happened, only from what was told and the timeline, without a cause',
        },
      ],
      with: (texts) => resultOf(world, { ...facts, summary: texts.get(SUMMARY_SLOT) ?? null }, signal),
    },
  };
}

function assemble(facts: PostmortemFacts): Postmortem {
  const { told, startedAt, detectedAt, resolvedAt } = facts;
  const questions = new Map(inputs.map(({ name, question }) => [name, question]));
  return {
    incident: incidentOf(facts),
    service: facts.service,
    date: startedAt.milliseconds === null ? placeholder('day of the incident') : startedAt.text.slice(0, 10),
    summary: facts.summary ?? summaryOf(facts),
    impact: [
      {
        aspect: 'Duration',
        value: durationOf(startedAt, resolvedAt),
        source:
          startedAt.milliseconds !== null && resolvedAt.milliseconds !== null ? TOLD : placeholder('source'),
      },
      {
        aspect: 'Time to notice',
        value: durationOf(startedAt, detectedAt),
        source:
          startedAt.milliseconds !== null && detectedAt.milliseconds !== null ? TOLD : placeholder('source'),
      },
      {
        aspect: 'Environment',
        value: told.get('environments') ?? placeholder('where it happened'),
        source: told.has('environments') ? TOLD : placeholder('source'),
      },
      {
        aspect: 'Users affected',
        value: placeholder('how many users, and which'),
        source: placeholder('query or report'),
      },
      {
        aspect: 'What they could not do',
        value: placeholder('what failed for them'),
        source: placeholder('query or report'),
      },
      {
        aspect: 'Data lost or wrong',
        value: placeholder('whether data was lost, and which'),
        source: placeholder('query or report'),
      },
    ],
    timeline: timelineOf(facts),
    rootCause: placeholder('the cause, with the evidence that shows it'),
    contributingFactors: [
      placeholder('what made it likelier'),
      placeholder('what made it last longer'),
      placeholder('what made it hard to notice'),
    ],
    actions: [
      'so that it does not happen again',
      'so that it is noticed sooner',
      'so that it is over sooner',
    ].map((purpose) => ({
      action: placeholder(`what is done ${purpose}`),
      owner: placeholder('owner'),
      due: placeholder('due date'),
      verifiedBy: placeholder('how it is seen that it works'),
    })),
    lessons: [
      placeholder('what went well'),
      placeholder('what went badly'),
      placeholder('where luck helped'),
    ],
    claims: [...told].map(([name, answer]) => ({ question: questions.get(name) ?? name, answer })),
  };
}

/** Known times in order; what has no time stands where it belongs: the beginning first, the end last. */
function timelineOf({ startedAt, detectedAt, resolvedAt, collected }: PostmortemFacts): TimelineRow[] {
  const rows = (time: ToldTime, event: string): TimelineRow => ({
    time: time.text,
    event: time.remark === '' ? event : `${event}: ${time.remark}`,
    source: time.milliseconds === null ? placeholder('alert, log line or report') : TOLD,
    isVerified: false,
  });
  const started = rows(startedAt, 'The incident began');
  const detected = rows(detectedAt, 'It was noticed');
  const resolved = rows(resolvedAt, 'It was over');
  const timed = [
    ...collected.events.map(({ at, event, shownBy }) => ({
      time: at,
      event,
      source: shownBy,
      isVerified: true,
    })),
    ...(startedAt.milliseconds === null ? [] : [started]),
    ...(detectedAt.milliseconds === null ? [] : [detected]),
    ...(resolvedAt.milliseconds === null ? [] : [resolved]),
  ].sort((a, b) => Date.parse(a.time) - Date.parse(b.time));
  return [
    ...(startedAt.milliseconds === null ? [started] : []),
    ...timed,
    ...(detectedAt.milliseconds === null ? [detected] : []),
    ...(resolvedAt.milliseconds === null ? [resolved] : []),
  ];
}

function summaryOf(facts: PostmortemFacts): string {
  const { startedAt, resolvedAt, service } = facts;
  return [
    `${incidentOf(facts)}, in ${service}.`,
    `It began at ${startedAt.text} and was over at ${resolvedAt.text}, as far as it was told.`,
    `What users saw: ${placeholder('what users saw')}. How it was ended: ${placeholder('what ended it')}.`,
  ].join(' ');
}

function incidentOf({ told }: PostmortemFacts): string {
  return told.get('incident') ?? placeholder('what happened, in a few words');
}

function toldTime(answer: string | undefined, needed: string): ToldTime {
  if (answer === undefined) return { text: placeholder(needed), milliseconds: null, remark: '' };
  const time = leadingZonedTime(answer);
  if (time) return { text: time.iso, milliseconds: Date.parse(time.iso), remark: time.rest };
  // Parentheses of the person's words must not end the placeholder early.
  const words = answer.replace(/[()]/g, ' ').replace(/\s+/g, ' ').trim().slice(0, 120);
  return { text: placeholder(`${needed}; told was: ${words}`), milliseconds: null, remark: '' };
}

function durationOf(from: ToldTime, to: ToldTime): string {
  if (from.milliseconds === null || to.milliseconds === null) return placeholder('both times, with zone');
  const minutes = Math.round((to.milliseconds - from.milliseconds) / 60_000);
  return minutes < 0 ? placeholder('the right times: the second is before the first') : `${minutes} min`;
}

function sourcesOf(collected: CollectedEvents): readonly Source[] {
  return distinctSources(
    collected.events.map(({ source }) => source),
    50,
  );
}
