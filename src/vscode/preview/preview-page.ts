import { escapeHtml, policyOf, type PageSources } from '../webview-page';

/** A heading of the document, for the table of contents. */
export interface ContentsEntry {
  readonly id: string;
  readonly title: string;
  /** 1 to 6. */
  readonly depth: number;
}

/**
 * The whole page. Its policy lets in our style sheet and our one script, nothing inline, nothing from the network.
 * The content itself comes by message, so that an edit updates it in place.
 */
export function previewPage(sources: PageSources): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policyOf(sources))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(sources.styleUri)}">
<title>Runbook preview</title>
</head>
<body>
<a class="skip" href="#document">Skip to the document</a>
<header>
<div class="bar">
<button type="button" id="to-rollback" class="strong" aria-keyshortcuts="Control+Alt+R" hidden>Go to rollback</button>
<span id="no-rollback" hidden>No rollback section</span>
<span id="environment" hidden>Environment: <strong id="environment-name"></strong></span>
<a href="#parameters" id="to-parameters" hidden>Parameters</a>
<button type="button" id="begin" hidden>Start a run</button>
<button type="button" id="finish" hidden>Finish the run</button>
</div>
<p id="run-says"></p>
<p id="why-not"></p>
<p id="summary" role="status"></p>
</header>
<section id="parameters" aria-label="Parameters" hidden>
<details open>
<summary><strong>Parameters</strong> <span id="parameters-note"></span></summary>
<div id="fields"></div>
<button type="button" id="clear">Clear all values</button>
</details>
</section>
<div class="columns">
<nav id="contents" aria-label="Contents"></nav>
<main id="document" tabindex="-1"></main>
</div>
<p id="announcement" class="visually-hidden" role="status" aria-live="polite"></p>
<script nonce="${sources.nonce}" src="${escapeHtml(sources.scriptUri)}"></script>
</body>
</html>
`;
}

/** The table of contents as a list of links. */
export function contentsHtml(contents: readonly ContentsEntry[]): string {
  if (contents.length === 0) return '';
  const items = contents.map(
    (entry) =>
      `<li class="depth-${Math.min(6, Math.max(1, entry.depth))}"><a href="#${escapeHtml(entry.id)}">${escapeHtml(entry.title)}</a></li>`,
  );
  return `<h2>Contents</h2><ul>${items.join('')}</ul>`;
}

/** The line above the document: how long it takes, what is not known and what the gate says. */
export function previewSummary(figures: {
  readonly totalMinutes: number | null;
  readonly placeholders: number;
  readonly blocking: number;
  readonly findings: number;
}): string {
  const duration =
    figures.totalMinutes === null
      ? 'Total duration unknown'
      : `Total duration ${minutes(figures.totalMinutes)}`;
  const unknowns =
    figures.placeholders === 0
      ? 'nothing marked UNKNOWN'
      : `${figures.placeholders} ${figures.placeholders === 1 ? 'place' : 'places'} marked UNKNOWN`;
  const findings =
    figures.findings === 0
      ? 'no findings'
      : `${figures.findings} ${figures.findings === 1 ? 'finding' : 'findings'}, ${figures.blocking} blocking`;
  return `${duration}; ${unknowns}; ${findings}.`;
}

function minutes(total: number): string {
  const hours = Math.floor(total / 60);
  const rest = Math.round(total - hours * 60);
  if (hours === 0) return `${rest} min`;
  return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
}
