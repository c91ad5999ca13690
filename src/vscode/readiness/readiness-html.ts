import { visible } from '../../core/gate/reports/text';
import {
  stateText,
  verdictWord,
  type ReadinessView,
  type ViewCondition,
  type ViewPlace,
  type ViewSource,
  type ViewStep,
} from '../../core/readiness/view';
import { counted } from '../../core/text/words';
import { escapeHtml } from '../webview-page';

/** More places than these for one reason would bury the next; the rest is counted. */
const MAX_SOURCES = 8;

/** Statements and subjects are cut here: the place has the rest. */
const MAX_DETAIL = 160;

/** The inside of the page, with what its buttons stand for: the page names them by their index only. */
export interface ReadinessContent {
  readonly html: string;
  readonly places: readonly ViewPlace[];
  readonly steps: readonly ViewStep[];
}

/** A judgement as HTML: every text of the repository escaped, no script, no style, no address. */
export function readinessContent(view: ReadinessView): ReadinessContent {
  const places: ViewPlace[] = [];
  const steps: ViewStep[] = [];
  const sourceHtml = ({ text, detail, place }: ViewSource): string => {
    const after = detail === '' ? '' : ` <span class="detail">${shown(cut(detail))}</span>`;
    if (!place) return `<span class="source">${shown(text)}</span>${after}`;
    places.push(place);
    return `<button type="button" class="link" data-place="${places.length - 1}">${shown(text)}</button>${after}`;
  };
  const sourcesHtml = (sources: readonly ViewSource[]): string => {
    if (sources.length === 0) return '';
    const more = sources.length - MAX_SOURCES;
    const listed = sources.slice(0, MAX_SOURCES).map((source) => `<li>${sourceHtml(source)}</li>`);
    if (more > 0) listed.push(`<li>and ${more} more</li>`);
    return `<ul class="sources" aria-label="Evidence">${listed.join('')}</ul>`;
  };
  const stepsHtml = (own: readonly ViewStep[]): string => {
    if (own.length === 0) return '';
    const buttons = own.map((step) => {
      steps.push(step);
      return `<button type="button" data-step="${steps.length - 1}">${escapeHtml(stepTitle(step))}</button>`;
    });
    return `<p class="steps">${buttons.join(' ')}</p>`;
  };
  const conditionHtml = (condition: ViewCondition): string => {
    const { state, why, next, title, id, override } = condition;
    return `<li class="condition ${state}">
<p class="why"><span class="state">${escapeHtml(stateText(condition))}</span> ${sentence(why)}</p>
<p class="title">${shown(title)} <code>${shown(id)}</code></p>
${next === null ? '' : `<p class="next"><b>Next:</b> ${sentence(next)}</p>`}
${override ? `<p class="override"><b>Waived by ${shown(override.by)}</b> until ${shown(override.until)}: ${sentence(override.reason)} ${sourceHtml(override.source)}</p>` : ''}
${sourcesHtml(condition.sources)}${stepsHtml(condition.steps)}</li>`;
  };
  const list = (conditions: readonly ViewCondition[], tag: 'ol' | 'ul'): string =>
    `<${tag} class="conditions">${conditions.map(conditionHtml).join('\n')}</${tag}>`;

  const unknown = view.reasons.filter(({ state }) => state === 'unknown').length;
  const parts = [
    `<section class="verdict ${view.verdict}" aria-labelledby="verdict">
<h1 id="verdict"><span class="word">${verdictWord(view.verdict)}</span> ${shown(view.service ?? 'the release')} ${shown(view.version)} to ${shown(view.environment)}</h1>
<p>${sentence(view.summary)}${view.verdict === 'unknown' ? ' Unknown never counts as go.' : ''}</p>
<ul class="scope">${view.scope.map((line) => `<li>${sentence(line)}</li>`).join('')}</ul>
${view.notes.map((note) => `<p class="note"><b>Note:</b> ${sentence(note)}</p>`).join('')}
</section>`,
    `<section aria-labelledby="reasons"><h2 id="reasons">Reasons, heaviest first</h2>
${view.reasons.length === 0 ? '<p>Nothing speaks against it.</p>' : list(view.reasons, 'ol')}
${unknown > 0 ? `<p class="note">${counted(unknown, 'answer')} ${unknown === 1 ? 'is' : 'are'} not known: what settles each stands with it.</p>` : ''}</section>`,
    `<section aria-labelledby="rollback"><h2 id="rollback">The way back is ${escapeHtml(view.rollback.state)}</h2>
${view.rollback.missing === null ? list(view.rollback.conditions, 'ul') : `<p>${sentence(view.rollback.missing)}</p>`}</section>`,
    `<section aria-labelledby="actions"><h2 id="actions">What going back does not undo</h2>
${
  view.actions.length === 0
    ? '<p>The change shows nothing of the kind.</p>'
    : `<ul class="conditions">${view.actions
        .map(
          ({ kind, statement, why, source, compensatedBy, open, advice, steps: own }) =>
            `<li class="condition ${compensatedBy === null ? 'fails' : 'holds'}">
<p class="why"><span class="state">${compensatedBy === null ? 'not compensated' : 'compensated'}</span> ${sentence(why)}</p>
<p class="title">${sourceHtml(source)} <code>${escapeHtml(kind)}</code></p>
${statement === '' ? '' : `<pre><code>${shown(statement)}</code></pre>`}
${compensatedBy === null ? `<p>${sentence(`the action ${open ?? 'is compensated by nothing'}`)}</p>${advice === null ? '' : `<p class="next"><b>What would make up for it:</b> ${sentence(advice)}</p>`}` : `<p class="next"><b>By the plan:</b> ${sentence(compensatedBy)}</p>`}
${stepsHtml(own)}</li>`,
        )
        .join('\n')}</ul>`
}</section>`,
    `<section aria-labelledby="overrides"><h2 id="overrides">Overrides in force</h2>
${
  view.overrides.length === 0
    ? '<p>None.</p>'
    : `<ul class="conditions">${view.overrides
        .map(
          ({ condition, by, reason, until, source }) =>
            `<li class="condition waived"><p class="why"><span class="state">waived</span> <code>${shown(condition)}</code> by <b>${shown(by)}</b> until ${shown(until)}: ${sentence(reason)}</p><p class="title">${sourceHtml(source)}</p></li>`,
        )
        .join('\n')}</ul>`
}
${
  view.idleOverrides.length === 0
    ? ''
    : `<p>Recorded, and setting nothing aside:</p><ul class="plain">${view.idleOverrides
        .map(({ source, why }) => `<li>${sourceHtml(source)} ${shown(why)}</li>`)
        .join('')}</ul>`
}</section>`,
    `<section aria-labelledby="criteria"><h2 id="criteria">What makes it a success</h2>
<p class="note">Before a release only the first can be judged; the last column is for the release to show.</p>
<table><thead><tr><th scope="col">Criterion</th><th scope="col">State</th><th scope="col">What shows it before the release</th><th scope="col">Only the release shows</th></tr></thead><tbody>
${view.criteria
  .map(
    ({ title, status, conditions, onlyRelease }) =>
      `<tr class="${status}"><th scope="row">${escapeHtml(title)}</th><td><span class="state">${status}</span></td><td>${conditions.length === 0 ? 'nothing' : conditions.map((each) => `<span>${shown(each)}</span>`).join('<br>')}</td><td>${shown(onlyRelease)}</td></tr>`,
  )
  .join('\n')}
</tbody></table></section>`,
    ...(view.held.length > 0
      ? [
          `<details><summary>${counted(view.held.length, 'condition')} ${view.held.length === 1 ? 'holds' : 'hold'}</summary>${list(view.held, 'ul')}</details>`,
        ]
      : []),
    ...(view.notAsked.length > 0
      ? [
          `<details><summary>${counted(view.notAsked.length, 'condition')} not asked</summary><ul class="plain">${view.notAsked
            .map(
              ({ id, title, why }) => `<li><code>${shown(id)}</code> ${shown(title)}: ${sentence(why)}</li>`,
            )
            .join('')}</ul></details>`,
        ]
      : []),
  ];
  return { html: parts.join('\n'), places, steps };
}

