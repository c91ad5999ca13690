import type { DocumentKind } from './document';
import { postmortemKind } from './postmortem/postmortem-kind';
import { releasePlanKind } from './release-plan/release-plan-kind';
import { runbookKind } from './runbook/runbook-kind';

/** Every kind of document that the engine writes and reads, in the order in which a release needs them. */
export const documentKinds: readonly DocumentKind<unknown>[] = [releasePlanKind, runbookKind, postmortemKind];

/** The kind of that id; null for an unknown one. */
export function documentKindOf(id: string): DocumentKind<unknown> | null {
  return documentKinds.find((kind) => kind.id === id) ?? null;
}
