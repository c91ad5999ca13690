import type { OutputTail } from '../../adapters/release/output-tail';
import { visible } from '../../core/gate/reports/text';
import { entryInWords } from '../../core/release/entry-words';
import type { Demand, JournalLine } from '../../core/release/events';
import { isInTheWay, type GateItem } from '../../core/release/run';
import type { Question } from '../../core/release/state';
import type { PhaseView, ReleaseView } from '../../core/release/view';
import { durationInWords } from '../../core/release/words';
import { escapeHtml } from '../webview-page';
import { metricChart, seriesInWords } from './metric-chart';
import { wordsFor } from './question-words';
import type { PagePart } from './release-page';

/** Longer lines are cut: the file has the rest. */
const MAX_LINE_CHARACTERS = 400;

/** So many lines of the journal are shown. */
const MAX_JOURNAL_LINES = 60;

/** More evidence than this for one item would bury the next. */
const MAX_EVIDENCE = 8;

/** A place in a file that a button of the page opens. */
export interface EvidencePlace {
  readonly path: string;
  /** From 1; null: the whole file. */
  readonly line: number | null;
}

/** The page's parts as HTML, with what its evidence buttons stand for: the page names them by their index only. */
export interface ReleaseContent {
  readonly parts: Readonly<Record<PagePart, string>>;
  readonly places: readonly EvidencePlace[];
}

/** What is shown of a run besides its view. */
export interface Beside {
  readonly journal: readonly JournalLine[];
  readonly output: OutputTail | null;
  /** Whether the process that ran it is gone without a verdict. */
  readonly isGone: boolean;
  /** Why the last answer or demand was not taken; null where it was. */
  readonly refusal: string | null;
}

const PHASE_WORDS: Readonly<Record<PhaseView['status'], string>> = {
  waiting: 'waiting',
  now: 'now',
  done: 'done',
  failed: 'failed',
  skipped: 'not done',
};

const OUTCOME_WORDS: Readonly<Record<GateItem['outcome'], string>> = {
  pass: 'holds',
  fail: 'fails',
  unknown: 'unknown',
  note: 'note',
};

/** What each demand is called, and what it comes to. */
export const DEMAND_WORDS: Readonly<
  Record<Demand['what'], { readonly title: string; readonly says: string }>
> = {
  abort: { title: 'Abort', says: 'Nothing was deployed yet: the release ends here.' },
  'roll-back': {
    title: 'Roll Back',
    says: 'What runs is ended, and the version before is put back, checked and watched.',
  },
  'take-over': {
    title: 'Take Over by Hand',
    says: 'The run ends and does nothing more. Nobody but you knows then what runs.',
  },
  vulnerable: {
    title: 'Report a Vulnerability',
    says: 'Before the deployment the release is aborted, after it rolled back.',
  },
  'skip-watch': {
    title: 'Leave the Watch',
    says: 'The release counts as Released-with-override; record and verdict say who left it and why.',
  },
};

/** A run as HTML: every text that comes from outside escaped, no script, no style, no address. */
export function releaseContent(view: ReleaseView, beside: Beside): ReleaseContent {
  const places: EvidencePlace[] = [];
  return {
    parts: {
      title: `<h1>${shown(view.title)}</h1><p class="elapsed">${durationInWords(view.elapsedMs)}${view.isOver ? ', over' : ''}</p>`,
      banner: bannerHtml(view, beside.isGone),
      refusal:
        beside.refusal === null ? '' : `<p class="refusal"><b>Refused:</b> ${shown(beside.refusal)}</p>`,
      question: beside.isGone || !view.question ? '' : questionHtml(view.question),
      demands: beside.isGone ? '' : demandsHtml(view),
      phases: phasesHtml(view.phases),
      watch: watchHtml(view),
      items: itemsHtml(view, places),
      leftovers:
        view.leftovers.length === 0
          ? ''
          : `<h2>Owed</h2><ul>${view.leftovers.map((text) => `<li>${shown(text)}</li>`).join('')}</ul>`,
      facts: factsHtml(view),
      output: outputHtml(beside.output),
      journal: journalHtml(beside.journal),
    },
    places,
  };
}

function bannerHtml({ banner }: ReleaseView, isGone: boolean): string {
  const gone = isGone
    ? `<div class="banner doubtful"><p>The process that ran this release is gone. Nothing more happens, and nothing is deployed again, until a person resumes it.</p><button type="button" class="primary" id="resume">Resume Release&#8230;</button></div>`
    : '';
  return banner ? `<div class="banner ${banner.tone}"><p>${shown(banner.text)}</p></div>${gone}` : gone;
}

