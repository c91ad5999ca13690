import type { IncidentUpdate } from '../../documents/incident-update/incident-update';
import { incidentUpdateKind } from '../../documents/incident-update/incident-update-kind';
import { markdownText } from '../../documents/markdown/write';
import { placeholder, textOf } from '../../evidence/fact';
import { collectEvents } from '../../incident/collect-events';
import type { DocumentSubject } from './document-task';
import { incidentInputs, incidentPath, nowInMinutes, TOLD } from './incident-inputs';

const HOUR_MS = 3_600_000;

/** What happened longer before is no news to those who wait for this. */
const HOURS_BEFORE = 12;

/** One message while an incident lasts: what is known, what is done, when it is expected to be over. */
export const incidentUpdate: DocumentSubject<IncidentUpdate> = {
  id: 'incident-update',
  kind: incidentUpdateKind,
  title: 'Write an incident update',
  reading: 'Reading commits, tags and release records of the last hours',
  inputs: [
    ...incidentInputs,
    {
      name: 'status',
      question: 'Where does it stand: investigating, identified, monitoring, resolved?',
      isAsked: true,
    },
    { name: 'actions', question: 'What is being done now, and by whom?', isAsked: true },
    {
      name: 'expected',
      question: 'When is it expected to be over (time with zone), and why then?',
      isAsked: true,
    },
    { name: 'next_update_at', question: 'When does the next update come (time with zone)?', isAsked: true },
    { name: 'author', question: 'Who writes this update?', isAsked: false },
  ],
  writes: ['docs/ops/incidents'],
  async assemble({ world, run, profile, told }) {
    const at = nowInMinutes(world.clock.now());
    const now = Date.parse(at);
    const collected = await collectEvents(
      { history: world.history, files: world.files, releaseFolder: world.configuration.releaseFolder },
      { from: now - HOURS_BEFORE * HOUR_MS, to: now + HOUR_MS },
      now,
      run.signal,
    );
    const incident = told.get('incident');
    const happened = told.get('what_happened');
    return {
      path: incidentPath(world.configuration.operationsFolder, 'UPDATE', incident ?? '', at),
      sources: collected.events.map(({ source }) => source),
      summary: `Incident update of ${markdownText(at)}: ${markdownText(incident ?? placeholder('what happened, in a few words'))}.`,
      notes: collected.notes,
      data: {
        incident: incident ?? placeholder('what happened, in a few words'),
        service: textOf(profile.service),
        severity: told.get('severity') ?? placeholder('SEV1 to SEV4'),
        status: told.get('status') ?? placeholder('investigating, identified, monitoring or resolved'),
        at,
        nextUpdateAt: told.get('next_update_at') ?? placeholder('when the next update comes, with zone'),
        author: told.get('author') ?? placeholder('who writes this update'),
        facts: [
          ...collected.events.map(({ at: time, event, shownBy }) => ({ time, fact: event, source: shownBy })),
          happened === undefined
            ? {
                time: placeholder('time with zone'),
                fact: placeholder('what is known to have happened'),
                source: placeholder('alert, log line or query'),
              }
            : { time: at, fact: happened, source: TOLD },
        ],
        impact: told.get('impact') ?? placeholder('who is affected, how many, since when'),
        actions: [
          {
            action: told.get('actions') ?? placeholder('what is done now'),
            owner: placeholder('who does it'),
            state: placeholder('under way, done or next'),
          },
        ],
        expectedResolution: told.get('expected') ?? placeholder('a time with zone and what it rests on'),
      },
    };
  },
};