/** What a step is called on its button. */
export function stepTitle(step: ViewStep): string {
  switch (step.kind) {
    case 'open':
      return step.title;
    case 'write-plan':
      return 'Plan the Release';
    case 'write-runbook':
      return 'Write the Runbook';
    case 'check':
      return 'Check Workspace';
    case 'show-paths':
      return 'Show Paths to Production';
    case 'record-drill':
      return 'Record a Drill…';
    case 'record-approval':
      return 'Record an Approval…';
  }
}

function cut(text: string): string {
  return text.length > MAX_DETAIL ? `${text.slice(0, MAX_DETAIL)}…` : text;
}

/** Text of the repository: what would steer the direction of writing is written out, code spans stay code. */
function shown(text: string): string {
  return escapeHtml(visible(text)).replace(/`([^`]+)`/g, '<code>$1</code>');
}

function sentence(text: string): string {
  const trimmed = text.trim();
  if (trimmed === '') return '';
  // A path or command at the beginning is no word to be made large.
  const [first = ''] = trimmed.split(/\s/, 1);
  const begun = /^[a-z][a-z'-]*[,;:]?$/.test(first)
    ? `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}`
    : trimmed;
  return `${shown(begun)}${/[.!?]$/.test(begun) ? '' : '.'}`;
}
