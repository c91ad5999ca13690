import { fileSource } from '../../evidence/fact';
import { progressOf } from '../../evidence/results/tickets';
import { counted } from '../../text/words';
import { fail, notKnown, pass, type Condition } from '../condition';
import { firstOf, isProvided, noReport } from '../evidence-words';

const NEXT = 'export the tickets of this release with their states as JSON or CSV';

/** S4-23: no ticket in scope is still worked on; to move it and deploy is no way out. */
export const condition: Condition = {
  id: 'tickets-done',
  title: 'No ticket of the release is still worked on or in review',
  weight: ({ evidence, settings }) =>
    isProvided(evidence.tickets) || settings.ticketsCommand !== null ? 'block' : 'warn',
  criterion: 'approval',
  judge: ({ evidence: { tickets: evidence } }) => {
    const tickets = evidence.counting.flatMap(({ path, report }) =>
      report.map((ticket) => ({ path, ticket })),
    );
    const inWork = tickets.filter(({ ticket }) => progressOf(ticket.state) === 'in-work');
    const odd = tickets.filter(({ ticket }) => progressOf(ticket.state) === 'not-known');
    const named = (list: typeof tickets): string =>
      firstOf(list.map(({ ticket }) => `${ticket.id} is "${ticket.state}"`));
    const sources = (list: typeof tickets) =>
      list.slice(0, 10).map(({ path, ticket }) => fileSource(path, ticket.range));
    if (inWork.length > 0) {
      return fail(
        `${counted(inWork.length, 'ticket')} of the release ${inWork.length === 1 ? 'is' : 'are'} not done: ${named(inWork)}`,
        'finish them, or take their commits out of the release; moving a ticket does not make it done',
        sources(inWork),
      );
    }
    const [unread] = evidence.unread;
    if (unread)
      return notKnown(`${unread.path} ${unread.reason}`, NEXT, [fileSource(unread.path, unread.range)]);
    if (odd.length > 0) {
      return notKnown(
        `it is not known what the state means: ${named(odd)}`,
        'export the state’s category, such as Done or In Progress, in its place',
        sources(odd),
      );
    }
    if (tickets.length === 0) {
      const [empty] = evidence.counting;
      return empty
        ? notKnown(`${empty.path} holds no ticket`, NEXT, [fileSource(empty.path)])
        : noReport(evidence, 'tickets', 'list of tickets', NEXT);
    }
    return pass(
      `none of ${counted(tickets.length, 'ticket')} is worked on or in review`,
      [...new Set(tickets.map(({ path }) => path))].map((path) => fileSource(path)),
    );
  },
};
