import type { ReadinessFacts } from '../../../readiness/facts';

/** A ticket of the release, as the tracker or only a commit knows it. */
export interface TicketInScope {
  readonly id: string;
  readonly status: string;
  readonly title: string;
}

/** The tickets of a release: those that the tracker names, and those that only its commits do. */
export function readTicketsInScope({
  evidence,
  change,
}: Pick<ReadinessFacts, 'evidence' | 'change'>): readonly TicketInScope[] {
  const known = new Map<string, TicketInScope>();
  for (const { report } of evidence.tickets.counting) {
    for (const { id, state, title } of report) known.set(id.toLowerCase(), { id, status: state, title });
  }
  for (const { tickets, commit } of change?.commits ?? []) {
    for (const id of tickets) {
      if (!known.has(id.toLowerCase())) {
        known.set(id.toLowerCase(), { id, status: 'named by a commit only', title: commit.subject });
      }
    }
  }
  return [...known.values()];
}
