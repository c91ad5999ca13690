import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createJournalFiles, type JournalFiles } from '../../src/adapters/journal-files';
import { isJournalName } from '../../src/core/documents/journal';

const NAME = '2026-11-26T140312Z.jsonl';

describe('journal files', () => {
  let root: string;
  let journals: JournalFiles;
  const textOf = (file: string): string => readFileSync(path.join(root, file), 'utf8');

  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'release-gate-journal-'));
    journals = createJournalFiles(root, 'docs/ops/RUNBOOK.journal', isJournalName);
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  it('begins a file, puts lines behind it, and finds it as the last', async () => {
    assert.equal(await journals.latest(), null);
    const begun = await journals.begin(NAME, '{"a":1}\n');
    assert.deepEqual(begun, { ok: true, path: `docs/ops/RUNBOOK.journal/${NAME}` });
    await journals.append(`docs/ops/RUNBOOK.journal/${NAME}`, '{"b":2}\n');
    assert.deepEqual(await journals.latest(), {
      ok: true,
      path: `docs/ops/RUNBOOK.journal/${NAME}`,
      text: '{"a":1}\n{"b":2}\n',
    });
  });

  it('never touches a journal that is there when a run begins', async () => {
    for (let count = 0; count < 11; count++) await journals.begin(NAME, `${count}\n`);
    assert.equal(textOf(`docs/ops/RUNBOOK.journal/${NAME}`), '0\n');
    const latest = await journals.latest();
    assert.ok(latest?.ok);
    assert.equal(latest.path, 'docs/ops/RUNBOOK.journal/2026-11-26T140312Z-11.jsonl');
    writeFileSync(path.join(root, 'docs/ops/RUNBOOK.journal/zz-notes.jsonl'), 'x');
    assert.deepEqual(await journals.latest(), latest);
  });

  it('begins a line of its own behind one that was torn', async () => {
    await journals.begin(NAME, '{"a":1}\n{"b"');
    await journals.append(`docs/ops/RUNBOOK.journal/${NAME}`, '{"c":3}\n');
    assert.equal(textOf(`docs/ops/RUNBOOK.journal/${NAME}`), '{"a":1}\n{"b"\n{"c":3}\n');
  });

  it('writes nothing outside the repository, into .git or through a link', async () => {
    const outside = mkdtempSync(path.join(tmpdir(), 'release-gate-outside-'));
    try {
      mkdirSync(path.join(root, 'docs'));
      symlinkSync(outside, path.join(root, 'docs/ops'));
      const begun = await journals.begin(NAME, 'x\n');
      assert.ok(!begun.ok);
      assert.match(begun.detail, /goes through the symbolic link docs\/ops/);
      assert.equal(existsSync(path.join(outside, 'RUNBOOK.journal')), false);
      for (const folder of ['../elsewhere', '.git/RUNBOOK.journal', '/tmp']) {
        assert.equal(
          (await createJournalFiles(root, folder, isJournalName).begin(NAME, 'x\n')).ok,
          false,
          folder,
        );
      }
      writeFileSync(path.join(outside, 'target.jsonl'), '');
      symlinkSync(path.join(outside, 'target.jsonl'), path.join(root, NAME));
      assert.equal((await journals.append(NAME, 'x\n')).ok, false);
      assert.equal(readFileSync(path.join(outside, 'target.jsonl'), 'utf8'), '');
    } finally {
      rmSync(outside, { recursive: true, force: true });
    }
  });

  it('says that a journal is gone rather than begin another', async () => {
    const outcome = await journals.append(`docs/ops/RUNBOOK.journal/${NAME}`, 'x\n');
    assert.deepEqual(outcome, { ok: false, detail: `docs/ops/RUNBOOK.journal/${NAME} is gone` });
  });
});
