import type { IncidentReport } from '../../documents/incident-report/incident-report';
import { incidentReportKind } from '../../documents/incident-report/incident-report-kind';
import { markdownText } from '../../documents/markdown/write';
import { shellWord } from '../../evidence/detect/shell-text';
import { placeholder } from '../../evidence/fact';
import { collectEvents } from '../../incident/collect-events';
import { leadingZonedTime } from '../../text/zoned-time';
import type { DocumentSubject } from './document-task';
import { incidentInputs, incidentPath, nowInMinutes, TOLD } from './incident-inputs';

const HOUR_MS = 3_600_000;
const HOURS_BEFORE = 24;
const HOURS_AFTER = 6;

/** The issue that reports an incident, its timeline begun from git and release records: to be filed as it is. */
export const incidentReport: DocumentSubject<IncidentReport> = {
  id: 'incident-report',
  kind: incidentReportKind,
  title: 'Write an incident report',
  reading: 'Reading commits, tags and release records of the hours around the incident',
  inputs: [
    ...incidentInputs,
    { name: 'started_at', question: 'When did it begin (time with zone)?', isAsked: true },
    { name: 'version', question: 'Which version ran, in which environment?', isAsked: true },
    { name: 'decision', question: 'Roll back, fix forward, or neither?', isAsked: true },
  ],
  writes: ['docs/ops/incidents'],
  async assemble({ world, run, told }) {
    const now = nowInMinutes(world.clock.now());
    const started = leadingZonedTime(told.get('started_at') ?? '');
    const centre = Date.parse(started?.iso ?? now);
    const collected = await collectEvents(
      { history: world.history, files: world.files, releaseFolder: world.configuration.releaseFolder },
      { from: centre - HOURS_BEFORE * HOUR_MS, to: centre + HOURS_AFTER * HOUR_MS },
      centre,
      run.signal,
    );
    const incident = told.get('incident');
    const happened = told.get('what_happened') ?? incident;
    const path = incidentPath(
      world.configuration.operationsFolder,
      'INCIDENT_REPORT',
      incident ?? '',
      started?.iso.slice(0, 16).concat('Z') ?? now,
    );
    const began = {
      time: started?.iso ?? placeholder('when it began, with zone'),
      event: happened ?? placeholder('what happened'),
      source: happened === undefined ? placeholder('alert, log line or report') : TOLD,
      isVerified: false,
    };
    const events = collected.events.map(({ at, event, shownBy }) => ({
      time: at,
      event,
      source: shownBy,
      isVerified: true,
    }));
    return {
      path,
      sources: collected.events.map(({ source }) => source),
      summary: `Incident report: ${markdownText(incident ?? placeholder('what happened, in a few words'))}.`,
      notes: collected.notes,
      manualSteps: [
        {
          title: 'File it as an issue',
          why: 'Those who answer for the service follow it there',
          command: `gh issue create --title ${shellWord(`Incident: ${incident ?? 'UNKNOWN'}`)} --label incident --body-file ${shellWord(path)}`,
        },
      ],
      data: {
        severity: told.get('severity') ?? placeholder('SEV1 to SEV4'),
        version: told.get('version') ?? placeholder('the version that ran, and the environment'),
        decision: told.get('decision') ?? placeholder('roll back, fix forward, or neither'),
        timeline: started
          ? [...events, began].sort((a, b) => Date.parse(a.time) - Date.parse(b.time))
          : [began, ...events],
        rootCause: placeholder('the cause, with the evidence that shows it'),
        impact: told.get('impact') ?? placeholder('who was affected, how many, for how long'),
        actions: [
          {
            action: placeholder('what is done so that it does not happen again'),
            owner: placeholder('owner'),
            due: placeholder('due date'),
            verifiedBy: placeholder('how it is seen that it works'),
          },
        ],
        lessons: [
          placeholder('what went well'),
          placeholder('what went badly'),
          placeholder('where luck helped'),
        ],
      },
    };
  },
};
