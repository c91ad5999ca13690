import { WEEKDAYS, type ChangeWindow, type Freeze, type Weekday } from '../../../gate/readiness-settings';
import { isoDay } from '../../../text/iso-day';
import { concernOf, saidLines, type SaidLine } from './said-lines';

/** What a document on restrictions says in a clear form, for one environment. */
export interface Restrictions {
  readonly windows: readonly (ChangeWindow & { readonly line: number })[];
  readonly freezes: readonly (Freeze & { readonly line: number })[];
  /** How many people have to approve by hand, as a line asks; null: no line does. */
  readonly approvals: { readonly count: number; readonly line: number } | null;
  /** Nobody may release what they wrote themselves. */
  readonly fourEyes: { readonly line: number } | null;
  /** Lines on windows that have no clear form, so that the windows above may not be all. */
  readonly hasUnreadWindows: boolean;
  /** What a person reads: a rule of some authority, and whatever has no clear form. Never judged. */
  readonly notes: readonly { readonly text: string; readonly line: number }[];
}

/** Windows of maintenance are those of other work. */
const WINDOW = /\b(?:change|release|deployment) windows?\b/i;
const FREEZE = /\b(?:black[- ]?outs?|freezes?|code freeze)\b/i;
const APPROVAL = /\b(?:manual )?(?:approvals?|sign[- ]?offs?)\b/i;
const FOUR_EYES = /\b(?:four|4)[- ]?eyes?\b|\bsegregation of duties\b|\bseparation of duties\b/i;
const AUTHORITY = /\b(?:ITAR|EAR99|SOX|PCI[- ]?DSS|HIPAA|GDPR|GxP|FedRAMP|DORA|BaFin|export control\w*)\b/;
/** What turns a line round, or makes it depend on something that is not read. */
const HEDGED =
  /\b(?:not|never|no|none|without|unless|except|only if|if|when|may|optional|should|previously)\b|UNKNOWN\(/i;
const COUNTS: Readonly<Record<string, number>> = { one: 1, two: 2, three: 3, four: 4 };

/**
 * Reads change windows, blackouts, manual approvals and four eyes from lines, items and rows that say them in a clear form.
 * Everything else is a note: what a sentence means is a person's to judge.
 */
export function readRestrictions(text: string, environment: string, isProduction: boolean): Restrictions {
  const windows: Restrictions['windows'][number][] = [];
  const freezes: Restrictions['freezes'][number][] = [];
  const notes: Restrictions['notes'][number][] = [];
  let approvals: Restrictions['approvals'] = null;
  let fourEyes: Restrictions['fourEyes'] = null;
  let hasUnreadWindows = false;
  for (const said of saidLines(text)) {
    const { line } = said;
    const concern = concernOf([said.headings.at(-1) ?? '', said.text].join(' '), environment, isProduction);
    if (concern === 'another') continue;
    const topic = (pattern: RegExp): boolean =>
      pattern.test(said.text) ||
      pattern.test(said.headings.at(-1) ?? '') ||
      said.cells.some(({ column }) => pattern.test(column));
    if (topic(FREEZE)) {
      const freeze = freezeIn(said);
      if (freeze) {
        freezes.push({ ...freeze, line });
        continue;
      }
    } else if (topic(WINDOW)) {
      const window = windowIn(said);
      if (window) {
        windows.push({ ...window, line });
        continue;
      }
      hasUnreadWindows = true;
    }
    const count = topic(APPROVAL) ? approvalsIn(said.text) : null;
    if (count !== null) {
      if (count > 0 && count > (approvals?.count ?? 0)) approvals = { count, line };
      if (FOUR_EYES.test(said.text)) fourEyes = { line };
      continue;
    }
    if (FOUR_EYES.test(said.text) && !HEDGED.test(said.text.replace(FOUR_EYES, ''))) {
      fourEyes = { line };
      if (!AUTHORITY.test(said.text)) continue;
    }
    notes.push({ text: said.text, line });
  }
  return { windows, freezes, approvals, fourEyes, hasUnreadWindows, notes };
}

/** Whether a note speaks of what an authority asks. */
export function namesAuthority(text: string): string | null {
  return AUTHORITY.exec(text)?.[0] ?? null;
}

const DAY = /\d{4}-\d{2}-\d{2}/g;
const SPAN =
  /\d{4}-\d{2}-\d{2}\s*(?:-|–|—|\/|\.\.|\bto\b|\buntil\b|\btill\b|\bthrough\b)\s*\d{4}-\d{2}-\d{2}/i;
const NO_FREEZE =
  /\b(?:not|except|unless|lifted|cancelled|canceled|review\w*|updated?|changed|created|published|version)\b|UNKNOWN\(/i;
/** A day that something begins or ends on is not the whole of it. */
const ONE_END =
  /\b(?:starts?|starting|begins?|beginning|from|since|until|till|before|after|ends?|ending|by)\b/i;

function freezeIn({ text, cells }: SaidLine): Freeze | null {
  if (NO_FREEZE.test(text)) return null;
  const days = [...text.matchAll(DAY)].map(([day]) => day);
  const [from, until = from, ...others] = days;
  if (from === undefined || until === undefined || others.length > 0) return null;
  const isRow = cells.filter((cell) => /^\s*\d{4}-\d{2}-\d{2}\s*$/.test(cell.text)).length === days.length;
  const isSpan = days.length === 2 && (isRow || SPAN.test(text));
  const isDay =
    days.length === 1 && !ONE_END.test(text) && (isRow || /^\d{4}-/.test(text) || FREEZE.test(text));
  if (!isSpan && !isDay) return null;
  // A row with one day may be one of two that is left open.
  if (isDay && isRow && cells.some((cell) => /\b(?:until|to|end|ends)\b/i.test(cell.column))) return null;
  if (isoDay(from) !== from || isoDay(until) !== until || until < from) return null;
  const reason =
    cells.find(({ column }) => /\b(?:reason|why|what|name|event|occasion)\b/i.test(column))?.text ??
    text
      .replace(/^[^\d:]{0,60}:/, ' ')
      .replace(DAY, ' ')
      .replace(/\b(?:from|to|until|through|till|and)\b|[|–—]|(?<=\s)-(?=\s)/gi, ' ')
      .replace(/\s+/g, ' ')
      .replace(/^[\s:,;.()/-]+|[\s:,;.()/-]+$/g, '');
  return { from, until, reason: reason === '' ? 'a blackout' : reason };
}

const DAY_NAMES = /\b(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday|s|r|rs|nes)?s?\b/gi;
const DAY_RANGE =
  /\b(mon|tue|wed|thu|fri|sat|sun)[a-z]*\s*(?:-|–|—|to|through|until)\s*(mon|tue|wed|thu|fri|sat|sun)[a-z]*\b/i;
const TIMES = /\b([01]?\d|2[0-3]):([0-5]\d)\s*(?:-|–|—|to|until|\|)\s*([01]?\d|2[0-4]):([0-5]\d)\b/;
const ZONE = /\b(?:UTC|GMT|[A-Z][A-Za-z]+\/[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z_]+)?)\b/;

function windowIn({ text }: SaidLine): ChangeWindow | null {
  // Half days are not read: 2:00 may be either.
  if (HEDGED.test(text) || /\d\s*[ap]\.?m\b/i.test(text)) return null;
  const times = TIMES.exec(text);
  const zone = ZONE.exec(text)?.[0];
  const days = daysIn(text);
  if (!times || zone === undefined || days.length === 0 || !isZone(zone)) return null;
  if ([...text.matchAll(new RegExp(TIMES.source, 'g'))].length > 1) return null;
  const time = (hour = '', minute = ''): string => `${hour.padStart(2, '0')}:${minute}`;
  const from = time(times[1], times[2]);
  const to = time(times[3], times[4]);
  return to > '24:00' || from === to ? null : { days, from, to, zone };
}

function daysIn(text: string): readonly Weekday[] {
  if (/\b(?:daily|every day|all days)\b/i.test(text)) return WEEKDAYS;
  if (/\b(?:weekdays|working days|business days)\b/i.test(text)) return WEEKDAYS.slice(0, 5);
  const dayOf = (name: string | undefined): Weekday | undefined =>
    WEEKDAYS.find((each) => each === name?.toLowerCase());
  const range = DAY_RANGE.exec(text);
  if (range) {
    const first = dayOf(range[1]);
    const last = dayOf(range[2]);
    if (!first || !last) return [];
    const start = WEEKDAYS.indexOf(first);
    const length = ((WEEKDAYS.indexOf(last) - start + 7) % 7) + 1;
    const rest = daysIn(text.replace(range[0], ' '));
    // "Mon-Thu, Sat": days beside a range are taken too.
    const spanned = Array.from({ length }, (_, at) => WEEKDAYS[(start + at) % 7] ?? first);
    return WEEKDAYS.filter((day) => spanned.includes(day) || rest.includes(day));
  }
  const named = [...text.matchAll(DAY_NAMES)].flatMap(([, name]) => dayOf(name) ?? []);
  return WEEKDAYS.filter((day) => named.includes(day));
}

function isZone(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

/** "Manual approval: required", "Approvals | 2", "Releases to production require a manual approval"; null: no clear form. */
function approvalsIn(text: string): number | null {
  const labelled =
    /^(?:[\w ]{0,40}\b)?(?:approvals?|sign[- ]?offs?)\b(?: \([\w ,-]{1,60}\))?(?: (?:for|to|in|on) [\w -]{1,40})?\s*(?::|\||\bis\b|\bare\b)\s*(.+)$/i.exec(
      text,
    );
  if (labelled) {
    const value = (labelled[1] ?? '').trim();
    if (/^(?:yes|required|needed|mandatory|must)\b/i.test(value) && !HEDGED.test(value))
      return countIn(value) ?? 1;
    if (/^(?:no|none|not (?:required|needed)|0)\.?$/i.test(value)) return 0;
    const count = /^(\d|one|two|three|four)(?: (?:people|persons?|approvals?|approvers?))?\.?$/i.exec(value);
    return count ? countIn(value) : null;
  }
  const sentence =
    /^(?:(?:every|each|all|an?|any) )?(?:[\w-]+ )?(?:releases?|deployments?|deploys?|changes?)(?: (?:to|in|into|on) [\w -]{1,30})? (?:requires?|needs?|must have) (an? |\d |one |two |three )?(?:manual )?approvals?\b(.*)$/i.exec(
      text,
    );
  if (!sentence || HEDGED.test(sentence[2] ?? '')) return null;
  return countIn(sentence[1] ?? '') ?? 1;
}

function countIn(text: string): number | null {
  const word = /\b(\d|one|two|three|four)\b/i.exec(text)?.[1]?.toLowerCase();
  if (word === undefined) return null;
  return COUNTS[word] ?? Number(word);
}
