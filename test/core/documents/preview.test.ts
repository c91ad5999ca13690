import assert from 'node:assert/strict';
import {
  commandHtml,
  renderPreview,
  safeAddress,
  type PreviewFinding,
} from '../../../src/core/documents/preview';
import { runbookKind } from '../../../src/core/documents/runbook/runbook-kind';
import { commandsIn, stepsIn } from '../../../src/core/documents/steps-in';

const preview = (text: string, findings: readonly PreviewFinding[] = []) => {
  const document = runbookKind.read('docs/ops/RUNBOOK.md', text);
  const steps = stepsIn(document, runbookKind.sections, (each) => `${each.length}`);
  const commands = commandsIn(document);
  const made = renderPreview(document, findings, { steps, commands });
  return { ...made, html: made.parts.join(''), steps, commands };
};

const finding = (line: number | null): PreviewFinding => ({
  rule: 'step-without-command-or-outcome',
  severity: 'block',
  status: 'fail',
  message: 'The step "Deploy" has no <expected> outcome',
  range: line === null ? null : { start: { line, column: 1 }, end: { line, column: 2 } },
});

describe('the preview', () => {
  it('marks placeholders in text and in commands', () => {
    const { html } = preview(
      '# R\n\nAsk UNKNOWN(the owner (team)) first.\n\n```sh\ncurl UNKNOWN(host)\n```\n',
    );
    assert.match(html, /Ask <mark class="placeholder">UNKNOWN\(the owner \(team\)\)<\/mark> first/);
    assert.match(html, /curl <mark class="placeholder">UNKNOWN\(host\)<\/mark>/);
  });

  it('gives each command a bar with a button to copy exactly its text', () => {
    const text =
      '```sh\nkubectl get pods -n "${ENV}" \\\n  | grep "<none>"\n```\n\n## Deployment\n\n1. **Deploy**\n\n   ```sh\n   ./deploy.sh\n   ```\n';
    const { html, commands } = preview(text);
    assert.deepEqual(
      commands.map(({ id, text: command, language }) => [id, command, language]),
      [
        ['command-1', 'kubectl get pods -n "${ENV}" \\\n  | grep "<none>"', 'sh'],
        ['command-2', './deploy.sh', 'sh'],
      ],
    );
    assert.equal(html.match(/<button type="button" class="copy" data-command="command-[12]">/g)?.length, 2);
  });

  it('gives each step and each open box of a checklist a box and a place for words', () => {
    const text = [
      '## Deployment',
      '',
      '1. **Tight**',
      '   - **Duration:** 5 min',
      '2. **Another**',
      '',
      '## Mitigations',
      '',
      '1. **Loose**',
      '',
      '   ```sh',
      '   uptime',
      '   ```',
      '',
      '## Post-deployment checklist',
      '',
      '- [ ] Look at the dashboard',
      '- [x] Told by the document',
      '',
    ].join('\n');
    const { html, steps } = preview(text);
    assert.deepEqual(
      steps.map(({ id, title, minutes }) => [id, title, minutes]),
      [
        ['deployment-1', 'Tight', 5],
        ['deployment-2', 'Another', null],
        ['mitigations-1', 'Loose', null],
        ['after-1', 'Look at the dashboard', null],
      ],
    );
    for (const { id } of steps) {
      assert.match(
        html,
        new RegExp(
          `<li class="step" data-step="${id}">\\s*(?:<p>)?<input type="checkbox" class="tick" id="tick-${id}"`,
        ),
      );
      assert.match(html, new RegExp(`<div class="says" id="says-${id}"></div>`));
    }
    assert.match(html, /aria-label="Deployment, step 2: Another" aria-describedby="says-deployment-2"/);
    assert.match(html, /<input type="checkbox" checked disabled> Told by the document/);
    assert.equal(html.match(/<input/g)?.length, 5);
  });

  it('gives a box to steps that are headings, bold lines or rows as well', () => {
    const headings = preview(
      '## Deployment\n\n### Step 1: Deploy\n\n```sh\n./deploy.sh\n```\n\n### Step 2: Look\n\nExpected: it answers\n',
    );
    assert.deepEqual(
      headings.steps.map(({ title, commands }) => [title, commands.length]),
      [
        ['Deploy', 1],
        ['Look', 0],
      ],
    );
    assert.match(
      headings.html,
      /<h3 class="step" data-step="deployment-1" id="section-step-1-deploy"><input [^>]*> Step 1: Deploy<\/h3><div class="says" id="says-deployment-1"><\/div>/,
    );
    const rows = preview(
      '## Deployment\n\n| Step | Command | Duration |\n| --- | --- | --- |\n| Deploy | `./deploy.sh` | 5 min |\n',
    );
    assert.match(
      rows.html,
      /<tr class="step" data-step="deployment-1">\s*<td><input [^>]*> Deploy<div class="says" id="says-deployment-1"><\/div><\/td>/,
    );
    assert.equal(rows.totalMinutes, 5);
    const bold = preview(
      '## Deployment\n\n**Step 1: Deploy**\n\n```sh\n./deploy.sh\n```\n\n**Step 2: Look**\n\nExpected: ok\n',
    );
    assert.equal(bold.html.match(/<p class="step"/g)?.length, 2);
  });

  it('knows the way back by its section, else by its title', () => {
    assert.equal(preview('# R\n\n## Rollback\n').rollback, 'section-rollback');
    assert.equal(preview('# R\n\n## 4. Rollback procedure\n').rollback, 'section-4-rollback-procedure');
    assert.equal(preview('# R\n\n## Rolling back by hand\n').rollback, 'section-rolling-back-by-hand');
    assert.equal(preview('# Rollback of orders\n\n## Steps\n').rollback, null);
  });

  it('marks in a command what is unknown and what nobody has filled', () => {
    assert.equal(
      commandHtml('deploy "${ENV}" $V <x> UNKNOWN(host) ${DONE}', ['ENV', 'V']),
      'deploy "<mark class="unfilled">${ENV}</mark>" <mark class="unfilled">$V</mark> &#x3C;x> <mark class="placeholder">UNKNOWN(host)</mark> ${DONE}',
    );
  });

  it('passes no HTML, script, image or foreign link of the document through', () => {
    const { html } = preview(
      [
        '<script>alert(1)</script>',
        '',
        'a <img src=x onerror=alert(1)> b ![p](https://evil.test/p.png)',
        '',
        '[a](javascript:alert(1)) [b](data:text/html,x) [c](vscode://x) [d](command:run) [e](//evil.test) <JAVASCRIPT:alert(1)>',
        '',
        '[ok](https://acme.io) [near](../release/PLAN.md) [here](#section-x)',
      ].join('\n'),
    );
    assert.doesNotMatch(html, /<script|<img|href="(?!https:\/\/acme\.io|\.\.\/release|#section-x)/i);
    assert.match(html, /&#x3C;script>alert\(1\)/);
    assert.equal(html.match(/href=/g)?.length, 3);
  });

  it('knows a scheme behind blanks and control characters', () => {
    for (const address of [
      'java\tscript:alert(1)',
      ' javascript:x',
      '\u0001javascript:x',
      'JaVaScRiPt:x',
      'vbscript:x',
    ]) {
      assert.equal(safeAddress(address), false, JSON.stringify(address));
    }
    for (const address of ['https://a.io', 'mailto:a@b.io', '#x', 'a/b.md', '?q=1']) {
      assert.equal(safeAddress(address), true, address);
    }
  });

  it('says a finding in words beside what it is about, and one without a place at the top', () => {
    const text =
      '# R\n\n## Deployment\n\n1. **Deploy**\n\n## Escalation\n\n| Role | Contact |\n| --- | --- |\n| first | nobody |\n';
    const { html } = preview(text, [finding(5), finding(11), finding(null)]);
    const note =
      '<span class="finding finding-block" role="note"><strong>Blocks</strong>: The step "Deploy" has no &#x3C;expected> outcome <code>step-without-command-or-outcome</code></span>';
    assert.ok(html.startsWith(note));
    assert.match(
      html,
      /<strong>Deploy<\/strong><div class="says" id="says-deployment-1"><\/div><span class="finding/,
    );
    assert.match(html, /<td>nobody<span class="finding/);
    assert.equal(html.split(note).length - 1, 3);
  });

  it('leaves waived findings out', () => {
    assert.doesNotMatch(preview('# R\n', [{ ...finding(1), status: 'waived' }]).html, /finding/);
  });

  it('lists headings under ids that are each there once', () => {
    const { html, toc } = preview('# Runbook: shop\n\n## Rollback\n\n## Rollback\n\n## Größe\n');
    assert.deepEqual(
      toc.map(({ id, depth }) => [id, depth]),
      [
        ['section-runbook-shop', 1],
        ['section-rollback', 2],
        ['section-rollback-2', 2],
        ['section-größe', 2],
      ],
    );
    for (const { id } of toc) assert.equal(html.split(`id="${id}"`).length, 2);
  });

  it('adds the minutes up, and knows no total where one is missing', () => {
    const step = (minutes: string) => `1. **Go**\n   - **Duration:** ${minutes}\n`;
    assert.equal(preview(`## Deployment\n\n${step('5 min')}${step('1.5 h')}`).totalMinutes, 95);
    assert.equal(preview(`## Deployment\n\n${step('5 min')}${step('UNKNOWN(minutes)')}`).totalMinutes, null);
    assert.equal(preview('## Deployment\n').totalMinutes, null);
  });
});