function questionHtml(question: Question): string {
  const { id, text, grounds, choices, phrase } = question;
  const inputs = choices.map(({ id: choice, label, takes }) => {
    const key = attribute(`answer-${id}-${choice}`);
    const button = (isPrimary: boolean): string =>
      `<button type="button"${isPrimary ? ' class="primary"' : ''} data-answer="${attribute(choice)}" data-question="${attribute(id)}"${takes === 'nothing' ? '' : ` data-input="${key}"`} id="${key}-button">${shown(labelOf(label, takes))}</button>`;
    const input = (words: string, hint: string, type = 'text'): string =>
      `<div class="choice"><label for="${key}">${words}</label><input id="${key}" type="${type}" autocomplete="off" spellcheck="false" placeholder="${hint}" data-enter="${key}-button"${type === 'number' ? ' min="1" max="1440"' : ''}>${button(takes === 'phrase')}</div>`;
    switch (takes) {
      case 'nothing':
        return `<div class="choice">${button(false)}</div>`;
      case 'text':
        return input(`${shown(label)}: ${wordsFor(choice)}`, '');
      case 'minutes':
        return input(shown(label), 'minutes', 'number');
      case 'phrase':
        return input(`Type <kbd>${shown(phrase ?? '')}</kbd> to go on`, attribute(phrase ?? ''));
      default:
        return takes satisfies never;
    }
  });
  return `<div class="question"><h2>${shown(text)}</h2>${
    grounds.length === 0
      ? ''
      : `<ul class="grounds" aria-label="What it rests on">${grounds.map((ground) => `<li>${shown(ground)}</li>`).join('')}</ul>`
  }<div class="choices">${inputs.join('')}</div></div>`;
}

/** `Start, by typing "…"` is a button `Start`: what is typed stands beside it. */
function labelOf(label: string, takes: Question['choices'][number]['takes']): string {
  return takes === 'phrase' || takes === 'minutes' ? (label.split(',')[0] ?? label) : label;
}

function demandsHtml({ demands, phrase }: ReleaseView): string {
  if (demands.length === 0) return '';
  const forms = demands.map((what) => {
    const { title, says } = DEMAND_WORDS[what];
    const needsPhrase = what === 'skip-watch';
    return `<details class="demand" id="demand-${what}"><summary>${title}&#8230;</summary>
<p>${says}</p>
<div class="choice"><label for="reason-${what}">Reason</label><input id="reason-${what}" type="text" autocomplete="off"${needsPhrase ? '' : ` data-enter="do-${what}"`}></div>
${needsPhrase ? `<div class="choice"><label for="phrase-${what}">Type <kbd>${shown(phrase)}</kbd></label><input id="phrase-${what}" type="text" autocomplete="off" spellcheck="false" placeholder="${attribute(phrase)}" data-enter="do-${what}"></div>` : ''}
<button type="button" class="danger" id="do-${what}" data-demand="${what}">${title}</button></details>`;
  });
  return `<div class="demands">${forms.join('')}</div>`;
}

