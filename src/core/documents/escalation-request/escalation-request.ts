/** One thing that was done already. */
export interface ActionTaken {
  /** With its zone, or UNKNOWN(...). */
  readonly time: string;
  readonly action: string;
  readonly result: string;
}

/** What the engine sees of a reason to escalate. */
export interface EscalationSignal {
  /** As `escalationConditions` calls it. */
  readonly condition: string;
  /** `raised`, `not seen`, `a person's to raise`. */
  readonly state: string;
  readonly evidence: string;
}

/** `docs/ops/incidents/ESCALATION_<incident>_<time>.md` as data: a call for help; texts as in a release plan. */
export interface EscalationRequest {
  readonly incident: string;
  readonly service: string;
  /** Who escalates: a person or the role that acts. */
  readonly agent: string;
  /** The unit of work or release that it is about. */
  readonly unitId: string;
  /** CRITICAL or HIGH. */
  readonly severity: string;
  readonly at: string;
  /** One or two sentences. */
  readonly issue: string;
  readonly impact: string;
  readonly actionsTaken: readonly ActionTaken[];
  readonly currentStatus: string;
  /** What is asked, of whom. */
  readonly helpNeeded: string;
  readonly contactsNotified: readonly {
    readonly contact: string;
    readonly channel: string;
    readonly at: string;
  }[];
  readonly signals: readonly EscalationSignal[];
}
