import { escapeHtml, policyOf, type PageSources } from '../webview-page';

/** The parts of the page that come by message, each in the element of its name, in their order. */
export const PAGE_PARTS = [
  'title',
  'banner',
  'refusal',
  'question',
  'demands',
  'phases',
  'watch',
  'items',
  'leftovers',
  'facts',
  'output',
  'journal',
] as const;
export type PagePart = (typeof PAGE_PARTS)[number];

/**
 * The page of a run. Its policy lets in our style sheet and our one script, nothing inline, nothing from the network. What
 * it shows comes by message, part by part, so that what a person types in one is not lost when another changes. Only what
 * has to be heard at once is live: the banner, a refusal, and what is asked.
 */
export function releasePage(sources: PageSources): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policyOf(sources))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(sources.styleUri)}">
<title>Release</title>
</head>
<body>
<header>
<div id="title"></div>
<div class="tools" role="toolbar" aria-label="Files of the run">
<button type="button" id="open-record">Open the Record</button>
<button type="button" id="open-journal">Open the Whole Journal</button>
</div>
</header>
<main>
<div id="banner" role="status" aria-live="assertive"></div>
<div id="refusal" role="alert"></div>
<section id="question" aria-live="polite" aria-label="What is asked"></section>
<section id="demands" aria-label="What you may demand"></section>
<section id="phases" aria-label="Phases"></section>
<section id="watch" aria-label="Watch"></section>
<section id="items" aria-label="Pre-release gate"></section>
<section id="leftovers" aria-label="Owed"></section>
<section id="facts" aria-label="The run"></section>
<section id="output" aria-label="Output of the script"></section>
<section id="journal" aria-label="Journal"></section>
</main>
<p id="announcement" class="visually-hidden" role="status" aria-live="polite"></p>
<script nonce="${sources.nonce}" src="${escapeHtml(sources.scriptUri)}"></script>
</body>
</html>
`;
}
