import assert from 'node:assert/strict';
import type { ReadinessView, ViewCondition } from '../../../src/core/readiness/view';
import { readAskedRelease } from '../../../src/vscode/chat/answer-readiness';
import { createMarkdownReply } from '../../../src/vscode/chat/markdown-reply';
import { commandText, confirmedPrograms } from '../../../src/vscode/readiness/confirmed-programs';
import { describeReadiness } from '../../../src/vscode/readiness/describe-readiness';
import { readinessContent } from '../../../src/vscode/readiness/readiness-html';
import { readinessPage } from '../../../src/vscode/readiness/readiness-page';
import type { ReleaseJudgement } from '../../../src/vscode/readiness/release-judge';

const range = { start: { line: 2, column: 1 }, end: { line: 2, column: 9 } };

const condition = (overrides: Partial<ViewCondition> = {}): ViewCondition => ({
  id: 'rollback:actions-compensated',
  title: 'What cannot be undone is compensated',
  state: 'fails',
  isBlocking: true,
  why: 'one action cannot be undone: `db/1.sql`',
  next: 'write it into the plan',
  sources: [{ text: 'db/1.sql:2', detail: 'DROP TABLE a', place: { path: 'db/1.sql', range } }],
  steps: [{ kind: 'write-plan' }],
  override: null,
  ...overrides,
});

const view = (overrides: Partial<ReadinessView> = {}): ReadinessView => ({
  verdict: 'no-go',
  service: 'orders',
  version: '1.1.0',
  environment: 'production',
  summary: '1 condition fails, 1 is not known',
  scope: ['Risk: high'],
  notes: [],
  reasons: [
    condition(),
    condition({ id: 'approved', state: 'unknown', steps: [{ kind: 'record-approval' }] }),
  ],
  rollback: { state: 'not credible', conditions: [condition()], missing: null },
  actions: [
    {
      kind: 'data-delete',
      statement: 'DROP TABLE a',
      why: 'it drops the table a',
      source: { text: 'db/1.sql:2', detail: '', place: { path: 'db/1.sql', range } },
      compensatedBy: null,
      open: 'is in no plan',
      advice: 'a backup',
      steps: [],
    },
  ],
  overrides: [],
  idleOverrides: [],
  criteria: [
    {
      criterion: 'approval',
      title: 'Approval',
      status: 'unknown',
      conditions: [],
      onlyRelease: 'who lets it through',
    },
  ],
  held: [],
  notAsked: [],
  marks: [],
  ...overrides,
});

const judgement = (of: ReadinessView, extra: Partial<ReleaseJudgement> = {}): ReleaseJudgement =>
  ({ view: of, judgedAtMs: 0, isRestricted: false, versionFrom: '', ...extra }) as ReleaseJudgement;

const said = (of: ReadinessView, extra: Partial<ReleaseJudgement> = {}): string => {
  const reply = createMarkdownReply();
  describeReadiness(judgement(of, extra), reply);
  return reply.text();
};

