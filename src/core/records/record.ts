/** What can be practised, and recorded as practised. */
export const DRILLS = ['rollback', 'backup-restore', 'disaster-recovery'] as const;

export type Drill = (typeof DRILLS)[number];

/** A drill as its record has it, every part of it there and well-formed. */
export interface DrillOnRecord {
  readonly path: string;
  readonly drill: Drill;
  readonly environment: string;
  /** '' where the record names none. */
  readonly service: string;
  readonly versionFrom: string;
  readonly versionTo: string;
  /** As written, with its zone, and in milliseconds since 1970. */
  readonly startedAt: string;
  readonly startedAtMs: number;
  readonly seconds: number;
  readonly hasPassed: boolean;
  readonly recordedBy: string;
  readonly evidence: readonly string[];
  readonly notes: string;
}

/** An approval as its record has it. */
export interface ApprovalOnRecord {
  readonly path: string;
  readonly environment: string;
  readonly version: string;
  /** 40 or 64 hex digits in lower case. */
  readonly commit: string;
  readonly approver: string;
  readonly role: string;
  readonly at: string;
  readonly atMs: number;
  readonly recordedBy: string;
  readonly read: readonly string[];
  readonly evidence: readonly string[];
}

/** An override as its record has it. Whether it is in force is another question: `overridesInForce`. */
export interface OverrideOnRecord {
  readonly path: string;
  readonly condition: string;
  readonly environment: string;
  readonly version: string;
  readonly name: string;
  readonly reason: string;
  /** ISO date, the last day on which it holds. */
  readonly until: string;
  readonly recordedAt: string;
  readonly recordedAtMs: number;
  readonly recordedBy: string;
}

/** What a record says was done with a document. */
export const REVIEWS = ['reviewed', 'tested'] as const;

/** A review of a document as its record has it. */
export interface ReviewOnRecord {
  readonly path: string;
  /** The document, from the root, and the hash of its text as it was (`textHash`). */
  readonly document: string;
  readonly sha256: string;
  readonly review: (typeof REVIEWS)[number];
  /** Not the author. */
  readonly reviewer: string;
  readonly author: string;
  readonly at: string;
  readonly atMs: number;
  /** Where it was carried out; '' where it was only read. */
  readonly environment: string;
  /** Whether what it says worked; null where it was only read. */
  readonly hasPassed: boolean | null;
  readonly evidence: readonly string[];
}

/** A record that does not count, and why. */
export interface RefusedRecord {
  readonly path: string;
  /** The kind of document: `drill-record`, `approval`, `override`, `document-review`. */
  readonly kind: string;
  /** Completes "<path> does not count: it …", without a full stop. */
  readonly why: string;
}

/** What people put on record for releases. What is incomplete is listed among `refused` and counts for nothing. */
export interface Records {
  readonly drills: readonly DrillOnRecord[];
  readonly approvals: readonly ApprovalOnRecord[];
  readonly overrides: readonly OverrideOnRecord[];
  readonly reviews: readonly ReviewOnRecord[];
  readonly refused: readonly RefusedRecord[];
}

export const noRecords: Records = { drills: [], approvals: [], overrides: [], reviews: [], refused: [] };
