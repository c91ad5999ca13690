import { escapeHtml, policyOf, type PageSources } from '../webview-page';

/**
 * The page of a judged release. Its policy lets in our style sheet and our one script, nothing inline, nothing from the
 * network. The judgement comes by message, so that a later one takes its place.
 */
export function readinessPage(sources: PageSources): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policyOf(sources))}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${escapeHtml(sources.styleUri)}">
<title>Release Readiness</title>
</head>
<body>
<header>
<p id="status" role="status" aria-live="polite"></p>
<div class="tools" role="toolbar" aria-label="Judgement">
<button type="button" id="again" class="primary">Judge Again</button>
<button type="button" id="another">Another Release&#8230;</button>
<button type="button" id="override">Record an Override&#8230;</button>
<button type="button" id="copy">Copy as Markdown</button>
</div>
</header>
<main id="judgement" tabindex="-1"></main>
<p id="announcement" class="visually-hidden" role="status" aria-live="polite"></p>
<script nonce="${sources.nonce}" src="${escapeHtml(sources.scriptUri)}"></script>
</body>
</html>
`;
}