describe('the page of a judged release', () => {
  const page = readinessPage({
    cspSource: 'https://self',
    styleUri: 's.css',
    scriptUri: 'p.js',
    nonce: 'abc123',
  });

  it('lets nothing in but its own style and script', () => {
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(page)?.[1] ?? '';
    assert.match(policy, /default-src &#39;none&#39;/);
    assert.match(policy, /script-src &#39;nonce-abc123&#39;/);
    assert.ok(!policy.includes('unsafe') && !policy.includes('http:'));
    assert.equal([...page.matchAll(/<script/g)].length, 1);
    assert.ok(!/\son\w+=|\sstyle=/.test(page), 'nothing inline');
  });

  it('has a name for everything that can be pressed, and says each state in words', () => {
    const { html } = readinessContent(view());
    for (const [, , text = ''] of `${page}${html}`.matchAll(/<button([^>]*)>([^<]*)<\/button>/g)) {
      assert.match(text, /\w/);
    }
    assert.match(html, /<span class="word">NO-GO<\/span>/);
    assert.match(html, /<span class="state">fails, blocks<\/span>/);
    assert.match(html, /<span class="state">unknown, blocks<\/span>/);
    assert.match(html, /<span class="state">not compensated<\/span>/);
    assert.ok(!/\son\w+=|\sstyle=|<script/.test(html), 'nothing inline');
  });

  it('names places and steps by their index, in the order of its buttons', () => {
    const { html, places, steps } = readinessContent(view());
    assert.equal([...html.matchAll(/data-place="/g)].length, places.length);
    assert.deepEqual(places[0], { path: 'db/1.sql', range });
    const [, index = ''] = /data-step="(\d+)">Record an Approval/.exec(html) ?? [];
    assert.deepEqual(steps[Number(index)], { kind: 'record-approval' });
  });

  it('shows hostile texts as text, directions written out', () => {
    const hostile = '<img src=x onerror=alert(1)>" `<b>`\u202e';
    const { html } = readinessContent(
      view({
        version: hostile,
        summary: hostile,
        scope: [hostile],
        notes: [hostile],
        reasons: [
          condition({
            why: hostile,
            next: hostile,
            title: hostile,
            sources: [{ text: hostile, detail: hostile, place: null }],
            override: {
              condition: hostile,
              by: hostile,
              reason: hostile,
              until: hostile,
              source: { text: hostile, detail: '', place: null },
            },
          }),
        ],
      }),
    );
    assert.ok(!html.includes('<img') && !html.includes('<b>`') && !html.includes('\u202e'));
    assert.ok(html.includes('\\u202e'));
  });

  it('shows who waived what, with the reason and the end', () => {
    const source = {
      text: 'docs/release/records/o.md',
      detail: '',
      place: { path: 'docs/release/records/o.md', range: null },
    };
    const override = {
      condition: 'approved',
      by: 'Grace Hopper',
      reason: 'a copy was taken',
      until: '2099-01-01',
      source,
    };
    const waived = view({ overrides: [override], reasons: [condition({ state: 'waived', override })] });
    assert.match(
      readinessContent(waived).html,
      /Waived by Grace Hopper<\/b> until 2099-01-01: A copy was taken\./,
    );
    assert.match(
      said(waived),
      /`approved` waived by Grace Hopper until 2099-01-01: a copy was taken\. `docs\/release\/records\/o\.md`/,
    );
  });
});

describe('a judged release in words', () => {
  it('says the verdict word for word, the reasons with their places, and what settles them', () => {
    const text = said(view());
    assert.match(text, /^\*\*NO-GO: orders 1\.1\.0 to production\.\*\* 1 condition fails, 1 is not known\./);
    assert.match(
      text,
      /1\. \*\*fails, blocks\*\* `rollback:actions-compensated`: one action .* `db\/1\.sql:2`/,
    );
    assert.match(text, /2\. \*\*unknown, blocks\*\* `approved`/);
    assert.match(text, /- Next: write it into the plan\./);
    assert.match(text, /DROP TABLE a/);
    assert.match(text, /The action is in no plan\./);
    assert.match(text, /\| Approval \| unknown \|/);
  });

  it('never lets unknown look like go, and says how the version was come by and that git was not run', () => {
    const text = said(view({ verdict: 'unknown' }), {
      isRestricted: true,
      versionFrom: 'that of package.json',
    });
    assert.match(text, /^\*\*UNKNOWN: /);
    assert.match(text, /Unknown never counts as go\./);
    assert.match(text, /The version was not told; it is that of package\\?\.json/);
    assert.match(text, /git is not run/);
  });

  it('keeps what a repository says from being Markdown', () => {
    const text = said(
      view({ scope: ['[x](command:evil) <img>'], reasons: [condition({ why: '**GO** [a](b)' })] }),
    );
    assert.ok(!/[^\\]\[x\]\(command|(?:^|[^\\])<img|[^\\]\*\*GO/.test(text), text);
  });
});

describe('which release is asked for', () => {
  const cases: readonly [string, string | null, string | null][] = [
    ['', null, null],
    ['version: 2.4.0 environment: production', '2.4.0', 'production'],
    ['2.4.0 to production', '2.4.0', 'production'],
    ['v2.4.0-rc.1 to staging?', 'v2.4.0-rc.1', 'staging'],
    ['can 1.5.0 go?', '1.5.0', null],
    ['is it ready', null, null],
    ['environment: eu-west', null, 'eu-west'],
  ];
  for (const [prompt, version, environment] of cases) {
    it(`reads "${prompt}"`, () => {
      assert.deepEqual(readAskedRelease(prompt), { version, environment });
    });
  }
});

describe('a program of the configuration', () => {
  const ran: (readonly string[])[] = [];
  const programs = {
    run: async (argv: readonly string[]) => {
      ran.push(argv);
      return { kind: 'ended', status: 0, stdout: '', stderr: '' } as never;
    },
  };
  const person = (answer: (options: readonly string[]) => string | null) =>
    ({
      choose: async (_: string, options: readonly string[]) => answer(options),
    }) as never;

  it('runs only where a person confirms exactly that command', async () => {
    const asked: string[] = [];
    const refuse = confirmedPrograms(
      programs,
      person((options) => {
        asked.push(options[0] ?? '');
        return options[1] ?? null;
      }),
    );
    assert.equal((await refuse.run(['curl', 'https://x', 'a b'])).kind, 'failed');
    assert.deepEqual(asked, ["Run: curl https://x 'a b'"]);
    const turned = confirmedPrograms(
      programs,
      person(() => null),
    );
    assert.equal((await turned.run(['curl'])).kind, 'failed');
    assert.deepEqual(ran, []);
    await confirmedPrograms(
      programs,
      person((options) => options[0] ?? null),
    ).run(['curl', 'https://x']);
    assert.deepEqual(ran, [['curl', 'https://x']]);
  });

  it('is shown with its arguments told apart', () => {
    assert.equal(commandText(['a', 'b c', "d'e", '', '\u202e']), "a 'b c' 'd'\\''e' '' '\\u202e'");
  });
});
