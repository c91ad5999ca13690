import assert from 'node:assert/strict';
import { readSteps, type FoundStep } from '../../../../src/core/documents/markdown/parts';
import { parseMarkdown } from '../../../../src/core/text/markdown';

function stepsIn(text: string): readonly FoundStep[] {
  return readSteps(parseMarkdown(text, 0, []).children);
}

function shown(text: string): readonly object[] {
  return stepsIn(text).map(({ number, step }) => {
    const told = Object.entries(step).filter(([, value]) => value !== '' && value !== null);
    return { number, ...Object.fromEntries(told) };
  });
}

describe('the steps of a section, as people write them', () => {
  it('reads code that stands at the margin between numbered items as that of the item before', () => {
    assert.deepEqual(
      shown(
        '1. Scale down\n\n```sh\nkubectl scale deploy/api --replicas=0\n```\n\nExpected: no pods\n\n2. Scale up\n\n```sh\nkubectl scale deploy/api --replicas=3\n```\n',
      ),
      [
        {
          number: 1,
          title: 'Scale down',
          command: 'kubectl scale deploy/api --replicas=0',
          expected: 'no pods',
        },
        { number: 2, title: 'Scale up', command: 'kubectl scale deploy/api --replicas=3' },
      ],
    );
  });

  it('does not take what stands behind the only list for part of its last item', () => {
    assert.deepEqual(shown('1. Scale down\n2. Scale up\n\n```sh\nhelm history api\n```\n'), [
      { number: 1, title: 'Scale down' },
      { number: 2, title: 'Scale up' },
    ]);
  });

  it('reads numbered headings, and keeps a numbered heading over numbered items as a heading', () => {
    assert.deepEqual(
      shown(
        '### Step 1: Drain (5 min)\n\n```bash\n./drain.sh\n```\n\n**Expected output**\n\n```text\ndrained\n```\n\n### Step 2 – Switch\n\n1. open the console\n2. press *swap*\n\n**If it fails:** swap back\n',
      ),
      [
        { number: 1, title: 'Drain (5 min)', command: './drain.sh', expected: 'drained', durationMinutes: 5 },
        { number: 2, title: 'Switch', action: 'open the console; press swap', onFailure: 'swap back' },
      ],
    );
    assert.deepEqual(
      shown('### 3.1 Prepare\n\n1. Tell the others\n\n### 3.2 Go\n\n```sh\nmake go\n```\n').map(
        (step) => (step as { title: string }).title,
      ),
      ['Tell the others', 'Go'],
    );
    assert.deepEqual(shown('### Notes\n\n```sh\nmake\n```\n'), []);
  });

  it('reads bold lines, keycap digits and other languages', () => {
    assert.deepEqual(
      shown(
        '**1. Anhalten**\n\n```sh\nmake stop\n```\n\n- Erwartet: alles steht\n- Dauer: ca. 5 Minuten\n\n**2. Starten**\n\n```sh\nmake start\n```\n\n- Erwartetes Ergebnis: `/health` antwortet\n- Im Fehlerfall: zurückrollen\n',
      ),
      [
        { number: 1, title: 'Anhalten', command: 'make stop', expected: 'alles steht', durationMinutes: 5 },
        {
          number: 2,
          title: 'Starten',
          command: 'make start',
          expected: '/health antwortet',
          onFailure: 'zurückrollen',
        },
      ],
    );
    assert.deepEqual(
      shown('#### 手順1：停止する\n\n```sh\nmake stop\n```\n\n- 期待結果：停止している\n- 所要時間：約3分\n'),
      [{ number: 1, title: '停止する', command: 'make stop', expected: '停止している', durationMinutes: 3 }],
    );
  });

  it('reads boxes whose items say what to expect, not those of a plain check-list', () => {
    assert.deepEqual(shown('- [ ] CI is green\n- [ ] Staging is deployed\n'), []);
    assert.deepEqual(
      shown('- [ ] **Migrate**\n  ```sh\n  make migrate\n  ```\n  - Expect: no pending ones\n'),
      [{ number: 1, title: 'Migrate', command: 'make migrate', expected: 'no pending ones' }],
    );
  });

  it('reads the rows of a table, in Markdown or HTML', () => {
    const rows = [
      {
        number: 4,
        title: 'Deploy',
        owner: '@ana',
        command: 'make deploy',
        expected: 'ok',
        durationMinutes: 10,
      },
    ];
    assert.deepEqual(
      shown(
        '| # | Step | Command | Expected result | Owner | Est. time |\n| - | - | - | - | - | - |\n| 4 | Deploy | `make deploy` | ok | @ana | 10 min |\n',
      ),
      rows,
    );
    assert.deepEqual(
      shown(
        '<table>\n<tr><th>#<th>Step<th>Command<th>Expected result<th>Owner<th>Duration</tr>\n<tr><td>4</td><td>Deploy</td><td><code>make deploy</code></td><td>ok</td><td>@ana</td><td>10&nbsp;min</td></tr>\n</table>\n',
      ),
      rows,
    );
    assert.deepEqual(shown('| Metric | Threshold |\n| - | - |\n| errors | 2 % |\n'), []);
  });

  it('reads labels in lines, tables and quotes of a step, and its command from its own line', () => {
    assert.deepEqual(
      shown(
        '1. Run `helm rollback api 0`\n   Expected: the revision before runs\n   Duration: 1 h 30 min\n2. **Tell** everybody\n\n   > **On failure** – call the lead\n\n   | Owner | Expected | Time |\n   | - | - | - |\n   | @ana | they know | 5–10 min |\n3. **Warten:** bis die Fehler zurückgehen\n',
      ),
      [
        {
          number: 1,
          title: 'Run helm rollback api 0',
          command: 'helm rollback api 0',
          expected: 'the revision before runs',
          durationMinutes: 90,
        },
        {
          number: 2,
          title: 'Tell everybody',
          owner: '@ana',
          expected: 'they know',
          onFailure: 'call the lead',
          durationMinutes: 10,
        },
        { number: 3, title: 'Warten', action: 'bis die Fehler zurückgehen' },
      ],
    );
  });

  it('reads code in tabs and below bullets, with where it stands', () => {
    const text = '1.\tStop\n\n\t\tmake stop\n\n2.\tStart\n\t- first\n\n\t  ```sh\n\t  make start\n\t  ```\n';
    const found = stepsIn(text);
    assert.deepEqual(
      found.map(({ step }) => step.command),
      ['make stop', 'make start'],
    );
    for (const { commandSpans } of found) {
      assert.match(text.slice(commandSpans[0]?.start, commandSpans[0]?.end), /make/);
    }
  });
});
