/** Something that is known, with what shows it. */
export interface IncidentFact {
  /** ISO 8601 with its zone, or UNKNOWN(...). */
  readonly time: string;
  readonly fact: string;
  /** A link, a log line, a query with its result; "told by a person" for a claim. */
  readonly source: string;
}

/** What somebody does now. */
export interface IncidentAction {
  readonly action: string;
  readonly owner: string;
  /** `under way`, `done`, `next`. */
  readonly state: string;
}

/** `docs/ops/incidents/UPDATE_<incident>_<time>.md` as data: one message while an incident lasts; texts as in a release plan. */
export interface IncidentUpdate {
  readonly incident: string;
  readonly service: string;
  /** `SEV1`, `SEV2`, … or critical, high, medium, low. */
  readonly severity: string;
  /** investigating, identified, monitoring, resolved. */
  readonly status: string;
  /** With its zone. */
  readonly at: string;
  /** When the next update comes, with zone; "none" once it is resolved. */
  readonly nextUpdateAt: string;
  readonly author: string;
  readonly facts: readonly IncidentFact[];
  /** Who is affected, how, since when; prose. */
  readonly impact: string;
  readonly actions: readonly IncidentAction[];
  /** A time with zone and what it rests on, or UNKNOWN(...). */
  readonly expectedResolution: string;
}
