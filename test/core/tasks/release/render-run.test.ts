import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'mocha';
import { releaseRecordKind } from '../../../../src/core/documents/release-record/release-record-kind';
import { sealed, sealOf, sealState } from '../../../../src/core/documents/release-record/seal';
import { rollbackRecordKind } from '../../../../src/core/documents/rollback-record/rollback-record-kind';
import { readLines, textOfLine } from '../../../../src/core/release/journal';
import {
  createRecorder,
  recordOf,
  rollbackRecordOf,
} from '../../../../src/core/tasks/release/records/render-run';
import {
  ada,
  demand,
  errors,
  playRun,
  skipWatch,
  unwell,
  type PlayedRun,
  type PlayedWorld,
} from '../../../support/played-run';

const folder = path.resolve(__dirname, '../../../fixtures/release-records');

/** One record of each verdict, as an auditor reads it: who, what, when, why, evidence. */
const EXAMPLES: Readonly<Record<string, PlayedWorld>> = {
  released: {
    strategy: 'all-at-once',
    polls: { 2: errors(9), 3: errors(9) },
    gate: { leftovers: ['The tracker did not answer, so no ticket was read'], recoveryObjectiveMs: 900_000 },
  },
  'rolled-back': {
    polls: { 3: unwell('GET /health: 503'), 4: unwell('GET /health: 503') },
    gate: { recoveryObjectiveMs: 900_000 },
    followUps: { 'tickets-back': { isDone: false, detail: 'the tracker answered 401 Unauthorized' } },
    forward: {
      tail: [
        '2026-11-26T21:42:01.120Z pulling orders:2.4.0',
        '2026-11-26T21:42:20.904Z \u001b[31mwarning\u001b[0m: the pool is small',
        '2026-11-26T21:42:40.001Z ``` <script>alert(1)</script> UNKNOWN(nothing)',
        '2026-11-26T21:42:40.002Z ---',
      ],
      lines: 4,
    },
  },
  aborted: {
    gate: {
      isGo: false,
      items: [
        {
          id: 'rollback-handled',
          title: 'The deploy script goes back',
          outcome: 'fail',
          isBlocking: true,
          detail: 'scripts/deploy.sh never looks at its arguments, so --rollback would deploy',
          evidence: ['scripts/deploy.sh:1-12'],
        },
      ],
    },
    answer: ({ kind }) =>
      kind === 'proceed' ? { choice: 'abort', text: 'The script cannot go back', by: ada } : null,
  },
};

function textOf(run: PlayedRun): string {
  const record = recordOf(run.lines);
  assert.ok(record);
  return record.text;
}

function read(run: PlayedRun) {
  return releaseRecordKind.read('r.md', textOf(run)).data;
}

