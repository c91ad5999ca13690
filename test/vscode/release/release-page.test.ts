import assert from 'node:assert/strict';
import { toldRun, GRACE, type ToldRun } from '../../../scripts/lib/told-run';
import { viewOf } from '../../../src/core/release/view';
import { metricChart, seriesInWords } from '../../../src/vscode/release/metric-chart';
import { placeOf, releaseContent, type Beside } from '../../../src/vscode/release/release-html';
import { PAGE_PARTS, releasePage } from '../../../src/vscode/release/release-page';
import { statusOf } from '../../../src/vscode/release/release-status-words';
import { whyNotOne } from '../../../src/vscode/release/one-release';

const contentOf = (run: ToldRun, beside: Partial<Beside> = {}) =>
  releaseContent(viewOf(run.state()), {
    journal: run.lines,
    output: null,
    isGone: false,
    refusal: null,
    ...beside,
  });
const partsOf = (run: ToldRun, beside: Partial<Beside> = {}) => contentOf(run, beside).parts;
const raised = (poll: number): number => (poll > 15 ? 0.0155 : 0.009);

describe('the page of a release', () => {
  const page = releasePage({
    cspSource: 'vscode-test',
    styleUri: 's.css',
    scriptUri: 's.js',
    nonce: 'n0nce',
  });

  it('lets in its own style and script only', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? assert.fail('no policy');
    assert.match(policy, /default-src &#39;none&#39;/);
    assert.match(policy, /script-src &#39;nonce-n0nce&#39;/);
    assert.ok(!/unsafe|https?:|\*/.test(policy), policy);
    assert.equal([...page.matchAll(/<script/g)].length, 1);
  });

  it('has a place for every part; banner, question and refusal are heard when they come', () => {
    for (const part of PAGE_PARTS) assert.ok(page.includes(`id="${part}"`), part);
    assert.match(page, /id="banner"[^>]*aria-live="assertive"/);
    assert.match(page, /id="question"[^>]*aria-live="polite"/);
    assert.match(page, /id="refusal"[^>]*role="alert"/);
    assert.ok(!/id="phases"[^>]*aria-live/.test(page), 'a clock that is read out each second');
  });
});

describe('a run as HTML', () => {
  it('asks what the gate came to, with a field for what needs words', () => {
    const { question, phases, items } = partsOf(toldRun());
    assert.match(question, /Nothing stands against the release of 2\.4\.0 to production/);
    assert.match(question, /data-answer="proceed"/);
    assert.match(question, /<label for="answer-proceed-1-abort">Abort: why\?<\/label>/);
    assert.match(phases, /aria-current="step"[^>]*data-phase="gate"/);
    assert.match(items, /4 that hold/);
  });

  it('begins only with a phrase that is typed, which stands nowhere as a value', () => {
    const run = toldRun();
    run.answer('proceed');
    run.answer('all-at-once');
    const { question } = partsOf(run);
    assert.match(question, /Type <kbd>production 2\.4\.0<\/kbd> to go on/);
    assert.match(question, /data-answer="start"[^>]*data-input="answer-start-3-start"/);
    assert.ok(!/<input[^>]*\svalue=/.test(question));
  });

  it('draws each metric against baseline and bounds, with its evidence, and asks about a soft breach', () => {
    const parts = partsOf(toldRun({ polls: 23, errors: raised }));
    assert.match(parts.question, /data-answer="continue"/);
    assert.match(parts.question, /type="number"[^>]*min="1" max="1440"/);
    assert.match(parts.watch, /poll 23 of 60/);
    assert.equal([...parts.watch.matchAll(/<svg class="chart"/g)].length, 5);
    assert.match(parts.watch, /aria-label="error rate: 1\.\d+ %, baseline 0\.9\d+ %, soft from/);
    assert.match(parts.watch, /<span class="state">soft breach<\/span>/);
    for (const what of ['roll-back', 'take-over', 'vulnerable', 'skip-watch'])
      assert.ok(parts.demands.includes(`data-demand="${what}"`), what);
    assert.ok(!parts.demands.includes('data-demand="abort"'), 'something is live already');
    assert.match(parts.demands, /id="phrase-skip-watch"/);
  });

  it('says the unknown state before everything else, and offers nothing more', () => {
    const run = toldRun({ polls: 5 });
    run.happen({
      event: 'demanded',
      demand: { what: 'take-over', reason: 'the cluster is gone', by: GRACE },
    });
    const parts = partsOf(run);
    assert.match(parts.banner, /class="banner bad"><p>UNKNOWN STATE: a person has to take over/);
    assert.equal(parts.demands, '');
    assert.equal(parts.question, '');
  });

  it('asks nothing of a run whose process is gone but whether it is resumed', () => {
    const parts = partsOf(toldRun({ polls: 23, errors: raised }), { isGone: true });
    assert.match(parts.banner, /is gone.*id="resume"/);
    assert.equal(parts.question + parts.demands, '');
  });

  it('withdraws the question when a hard breach comes', () => {
    const run = toldRun({ polls: 23, errors: (poll) => (poll > 20 ? 0.04 : raised(poll)) });
    while (!run.state().rollback) run.poll();
    const parts = partsOf(run);
    assert.equal(parts.question, '');
    assert.match(parts.banner, /Rolling back: error rate breached/);
    assert.equal(run.state().asked.at(-1)?.ended.how, 'withdrawn');
  });

  it('tells the journal in words, newest first and bounded', () => {
    const { journal } = partsOf(toldRun({ polls: 59 }));
    const lines = [...journal.matchAll(/<li>/g)].length;
    assert.equal(lines, 60);
    assert.match(journal, /<li><time datetime="[^"]+">[\d:]{8}<\/time> Poll 59: error rate \d+ of \d+/);
    assert.match(journal, /Earlier lines stand in the whole journal/);
  });

  it('shows what the script printed without its colours, and what was refused', () => {
    const parts = partsOf(toldRun(), {
      output: { path: 'docs/r.journal/output/deploy-0.log', lines: ['\u001b[32mok\u001b[0m <b>'] },
      refusal: 'the answer needs words',
    });
    assert.match(parts.output, /<pre[^>]*>ok &lt;b&gt;<\/pre>/);
    assert.match(parts.refusal, /Refused:<\/b> the answer needs words/);
  });

  it('names evidence by index, in the order of its buttons', () => {
    const { parts, places } = contentOf(toldRun());
    assert.equal([...parts.items.matchAll(/data-place="/g)].length, places.length);
    assert.deepEqual(places[1], { path: 'scripts/deploy.sh', line: 1 });
  });

  it('shows hostile texts as text', () => {
    const hostile = '<img src=x onerror=alert(1)>" `<b>`\u202e';
    const run = toldRun({
      version: hostile,
      environment: hostile,
      items: [
        {
          id: hostile,
          title: hostile,
          outcome: 'fail',
          isBlocking: true,
          detail: hostile,
          evidence: [hostile],
        },
      ],
    });
    const parts = partsOf(run, {
      refusal: hostile,
      output: { path: hostile, lines: [hostile, '\u001b]0;x\u0007'] },
    });
    const html = Object.values(parts).join('\n');
    assert.ok(!html.includes('<img') && !html.includes('<b>`') && !/[\u0007\u001b\u202e]/.test(html));
    assert.ok(!/<[^>]*\s(?:on\w+|style|href|src)=/.test(html), 'nothing inline, nothing from elsewhere');
  });

  it('gives every button words and every field a label', () => {
    for (const run of [toldRun(), toldRun({ polls: 23, errors: raised })]) {
      const html = Object.values(partsOf(run)).join('\n');
      for (const [, text = ''] of html.matchAll(/<button[^>]*>([\s\S]*?)<\/button>/g))
        assert.match(text, /\w/);
      for (const [, id = ''] of html.matchAll(/<input id="([^"]+)"/g))
        assert.ok(html.includes(`<label for="${id}">`), id);
      const ids = [...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
      assert.deepEqual(ids, [...new Set(ids)], 'an id twice');
    }
  });
});

describe('the chart of a metric', () => {
  const [errors] = viewOf(toldRun({ polls: 23, errors: raised }).state()).watch?.series ?? [];
  assert.ok(errors);

  it('has one line for a bound that is both, and says one that lies far over the rest', () => {
    const both = { ...errors, softBound: 0.01, hardBound: 0.01 };
    assert.match(seriesInWords(both), /soft and hard from 1 %/);
    assert.match(metricChart(both, 60), />soft, hard<\/text>/);
    assert.match(metricChart({ ...errors, hardBound: 0.9 }, 60), />hard &#8593;<\/text>/);
  });

  it('breaks its line where a poll has no number, and never writes one that is none', () => {
    const broken = metricChart({ ...errors, values: [0.01, null, 0.02, null, null], baseline: 0 }, 60);
    assert.equal([...(/class="value" d="([^"]*)"/.exec(broken)?.[1] ?? '').matchAll(/M/g)].length, 2);
    for (const values of [[], [null], [0], [0.5]]) {
      const svg = metricChart(
        {
          ...errors,
          values,
          lnEvidence: values.map(() => null),
          baseline: null,
          softBound: null,
          hardBound: null,
        },
        1,
      );
      assert.ok(!/NaN|Infinity|undefined/.test(svg), svg);
    }
  });

  it('says why a metric is not judged', () => {
    assert.equal(
      seriesInWords({ ...errors, unjudgeable: 'no bucket is so high' }),
      'not judged: no bucket is so high',
    );
  });
});

describe('what an item of the gate rests on', () => {
  const cases: readonly [string, ReturnType<typeof placeOf>][] = [
    ['scripts/deploy.sh:12', { path: 'scripts/deploy.sh', line: 12 }],
    ['.env.example', { path: '.env.example', line: null }],
    ['.github/release-gate.yml:3:5', { path: '.github/release-gate.yml', line: 3 }],
    ['https://prometheus.example/query', null],
    ['../../etc/passwd', null],
    ['/etc/passwd', null],
    ['8f3c2ad91b7e', null],
    ['up{job="orders"}', null],
  ];
  for (const [text, place] of cases) {
    it(`${place ? 'is' : 'is no'} place: ${text}`, () => assert.deepEqual(placeOf(text), place));
  }
});

describe('a run in the status bar', () => {
  it('says where it stands, and that it asks', () => {
    assert.equal(statusOf(toldRun().state(), false).text, '2.4.0 to production: asks you');
    assert.equal(
      statusOf(toldRun({ polls: 7 }).state(), false).text,
      '2.4.0 to production: watched, 7 of 60',
    );
    assert.match(statusOf(toldRun({ polls: 7 }).state(), true).text, /its process is gone/);
  });
});

describe('which release is run', () => {
  it('is one version to one environment', () => {
    assert.equal(whyNotOne({ version: '2.4.0', environment: 'production' }), null);
    assert.match(
      whyNotOne({ version: '2.4.0', environment: 'staging, production' })?.message ?? '',
      /"staging, production" are several/,
    );
    assert.ok(whyNotOne({ version: '2.4.0 and 2.5.0', environment: 'production' }));
  });
});
