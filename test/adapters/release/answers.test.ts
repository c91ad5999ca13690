import assert from 'node:assert/strict';
import {
  appendFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import fc from 'fast-check';
import { answersEnd, appendAnswer, watchAnswers, type Heard } from '../../../src/adapters/release/answers';
import {
  answerLine,
  MAX_ANSWER_BYTES,
  readAnswerLine,
  type Said,
} from '../../../src/core/release/answer-lines';

const by = { name: 'Ada Example', via: 'panel' } as const;
const AT = new Date('2026-11-26T21:40:31Z');
const go = {
  kind: 'answer',
  answer: { question: 'summary', choice: 'proceed', text: 'production 2.4.0', by },
} as const satisfies Said;
const stop: Said = { kind: 'demand', demand: { what: 'abort', reason: 'wrong\nversion', by } };
const skip: Said = {
  kind: 'demand',
  demand: {
    what: 'skip-watch',
    phrase: 'skip production 2.4.0',
    reason: 'fire',
    by: { ...by, via: 'terminal' },
  },
};

async function until(isSo: () => boolean): Promise<void> {
  for (const begin = performance.now(); !isSo(); await new Promise((resolve) => setTimeout(resolve, 5)))
    assert.ok(performance.now() - begin < 10_000, 'never came');
}

describe('answers to a run', () => {
  let folder: string;
  let file: string;
  let heard: Heard[];
  let abort: AbortController;
  let done: Promise<void>;
  const listen = (offset = 0): void => {
    done = watchAnswers(file, offset, (each) => heard.push(each), abort.signal);
  };
  const said = (): Said[] => heard.flatMap((each) => (each.kind === 'said' ? [each.said] : []));
  const refused = (): string[] => heard.flatMap((each) => (each.kind === 'refused' ? [each.detail] : []));

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'release-gate-answers-'));
    file = path.join(folder, 'answers.jsonl');
    writeFileSync(file, '');
    heard = [];
    abort = new AbortController();
    done = Promise.resolve();
  });
  afterEach(async () => {
    abort.abort();
    await done;
    rmSync(folder, { recursive: true, force: true });
  });

  it('come to the run as they were given, in order, quickly', async () => {
    listen();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const begin = performance.now();
    for (const each of [go, stop, skip]) assert.deepEqual(await appendAnswer(file, each, AT), { ok: true });
    await until(() => heard.length === 3);
    assert.ok(performance.now() - begin < 1_000);
    assert.deepEqual(said(), [go, stop, skip]);
  });

  it('come whole from several faces at once, also behind a line that was torn', async () => {
    writeFileSync(file, '{"kind":"ans');
    listen();
    await Promise.all(
      Array.from({ length: 40 }, (_, index) => appendAnswer(file, index % 2 ? go : stop, AT)),
    );
    await until(() => said().length === 40);
    assert.deepEqual(refused(), ['is no line of JSON']);
  });

  it('that were given before are not heard by a process that goes on', async () => {
    await appendAnswer(file, stop, AT);
    listen(await answersEnd(file));
    await appendAnswer(file, go, AT);
    await until(() => heard.length > 0);
    assert.deepEqual(said(), [go]);
    assert.equal(await answersEnd(path.join(folder, 'none')), 0);
  });

  it('are not said twice by a file that an editor saved anew', async () => {
    await appendAnswer(file, stop, AT);
    listen();
    await until(() => heard.length === 1);
    writeFileSync(`${file}.new`, readFileSync(file));
    renameSync(`${file}.new`, file);
    await appendAnswer(file, go, AT);
    await until(() => said().length === 2);
    assert.deepEqual(
      heard.map(({ kind }) => kind),
      ['said', 'said'],
    );
    writeFileSync(file, `${JSON.stringify(stop)}\n`.repeat(20));
    await until(() => refused().length === 1);
    await appendAnswer(file, go, AT);
    await until(() => said().length === 3);
    assert.deepEqual(said(), [stop, go, go]);
  });

  it('that no face gave are told, and never obeyed', async () => {
    listen();
    const { answer } = go;
    const hostile: unknown[] = [
      null,
      [],
      {},
      { kind: 'answer' },
      { kind: 'order', order: answer },
      { kind: 'answer', answer: { ...answer, by: 'Ada' } },
      { kind: 'answer', answer: { ...answer, by: { name: 'Ada', via: 'model' } } },
      { kind: 'answer', answer: { ...answer, by: { name: 'Ada', via: 'file' } } },
      { kind: 'answer', answer: { ...answer, by: { name: ' ', via: 'panel' } } },
      { kind: 'answer', answer: { ...answer, text: 'x'.repeat(5_000) } },
      { kind: 'answer', answer: { ...answer, text: '\u001b[2Jproduction' } },
      { kind: 'answer', answer: { ...answer, text: '\u202eproduction' } },
      { kind: 'demand', demand: { what: 'deploy', reason: '', by } },
      { kind: 'demand', demand: { what: 'skip-watch', reason: 'no phrase', by } },
      { kind: 'demand', demand: { what: 'constructor', reason: '', by } },
    ];
    for (const line of hostile) appendFileSync(file, `${JSON.stringify(line)}\n`);
    appendFileSync(file, `\u0000\u0001\n${'y'.repeat(MAX_ANSWER_BYTES + 1)}\n\n`);
    await appendAnswer(file, go, AT);
    await until(() => said().length > 0);
    assert.deepEqual(said(), [go]);
    assert.equal(refused().length, hostile.length + 2);
    assert.ok(refused().every((detail) => !detail.includes('\u001b') && detail.length < 200));
  });

  it('that are rubbish without end are told a few times', async () => {
    listen();
    appendFileSync(file, 'rubbish\n'.repeat(10_000));
    await appendAnswer(file, go, AT);
    await until(() => said().length > 0);
    assert.equal(refused().length, 21);
  });

  it('carry nothing but what they have to', () => {
    const line = JSON.stringify({
      ...go,
      answer: { ...go.answer, isApproved: true },
    });
    assert.deepEqual(readAnswerLine(line), { ok: true, said: go });
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (reason) => {
        const made = answerLine(
          { kind: 'demand', demand: { what: 'vulnerable', reason, by } },
          AT.toISOString(),
        );
        if (!made.ok) return;
        assert.equal(made.line.indexOf('\n'), made.line.length - 1);
        const read = readAnswerLine(made.line.trimEnd());
        assert.ok(read.ok && read.said.kind === 'demand' && read.said.demand.reason === reason);
      }),
    );
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        readAnswerLine(JSON.stringify(value));
        readAnswerLine(JSON.stringify({ kind: 'answer', answer: value }));
        readAnswerLine(JSON.stringify({ kind: 'demand', demand: value }));
      }),
    );
  });

  it('are refused where they cannot be given', async () => {
    const long: Said = { kind: 'demand', demand: { what: 'abort', reason: 'x'.repeat(5_000), by } };
    assert.deepEqual(await appendAnswer(file, long, AT), {
      ok: false,
      detail: 'cannot be taken: demand.reason is longer than 4000 characters',
    });
    assert.equal((await appendAnswer(path.join(folder, 'gone.jsonl'), go, AT)).ok, false);
    symlinkSync(file, path.join(folder, 'link.jsonl'));
    assert.equal((await appendAnswer(path.join(folder, 'link.jsonl'), go, AT)).ok, false);
    assert.equal(readFileSync(file, 'utf8'), '');
  });
});