describe('the record of a run', () => {
  for (const [name, world] of Object.entries(EXAMPLES)) {
    it(`is the expected one: ${name}`, () => {
      const run = playRun(world);
      const files = [recordOf(run.lines), rollbackRecordOf(run.lines)].filter((file) => file !== null);
      for (const { path: at, text } of files) {
        const expected = path.join(folder, `${name}-${path.basename(at).split('_')[0]}.md`);
        if (process.env['UPDATE_EXPECTED'] === '1') writeFileSync(expected, text);
        assert.equal(text, readFileSync(expected, 'utf8'));
      }
      assert.equal(files.length, name === 'rolled-back' ? 2 : 1);
    });
  }

  it('is read back as what was rendered, whatever happened', () => {
    for (const world of Object.values(EXAMPLES)) {
      const { lines } = playRun(world);
      for (let count = 1; count <= lines.length; count++) {
        const record = recordOf(lines.slice(0, count));
        assert.ok(record);
        const document = releaseRecordKind.read(record.path, record.text);
        assert.deepEqual(document.problems, []);
        const again = releaseRecordKind.render(document.data);
        assert.equal(again, record.text);
      }
      const rollback = rollbackRecordOf(lines);
      if (rollback) {
        const document = rollbackRecordKind.read(rollback.path, rollback.text);
        assert.equal(rollbackRecordKind.render(document.data), rollback.text);
      }
    }
  });

  it('is the same from the lines of the file, and line by line as they come', () => {
    const { lines } = playRun(EXAMPLES['rolled-back']);
    const fromFile = readLines(lines.map(textOfLine).join(''));
    assert.ok(fromFile.isIntact && fromFile.isUnderstood);
    assert.deepEqual(recordOf(fromFile.lines), recordOf(lines));
    const recorder = createRecorder();
    for (const [index, line] of lines.entries()) {
      recorder.take(line);
      if (index % 7 === 0) assert.deepEqual(recorder.record(), recordOf(lines.slice(0, index + 1)));
    }
    assert.deepEqual(recorder.rollbackRecord(), rollbackRecordOf(lines));
  });

  it('says `under way` before the verdict, and then exactly one of three', () => {
    const { lines } = playRun(EXAMPLES['released']);
    const verdicts = lines.map((_line, index) => {
      const record = recordOf(lines.slice(0, index + 1));
      return record ? releaseRecordKind.read('', record.text).data.verdict : '';
    });
    assert.deepEqual([...new Set(verdicts)], ['under way', 'Released']);
    assert.equal(read(playRun(EXAMPLES['rolled-back'])).verdict, 'Rolled-Back');
    assert.equal(read(playRun(EXAMPLES['aborted'])).verdict, 'Aborted');
  });

  it('names the line of the verdict and the last one by their hashes', () => {
    const run = playRun(EXAMPLES['released']);
    const data = read(run);
    const declared = run.lines.find(({ entry }) => 'effect' in entry && entry.effect === 'declare');
    assert.equal(data.journalHash, declared?.hash);
    assert.equal(data.journalEnd, run.lines.at(-1)?.hash);
  });

  it('has a snapshot of every interval of the watch, with what each metric said', () => {
    const data = read(playRun(EXAMPLES['released']));
    assert.deepEqual(
      data.intervals.map(({ interval }) => interval),
      ['T+1', 'T+2', 'T+3', 'T+4', 'T+5', 'T+6'],
    );
    assert.match(data.intervals[1]?.snapshot ?? '', /error rate 0\.75 % \(9 of 1,200\); request rate 1,200/);
    assert.equal(data.metrics[0]?.baseline, '0.25 % (90 of 36,000) over 30 intervals');
  });

  it('prints an override in its heading, with who, why and when, while the verdict is one of three', () => {
    const run = playRun({
      meanwhile: (effect, state) =>
        effect.effect === 'poll' && effect.number === 2 && !state.override
          ? skipWatch('The demo is in five minutes')
          : null,
    });
    const data = read(run);
    assert.equal(data.verdict, 'Released');
    assert.match(data.override, /^Grace Hopper \(panel\) at 2026-.*: The demo is in five minutes$/);
    assert.match(textOf(run), /^# Record of 2\.4\.0 to production: Released-with-override$/m);
    assert.equal(data.verification[4]?.isDone, false);
    assert.match(data.watch.result, /was left by a person before its end/);
  });

  it('stands under a banner where nobody knows what runs', () => {
    const run = playRun({
      smokes: {
        forward: {
          cases: [{ name: 'write an order', outcome: 'failed', tookMs: 80, detail: 'POST /orders: 500' }],
          isPassed: false,
          detail: '',
        },
      },
      back: { exitCode: 3 },
    });
    const data = read(run);
    assert.equal(data.rollbackVerified, 'no');
    assert.match(textOf(run), /^# .*\n\n> \*\*UNKNOWN STATE\.\*\* Nobody knows what runs in production now/m);
    assert.match(rollbackRecordOf(run.lines)?.text ?? '', /UNKNOWN STATE/);
    assert.match(data.leftovers[0] ?? '', /Find out what runs/);
    assert.equal(data.verification[5]?.isDone, false);
    assert.match(data.summary.reason, /smoke test failure: write an order; the rollback ended with status 3/);
  });

  it('has no banner where it is known', () => {
    for (const world of Object.values(EXAMPLES)) assert.doesNotMatch(textOf(playRun(world)), /UNKNOWN STATE/);
  });

  it('says what ran when a script hung, and that nothing of it is left', () => {
    const data = read(
      playRun({
        forward: {
          how: 'hung',
          exitCode: null,
          signal: 'SIGKILL',
          processes: ['pid 412 sleep 600', 'pid 413 sh deploy.sh'],
        },
      }),
    );
    assert.match(data.execute.calls[0]?.outcome ?? '', /^hung: .*pid 412 sleep 600, pid 413 sh deploy\.sh$/);
    assert.match(data.summary.reason, /^Deploy hung - manual investigation required/);
    assert.equal(data.smoke.result, 'not reached');
  });

  it('keeps the words of a manual deployment as they were said', () => {
    const data = read(
      playRun({
        strategy: 'manual',
        answer: ({ kind }) =>
          kind === 'manual' ? { choice: 'done', text: 'Copied *both* | <b>twice</b>' } : null,
      }),
    );
    assert.match(
      data.execute.result,
      /"done", said Ada Byron \(terminal\) at .*: Copied \*both\* \| <b>twice<\/b>$/,
    );
    assert.deepEqual(data.checklist, [
      { text: 'Drain the node', isDone: true },
      { text: 'Copy the build', isDone: true },
    ]);
  });

  it('has every demand and refused answer with who spoke', () => {
    let said = false;
    const data = read(
      playRun({
        meanwhile: (effect) => {
          if (effect.effect !== 'poll' || said) return null;
          said = true;
          return demand('roll-back', 'The orders page is empty');
        },
      }),
    );
    const row = data.decisions.find(({ question }) => question === 'Demanded without being asked');
    assert.deepEqual(row && [row.answer, row.words, row.by], [
      'roll-back',
      'The orders page is empty',
      'Grace Hopper (panel)',
    ]);
    assert.equal(data.rollback.by, 'Grace Hopper (panel)');
  });

  it('shows hostile output as what it is', () => {
    const text = textOf(playRun(EXAMPLES['rolled-back']));
    assert.doesNotMatch(text, /\u001b/);
    const { tree } = releaseRecordKind.read('', text);
    const fences = tree.children.flatMap((node) => (node.type === 'code' ? [node] : []));
    assert.equal(fences.length, 1);
    assert.match(fences[0]?.value ?? '', /``` <script>alert\(1\)<\/script>/);
    assert.ok(tree.children.every(({ type }) => type !== 'html'));
  });
});

describe('the seal of a record', () => {
  const text = textOf(playRun(EXAMPLES['rolled-back']));

  it('stands from the verdict on, and holds', () => {
    const { lines } = playRun(EXAMPLES['released']);
    assert.equal(sealState(recordOf(lines.slice(0, 20))?.text ?? ''), 'unsealed');
    assert.equal(sealState(text), 'holds');
  });

  it('leaves open what people add to the front matter, and how it is typed', () => {
    assert.equal(sealState(text.replace('closed-by: ""', 'closed-by: "Ada Byron"')), 'holds');
    assert.equal(sealState(text.replace('fix: ""', 'fix: abc1234')), 'holds');
    assert.equal(sealState(text.replace(/\n/g, '\r\n')), 'holds');
    assert.equal(sealState(text.replace(/\| --- /g, '| :---------- ')), 'holds');
  });

  it('breaks where anything else is changed', () => {
    const changes: readonly (readonly [RegExp, string])[] = [
      [/verdict: "Rolled-Back"/, 'verdict: "Released"'],
      [/\(9 of 1,200\)|\(3 of 1,200\)/, '(1 of 1,200)'],
      [/warning/, 'all is well'],
      [/- \[ \] Every smoke|- \[x\] Every smoke/, '- [?] Every smoke'],
      [/- \[ \] The watch/, '- [x] The watch'],
      [/## Leftovers/, '## Nothing'],
      [/rollback-verified: "yes"/, 'rollback-verified: "no"'],
      [/journal-hash: "./, 'journal-hash: "x'],
    ];
    for (const [what, other] of changes) {
      const changed = text.replace(what, other);
      assert.notEqual(changed, text, String(what));
      assert.equal(sealState(changed), 'broken', String(what));
    }
  });

  it('is made anew by who seals anew: what stands against that is the history and the journal', () => {
    const changed = sealed(text.replace('verdict: "Rolled-Back"', 'verdict: "Released"'));
    assert.equal(sealState(changed), 'holds');
    assert.notEqual(sealOf(changed), sealOf(text));
  });

  it('keeps what people added when the runner writes the record again', () => {
    const { lines } = playRun(EXAMPLES['rolled-back']);
    const standing = text.replace('resolved-by: ""', 'resolved-by: "Grace Hopper"');
    assert.match(recordOf(lines, standing)?.text ?? '', /^resolved-by: "Grace Hopper"$/m);
  });
});