function phasesHtml(phases: readonly PhaseView[]): string {
  const rows = phases.map(({ id, title, status, tookMs, expectedMs, detail }) => {
    const took = tookMs === null ? '' : durationInWords(tookMs);
    const isAhead = expectedMs !== null && (status === 'now' || status === 'waiting');
    const expected = isAhead ? durationInWords(expectedMs) : '';
    return `<tr class="${status}"${status === 'now' ? ' aria-current="step"' : ''} data-phase="${id}"><th scope="row">${shown(title)}</th><td><span class="state">${PHASE_WORDS[status]}</span></td><td>${took}</td><td>${expected}</td><td>${shown(detail)}</td></tr>`;
  });
  return `<table class="phases"><thead><tr><th scope="col">Phase</th><th scope="col">State</th><th scope="col">Took</th><th scope="col">Expected</th><th scope="col">Where it stands</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function watchHtml({ watch }: ReleaseView): string {
  if (!watch) return '';
  const { of, done, polls, series, findings } = watch;
  const what = of === 'rollback' ? 'the version before' : of === 'stage' ? 'this stage' : 'the release';
  const charts = series.map((one) => {
    const level =
      findings.findLast(({ metric, poll }) => metric === one.metric && poll === done)?.level ?? '';
    const state =
      level === 'hard' ? 'hard breach' : level === 'soft' ? 'soft breach' : level === 'note' ? 'noted' : '';
    const caption = `<figcaption><b>${shown(one.metric)}</b>${state === '' ? '' : ` <span class="state">${state}</span>`}<span class="numbers">${shown(seriesInWords(one))}</span></figcaption>`;
    return `<figure class="${level}">${caption}${one.unjudgeable === '' ? metricChart(one, polls) : ''}</figure>`;
  });
  const told = [...findings]
    .reverse()
    .map(
      ({ level, text }) =>
        `<li class="${level === 'hard' || level === 'soft' ? level : 'note'}"><span class="state">${shown(level)}</span> ${shown(text)}</li>`,
    );
  return `<h2>Watching ${what}: poll ${done} of ${polls}</h2>
<p class="legend">Solid: what was measured. Dotted: the baseline. Short dashes: soft. Long dashes: hard. Beneath, how many times likelier worse than the same.</p>
<div class="charts">${charts.join('')}</div>${
    told.length === 0 ? '' : `<h3>What was found, newest first</h3><ul class="findings">${told.join('')}</ul>`
  }`;
}

function itemsHtml({ items, feasibility }: ReleaseView, places: EvidencePlace[]): string {
  if (items.length === 0) return '';
  const order: readonly GateItem['outcome'][] = ['fail', 'unknown', 'note', 'pass'];
  const sorted = [...items].sort(
    (one, other) =>
      Number(isInTheWay(other)) - Number(isInTheWay(one)) ||
      order.indexOf(one.outcome) - order.indexOf(other.outcome),
  );
  const open = sorted.filter(({ outcome }) => outcome !== 'pass');
  const held = sorted.filter(({ outcome }) => outcome === 'pass');
  const list = (some: readonly GateItem[]): string =>
    `<ul class="gate">${some.map((item) => itemHtml(item, places)).join('')}</ul>`;
  return `<h2>Pre-release gate</h2>${open.length > 0 ? list(open) : ''}${
    held.length > 0
      ? `<details id="held"${open.length === 0 ? ' open' : ''}><summary>${held.length} that hold</summary>${list(held)}</details>`
      : ''
  }${
    feasibility.length > 0
      ? `<details id="feasibility"><summary>What this traffic could show</summary><ul>${feasibility.map((line) => `<li>${shown(line)}</li>`).join('')}</ul></details>`
      : ''
  }`;
}

function itemHtml(item: GateItem, places: EvidencePlace[]): string {
  const { title, outcome, detail, evidence } = item;
  const listed = evidence.slice(0, MAX_EVIDENCE).map((each) => {
    const place = placeOf(each);
    if (!place) return `<li><code>${shown(cut(each))}</code></li>`;
    places.push(place);
    return `<li><button type="button" class="link" data-place="${places.length - 1}">${shown(each)}</button></li>`;
  });
  const more = evidence.length - MAX_EVIDENCE;
  if (more > 0) listed.push(`<li>and ${more} more</li>`);
  return `<li class="item ${outcome}"><p><span class="state">${OUTCOME_WORDS[outcome]}${isInTheWay(item) ? ', blocks' : ''}</span> <b>${shown(title)}</b></p>${
    detail === '' ? '' : `<p>${shown(detail)}</p>`
  }${listed.length > 0 ? `<ul class="evidence" aria-label="Evidence">${listed.join('')}</ul>` : ''}</li>`;
}

/** `scripts/deploy.sh:12` as a place; null for an address, a query, a commit. */
export function placeOf(evidence: string): EvidencePlace | null {
  const match = /^((?:[\w.@+-]+\/)*[\w.@+-]*\.?[\w@+-]+)(?::(\d{1,7})(?:[:-]\d+)*)?$/.exec(evidence);
  const [, path = '', line] = match ?? [];
  if (path === '' || path.split('/').includes('..')) return null;
  // A word alone is a file only where it has an ending.
  if (!path.includes('/') && !/^\.?[\w@+-]*\.[A-Za-z]\w*$/.test(path)) return null;
  return { path, line: line === undefined ? null : Number(line) };
}

function factsHtml({ facts }: ReleaseView): string {
  if (facts.length === 0) return '';
  const rows = facts.map(({ name, value }) => `<dt>${shown(name)}</dt><dd>${shown(value)}</dd>`);
  return `<h2>The run</h2><dl>${rows.join('')}</dl>`;
}

function outputHtml(output: OutputTail | null): string {
  if (!output) return '';
  const text = output.lines.map((line) => shown(cut(withoutColours(line)))).join('\n');
  return `<h2>Output of the script</h2><pre tabindex="0" aria-label="The last lines">${text}</pre><p><button type="button" class="link" id="open-output">${shown(output.path)}</button></p>`;
}

function journalHtml(journal: readonly JournalLine[]): string {
  if (journal.length === 0) return '';
  const rows: string[] = [];
  let at = journal.length;
  while (at > 0 && rows.length < MAX_JOURNAL_LINES) {
    const line = journal[--at];
    const words = line ? entryInWords(line.entry) : null;
    if (!line || words === null) continue;
    rows.push(
      `<li><time datetime="${attribute(line.at)}">${shown(line.at.slice(11, 19))}</time> ${shown(cut(words))}</li>`,
    );
  }
  return `<h2>Journal, newest first, times in UTC</h2><ol class="journal">${rows.join('')}</ol>${at > 0 ? '<p>Earlier lines stand in the whole journal.</p>' : ''}`;
}

/** Colours and other orders to a terminal, which mean nothing here. */
function withoutColours(line: string): string {
  return line.replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '').replace(/\r$/, '');
}

const cut = (text: string): string =>
  text.length > MAX_LINE_CHARACTERS ? `${text.slice(0, MAX_LINE_CHARACTERS)}…` : text;

const attribute = (text: string): string => escapeHtml(visible(text));

const shown = (text: string): string => escapeHtml(visible(text));
