import type { EscalationRequest } from '../../documents/escalation-request/escalation-request';
import type { IncidentUpdate } from '../../documents/incident-update/incident-update';
import type { ReadDocument } from '../../documents/document';
import { blocksOf } from '../../documents/markdown/parse';
import { holdsPlaceholder } from '../../documents/markdown/placeholders';
import { zonedTime } from '../../text/zoned-time';
import { spanOfFrontMatterKey } from '../../text/front-matter';
import type { Span } from '../../text/position';
import type { DocumentRule, RuleFinding } from '../rule';
import { listed, quoted } from './document-severity';

const SEVERITIES = /^(?:sev[- ]?[1-5]|p[1-5]|critical|high|medium|low)\b/i;

/** What is escalated is urgent: SEV1 and SEV2 are how others call it. */
const ESCALATED = /^(?:critical|high|sev[- ]?[12]|p[12])\b/i;

const STATES = ['investigating', 'identified', 'monitoring', 'resolved'];

const MAX_SENTENCES = 2;

/** An incident update or an escalation request that its reader has to ask back about. */
export const rule: DocumentRule = {
  id: 'incident-document-incomplete',
  title: 'An incident update or escalation request leaves its reader to ask back',
  severity: 'warn',
  why: 'During an incident nobody has time to ask what time zone, how severe, or when there is more: what is not said is guessed.',
  subject: 'document',
  kinds: ['incident-update', 'escalation-request'],
  check: (document): readonly RuleFinding[] =>
    lacksOf(document).map(({ message, span }) => ({
      message,
      path: document.path,
      span,
      status: 'fail',
    })),
};

interface Lack {
  readonly message: string;
  readonly span: Span | null;
}

function lacksOf(document: ReadDocument): readonly Lack[] {
  return document.kind === 'incident-update'
    ? updateLacks(document, document.data as IncidentUpdate)
    : requestLacks(document, document.data as EscalationRequest);
}

function updateLacks(document: ReadDocument, update: IncidentUpdate): readonly Lack[] {
  const at = (key: string): Span | null => keySpan(document, key);
  const isResolved = /^resolved/i.test(update.status);
  const sent = zonedTime(update.at);
  const next = zonedTime(update.nextUpdateAt);
  return [
    ...(isOpen(update.severity) || SEVERITIES.test(update.severity)
      ? []
      : [
          lack(
            `The severity ${quoted(update.severity)} is none that a reader can rank: write SEV1 to SEV4, or critical, high, medium, low`,
            at('severity'),
          ),
        ]),
    ...(isOpen(update.status) || STATES.some((state) => update.status.toLowerCase().startsWith(state))
      ? []
      : [
          lack(
            `The status ${quoted(update.status)} is none of ${listed(STATES)}: write one of them`,
            at('status'),
          ),
        ]),
    ...(isOpen(update.at) || sent !== null
      ? []
      : [
          lack(
            `The update's time ${quoted(update.at)} has no zone or no day: write it as 2027-03-01T10:12Z`,
            at('at'),
          ),
        ]),
    ...(isResolved || isOpen(update.nextUpdateAt) || next !== null
      ? []
      : [
          lack(
            'It does not say when the next update comes: give next-update-at as 2027-03-01T10:42Z',
            at('next-update-at'),
          ),
        ]),
    ...(sent !== null && next !== null && next <= sent
      ? [
          lack(
            `The next update at ${quoted(update.nextUpdateAt)} is not after this one: correct one of the times`,
            at('next-update-at'),
          ),
        ]
      : []),
    ...update.facts.flatMap(({ fact, time, source }) => {
      const missing = [
        ...(isOpen(time) || zonedTime(time) !== null ? [] : ['time with its day and zone']),
        ...(source === '' ? ['source'] : []),
      ];
      return fact === '' || missing.length === 0
        ? []
        : [
            lack(
              `The fact ${quoted(fact)} has no ${listed(missing)}: add it, or UNKNOWN(what is needed)`,
              sectionSpan(document, 'facts'),
            ),
          ];
    }),
    ...update.actions.flatMap(({ action, owner }) =>
      action === '' || owner !== ''
        ? []
        : [
            lack(
              `Nobody is named for ${quoted(action)}: say who does it, or UNKNOWN(who does it)`,
              sectionSpan(document, 'actions'),
            ),
          ],
    ),
  ];
}

function requestLacks(document: ReadDocument, request: EscalationRequest): readonly Lack[] {
  const sentences = sentencesOf(request.issue);
  return [
    ...(isOpen(request.severity) || ESCALATED.test(request.severity)
      ? []
      : [
          lack(
            `The severity ${quoted(request.severity)} is none that is escalated: write CRITICAL or HIGH`,
            keySpan(document, 'severity'),
          ),
        ]),
    ...(isOpen(request.at) || zonedTime(request.at) !== null
      ? []
      : [
          lack(
            `The time ${quoted(request.at)} has no zone or no day: write it as 2027-03-01T10:12Z`,
            keySpan(document, 'at'),
          ),
        ]),
    ...(request.agent === ''
      ? [lack('It does not say who escalates: give agent', keySpan(document, 'agent'))]
      : []),
    ...(sentences > MAX_SENTENCES
      ? [
          lack(
            `The issue takes ${sentences} sentences: say it in one or two, and the rest under Impact and Actions taken`,
            firstBlock(document, 'issue'),
          ),
        ]
      : []),
  ];
}

function lack(message: string, span: Span | null): Lack {
  return { message, span };
}

/** Not filled in yet: another rule counts it. */
function isOpen(text: string): boolean {
  return holdsPlaceholder(text);
}

/** Ends of sentences; a dot inside a version, address or abbreviation ends none. */
function sentencesOf(text: string): number {
  if (holdsPlaceholder(text)) return 0;
  return text.split(/(?<=[.!?。])\s+(?=\p{Lu}|\p{Lo})/u).filter((part) => part.trim() !== '').length;
}

function keySpan(document: ReadDocument, key: string): Span | null {
  return spanOfFrontMatterKey(document.text, key);
}

function sectionSpan(document: ReadDocument, id: string): Span | null {
  return document.sections.find((section) => section.id === id)?.headingSpan ?? null;
}

function firstBlock(document: ReadDocument, id: string): Span | null {
  const position = blocksOf(document, id)[0]?.position;
  return position ? { start: position.start.offset ?? 0, end: position.end.offset ?? 0 } : null;
}
