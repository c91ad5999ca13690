import { escapeHtml, policyOf, type PageSources } from '../webview-page';

/**
 * The page of the picture. The picture itself comes by message, so that a new judgement replaces it in place; its style is
 * the one that exported pictures have, with the editor's colours (media/paths.css).
 *
 * @param pictureStyle Rules of ours, nothing of the repository.
 */
export function pathsPage(sources: PageSources, pictureStyle: string): string {
  const policy = policyOf(sources, { hasOwnStyle: true });
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="UTF-8">
<meta http-equiv="Content-Security-Policy" content="${escapeHtml(policy)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<style nonce="${sources.nonce}">${pictureStyle}</style>
<link rel="stylesheet" href="${escapeHtml(sources.styleUri)}">
<title>Paths to Production</title>
</head>
<body>
<header>
<p id="summary" role="status"></p>
<div class="tools" role="toolbar" aria-label="Picture">
<button type="button" id="zoom-out" aria-label="Zoom out" title="Zoom out (-)">&#8722;</button>
<button type="button" id="zoom-in" aria-label="Zoom in" title="Zoom in (+)">+</button>
<button type="button" id="fit" title="Fit the window (0)">Fit</button>
<label><input type="checkbox" id="all"> All workflows</label>
<button type="button" id="copy-mermaid">Copy Mermaid</button>
<button type="button" id="save-mermaid">Save Mermaid&#8230;</button>
<button type="button" id="save-svg">Save SVG&#8230;</button>
</div>
</header>
<div class="columns">
<main>
<p id="help" class="visually-hidden">Arrow right and left go along the edges, up and down to what stands beside, Enter goes to the line in the editor.</p>
<div id="picture" aria-describedby="help"></div>
<ul id="legend" aria-label="Signs">
<li>${legendLine('holds')}<b>holds</b>: production cannot start unless it succeeded</li>
<li>${legendLine('open')}<b>open</b>: production can start without it</li>
<li>${legendLine('unknown')}<b>unknown</b>: not proved either way</li>
</ul>
</main>
<aside aria-label="Runs that reach production">
<label for="runs">A run that gets there</label>
<select id="runs"></select>
<div class="tools" role="toolbar" aria-label="Play the run">
<button type="button" id="previous" aria-label="Previous step">&#9664;&#65038;</button>
<button type="button" id="play">Play</button>
<button type="button" id="next" aria-label="Next step">&#9654;&#65038;</button>
</div>
<p id="now" role="status" aria-live="polite"></p>
<ol id="steps"></ol>
<p id="finding"></p>
</aside>
</div>
<p id="announcement" class="visually-hidden" role="status" aria-live="polite"></p>
<script nonce="${sources.nonce}" src="${escapeHtml(sources.scriptUri)}"></script>
</body>
</html>
`;
}

function legendLine(state: 'holds' | 'open' | 'unknown'): string {
  const signs = {
    holds: '<rect class="sign holds" x="50" y="2.5" width="5" height="11" rx="1"/>',
    open: '<circle class="sign open" cx="52.5" cy="8" r="4"/>',
    unknown: '<text class="sign unknown" x="49" y="12" font-size="12">?</text>',
  } as const;
  return `<svg class="rg" width="60" height="16" viewBox="0 0 60 16" aria-hidden="true"><g class="edge ${state}"><path class="line" d="M2 8H42"/></g>${signs[state]}</svg>`;
}
