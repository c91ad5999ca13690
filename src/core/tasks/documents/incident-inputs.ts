import { isoTime } from '../../text/zoned-time';
import { slugOf } from '../incident-slug';
import type { TaskInput } from '../task';

/** How a claim is named where a source would stand. */
export const TOLD = 'told by a person';

/** What every document of an incident asks. */
export const incidentInputs: readonly TaskInput[] = [
  { name: 'incident', question: 'What happened, in a few words?', isAsked: true },
  { name: 'severity', question: 'How severe is it (SEV1 to SEV4)?', isAsked: true },
  { name: 'what_happened', question: 'What is known to have happened, and what shows it?', isAsked: true },
  { name: 'impact', question: 'Who is affected, how many, since when?', isAsked: true },
];

/** Now in UTC, cut to the minute: `2026-11-26T10:12Z`. */
export function nowInMinutes(now: Date): string {
  return `${isoTime(now.getTime()).slice(0, 16)}Z`;
}

/** `docs/ops/incidents/UPDATE_<incident>_<time>.md`: one message, one file. */
export function incidentPath(folder: string, what: string, incident: string, at: string): string {
  return `${folder}/incidents/${what}_${slugOf(incident)}_${at.replaceAll(':', '')}.md`;
}
