import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createJournalFiles } from '../../../src/adapters/journal-files';
import { createShellParser } from '../../../src/adapters/shell-parser';
import { isJournalName, readJournal, type JournalEvent } from '../../../src/core/documents/journal';
import type { ShellParser } from '../../../src/core/ports';
import type { PageUpdate } from '../../../src/vscode/preview/page-messages';
import {
  createPreviewSession,
  type KeptValue,
  type PreviewSession,
  type RunQuestion,
} from '../../../src/vscode/preview/preview-session';
import { readPreview } from '../../../src/vscode/preview/read-preview';

const RUNBOOK = `---
kind: runbook
---

# Runbook: orders

## Parameters

| Name | Meaning | Example |
| --- | --- | --- |
| \`ENV\` | which environment | \`staging\` |
| \`VERSION\` | what is deployed | \`1.4.0\` |
| \`DB_PASSWORD\` | of the application's user | UNKNOWN(ask) |

## Rollback

1. **Go back**

   \`\`\`sh
   ./deploy.sh --rollback "\${ENV}"
   \`\`\`

## Deployment

1. **Migrate**

   \`\`\`sh
   psql "postgres://app:\${DB_PASSWORD}@db.\${ENV}" -f up.sql
   \`\`\`

   - **Duration:** 5 min
2. **Deploy**

   \`\`\`sh
   ./deploy.sh \${ENV} \\
     --version "\${VERSION}"
   \`\`\`

   \`\`\`sh
   ./deploy.sh UNKNOWN(which host)
   \`\`\`

   \`\`\`json
   {"answer": "\${VERSION}"}
   \`\`\`

   - **Duration:** 10 min

Look at \${NOTHING}:

\`\`\`sh
uptime
\`\`\`
`;

describe('a preview that is open', () => {
  let root: string;
  let parser: ShellParser;
  let updates: PageUpdate[];
  let memory: Readonly<Record<string, KeptValue>>;
  let questions: RunQuestion[];
  let ran: { readonly command: string; readonly secrets: ReadonlyMap<string, string> }[];
  let warnings: string[];
  let copied: string[];
  let isTrusted: boolean;
  let now: Date;
  let answer: (question: RunQuestion) => boolean | Promise<boolean>;
  let end: (code: number | null) => void;
  let noShell: string | null;

  before(async () => {
    parser = await createShellParser();
  });
  beforeEach(() => {
    root = mkdtempSync(path.join(tmpdir(), 'release-gate-session-'));
    updates = [];
    memory = {};
    questions = [];
    ran = [];
    warnings = [];
    copied = [];
    isTrusted = true;
    noShell = null;
    now = new Date('2026-11-26T14:03:12.345Z');
    answer = () => true;
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  const open = async (text = RUNBOOK, hasJournal = true): Promise<PreviewSession> => {
    const session = createPreviewSession({
      uri: 'file:///repository/docs/ops/RUNBOOK.md',
      isTrusted: () => isTrusted,
      now: () => now,
      post: (update) => updates.push(update),
      copy: async (each) => void copied.push(each),
      open: async () => undefined,
      warn: (message) => warnings.push(message),
      confirm: async (question) => {
        questions.push(question);
        return answer(question);
      },
      who: async () => 'Ana',
      isProduction: async (environment) => environment === 'production',
      parser,
      journal: hasJournal ? createJournalFiles(root, 'docs/ops/RUNBOOK.journal', isJournalName) : null,
      terminal: {
        whyNot: () => noShell,
        run: async (command, secrets) => {
          ran.push({ command, secrets });
          return { ended: new Promise((resolve) => (end = resolve)) };
        },
      },
      memory: {
        load: () => memory,
        save: (values) => {
          memory = values;
        },
      },
    });
    session.show(readPreview('docs/ops/RUNBOOK.md', text, []));
    await session.receive({ type: 'ready' });
    await session.reload();
    return session;
  };
  const last = <T extends PageUpdate['type']>(type: T): Extract<PageUpdate, { type: T }> =>
    updates.findLast((update): update is Extract<PageUpdate, { type: T }> => update.type === type) ??
    assert.fail(`no ${type}`);
  const command = (id: string) => last('commands').commands.find((each) => each.id === id) ?? assert.fail(id);
  const step = (id: string) => last('run').steps.find((each) => each.id === id) ?? assert.fail(id);
  const parameter = (name: string) =>
    last('parameters').entries.find((each) => each.name === name) ?? assert.fail(name);
  const journals = (): readonly string[] => {
    try {
      return readdirSync(path.join(root, 'docs/ops/RUNBOOK.journal'));
    } catch {
      return [];
    }
  };
  const journalText = (): string =>
    journals()
      .map((name) => readFileSync(path.join(root, 'docs/ops/RUNBOOK.journal', name), 'utf8'))
      .join('');
  const events = (): readonly JournalEvent[] => readJournal(journalText()).events;
  const fillIn = async (session: PreviewSession, values: Readonly<Record<string, string>>): Promise<void> => {
    for (const [name, value] of Object.entries(values)) {
      await session.receive({ type: 'parameter', name, value });
    }
  };

  it('shows each value in every command, and copies what it shows', async () => {
    const session = await open();
    assert.match(command('command-1').html, /<mark class="unfilled">\$\{ENV\}<\/mark>/);
    await fillIn(session, { ENV: 'qa two', VERSION: '1.5.0' });
    assert.equal(command('command-1').html, './deploy.sh --rollback "qa two"');
    assert.equal(command('command-3').html, './deploy.sh \'qa two\' \\\n  --version "1.5.0"');
    await session.receive({ type: 'copy', command: 'command-3' });
    assert.deepEqual(copied, ['./deploy.sh \'qa two\' \\\n  --version "1.5.0"']);
    // What is no shell stays as it is.
    assert.match(command('command-5').html, /\$\{VERSION\}/);
    assert.equal(command('command-5').isOffered, false);
  });

  it('keeps values for the workspace, and says when one is old', async () => {
    await fillIn(await open(), { ENV: 'staging' });
    assert.deepEqual(memory, { ENV: { value: 'staging', at: now.toISOString() } });
    now = new Date('2026-12-03T02:00:00Z');
    await open();
    assert.equal(parameter('ENV').value, 'staging');
    assert.match(parameter('ENV').says, /filled 2026-11-26 14:03 UTC: check that it still holds/);
    assert.equal(last('parameters').note, '2 of 3 not filled: VERSION, DB_PASSWORD.');
  });

  it('keeps a secret nowhere and writes it into no command', async () => {
    const session = await open();
    const secret = 'pa55 "word';
    await fillIn(session, { ENV: 'staging', DB_PASSWORD: secret });
    assert.deepEqual([parameter('DB_PASSWORD').isSecret, parameter('DB_PASSWORD').isFilled], [true, true]);
    assert.equal(command('command-2').html, 'psql "postgres://app:${DB_PASSWORD}@db.staging" -f up.sql');
    assert.equal(command('command-2').canRun, true);
    await session.receive({ type: 'run', command: 'command-2' });
    assert.deepEqual(ran, [
      {
        command: 'psql "postgres://app:${DB_PASSWORD}@db.staging" -f up.sql',
        secrets: new Map([['DB_PASSWORD', secret]]),
      },
    ]);
    assert.match(questions[0]?.detail ?? '', /From the terminal's environment, not shown: DB_PASSWORD/);
    const everywhere = JSON.stringify([updates, memory, questions, journalText(), copied, warnings]);
    assert.ok(!everywhere.includes('pa55'), everywhere);
    assert.deepEqual(
      events().flatMap((event) => ('hidden' in event ? [event.hidden] : [])),
      [['DB_PASSWORD'], ['DB_PASSWORD']],
    );
    await open();
    assert.equal(parameter('DB_PASSWORD').isFilled, false);
  });

  it('treats a value that has the shape of a secret as one, whatever its name', async () => {
    const session = await open();
    const token = `ghp_${'a1B2'.repeat(9)}`;
    await fillIn(session, { VERSION: token });
    assert.equal(parameter('VERSION').isSecret, true);
    assert.ok(!JSON.stringify([updates, memory]).includes(token));
  });

  it('takes no value that holds what cannot be seen', async () => {
    const session = await open();
    await fillIn(session, { ENV: 'a\nb', VERSION: '1\u202e0' });
    assert.equal(warnings.length, 2);
    assert.deepEqual(memory, {});
  });

  it('runs nothing that is not filled, unknown, not of a step, or not shell', async () => {
    const session = await open();
    assert.deepEqual(
      [command('command-3').canRun, command('command-3').why],
      [false, 'Cannot run: not filled: ENV, VERSION'],
    );
    assert.deepEqual(
      [command('command-4').canRun, command('command-4').why],
      [false, 'Cannot run: still open: UNKNOWN(which host)'],
    );
    assert.equal(command('command-6').isOffered, false);
    await fillIn(session, { ENV: 'staging', VERSION: '1' });
    for (const id of ['command-4', 'command-5', 'command-6', 'command-7', 'rm -rf /']) {
      await session.receive({ type: 'run', command: id });
    }
    assert.deepEqual([questions, ran, journals()], [[], [], []]);
  });

  it('asks with the exact command and the environment by name, and runs that', async () => {
    const session = await open();
    await fillIn(session, { ENV: 'production', VERSION: '1.5.0' });
    assert.equal(last('parameters').environment, 'production');
    await session.receive({ type: 'run', command: 'command-3' });
    assert.deepEqual(questions, [
      {
        message: 'Run this command of step 2, "Deploy", in the terminal?',
        detail: [
          'docs/ops/RUNBOOK.md, Deployment, step 2, command 1 of 3',
          'Environment: production (PRODUCTION)',
          '',
          './deploy.sh production \\\n  --version "1.5.0"',
        ].join('\n'),
        action: 'Run in Terminal',
      },
    ]);
    assert.deepEqual(
      ran.map((each) => each.command),
      ['./deploy.sh production \\\n  --version "1.5.0"'],
    );
    assert.deepEqual(
      events().map(({ event }) => event),
      ['started', 'ran'],
    );
    end(0);
    await session.reload();
    await session.reload();
    assert.deepEqual(
      events().map(({ event }) => event),
      ['started', 'ran', 'ended'],
    );
    assert.match(step('deployment-2').says, /Command 1 run 14:03 UTC, ended 14:03 UTC with 0\./);
    // Nothing follows by itself, and nothing ticks itself.
    assert.deepEqual([ran.length, step('deployment-2').isTicked], [1, false]);
  });

  it('runs what was confirmed, though the document changes meanwhile', async () => {
    const session = await open();
    await fillIn(session, { ENV: 'staging', VERSION: '1' });
    answer = async () => {
      session.show(readPreview('docs/ops/RUNBOOK.md', RUNBOOK.replaceAll('./deploy.sh', 'rm -rf'), []));
      await session.receive({ type: 'run', command: 'command-1' });
      return true;
    };
    await session.receive({ type: 'run', command: 'command-1' });
    assert.deepEqual(
      ran.map((each) => each.command),
      ['./deploy.sh --rollback "staging"'],
    );
    assert.equal(questions.length, 1);
  });

  it('runs nothing without the word of a person', async () => {
    const session = await open();
    await fillIn(session, { ENV: 'staging', VERSION: '1' });
    answer = () => false;
    await session.receive({ type: 'run', command: 'command-3' });
    answer = () => {
      throw new Error('dialogs are refused');
    };
    await assert.rejects(session.receive({ type: 'run', command: 'command-3' }));
    answer = () => {
      isTrusted = false;
      return true;
    };
    await session.receive({ type: 'run', command: 'command-3' });
    assert.deepEqual([questions.length, ran, journals()], [3, [], []]);
  });

  it('has no button and refuses the message in an untrusted workspace, and records nothing', async () => {
    isTrusted = false;
    const session = await open();
    await fillIn(session, { ENV: 'staging', VERSION: '1' });
    assert.ok(last('commands').commands.every(({ isOffered, canRun }) => !isOffered && !canRun));
    await session.receive({ type: 'run', command: 'command-1' });
    await session.receive({ type: 'tick', step: 'deployment-1', isTicked: true });
    await session.receive({ type: 'begin' });
    assert.deepEqual([questions, ran, journals()], [[], [], []]);
    assert.match(last('run').whyNot, /Restricted Mode/);
    assert.equal(warnings.length, 3);
  });

  it('runs nothing in a shell that would read it otherwise, and nothing that it could not record', async () => {
    noShell = "the terminal's shell is pwsh";
    const session = await open();
    await fillIn(session, { ENV: 'staging', VERSION: '1' });
    assert.equal(command('command-3').why, "Cannot run: the terminal's shell is pwsh");
    await session.receive({ type: 'run', command: 'command-3' });
    noShell = null;
    const proposed = await open(RUNBOOK, false);
    await fillIn(proposed, { ENV: 'staging', VERSION: '1' });
    await proposed.receive({ type: 'run', command: 'command-3' });
    assert.deepEqual([questions, ran], [[], []]);
    assert.match(last('run').whyNot, /no file of the repository yet/);
  });

  it('keeps ticks with their time beside the runbook, and has them again after a restart', async () => {
    const session = await open();
    await fillIn(session, { ENV: 'staging' });
    await session.receive({ type: 'tick', step: 'deployment-1', isTicked: true });
    now = new Date('2026-11-26T14:10:00Z');
    await session.receive({ type: 'tick', step: 'rollback-1', isTicked: true });
    await session.receive({ type: 'tick', step: 'rollback-1', isTicked: true });
    await session.receive({ type: 'tick', step: 'rollback-1', isTicked: false });
    assert.deepEqual(journals(), ['2026-11-26T140312Z.jsonl']);
    assert.deepEqual(
      events().map(({ event }) => event),
      ['started', 'ticked', 'ticked', 'unticked'],
    );
    const [start, first] = events();
    assert.ok(start?.event === 'started' && first?.event === 'ticked');
    assert.deepEqual(
      [start.document, start.title, start.by],
      ['docs/ops/RUNBOOK.md', 'Runbook: orders', 'Ana'],
    );
    assert.deepEqual(
      [first.at, first.step.number, first.parameters],
      ['2026-11-26T14:03:12.345Z', 1, { ENV: 'staging' }],
    );
    await open();
    assert.deepEqual([step('deployment-1').isTicked, step('rollback-1').isTicked], [true, false]);
    assert.match(step('deployment-1').says, /^Ticked 14:03 UTC by Ana\./);
    assert.equal(last('run').isUnderWay, true);
  });

  it('says that a step has changed since, and takes its tick back by what was ticked', async () => {
    const session = await open();
    await session.receive({ type: 'tick', step: 'deployment-1', isTicked: true });
    session.show(readPreview('docs/ops/RUNBOOK.md', RUNBOOK.replace('-f up.sql', '-f down.sql'), []));
    assert.deepEqual([step('deployment-1').isTicked, step('deployment-1').isChanged], [true, true]);
    await session.receive({ type: 'tick', step: 'deployment-1', isTicked: false });
    assert.equal(step('deployment-1').isTicked, false);
  });

  it('finishes a run, and begins another in a file of its own', async () => {
    const session = await open();
    await session.receive({ type: 'begin' });
    await session.receive({ type: 'begin' });
    await session.receive({ type: 'tick', step: 'deployment-1', isTicked: true });
    await session.receive({ type: 'finish' });
    await session.receive({ type: 'finish' });
    assert.deepEqual([last('run').isUnderWay, step('deployment-1').isTicked], [false, false]);
    now = new Date('2026-11-26T15:00:00Z');
    await session.receive({ type: 'begin' });
    assert.deepEqual(journals(), ['2026-11-26T140312Z.jsonl', '2026-11-26T150000Z.jsonl']);
    assert.equal(last('run').isUnderWay, true);
  });

  it('sends of an edit only the blocks that differ, and of a tick none', async () => {
    const session = await open();
    updates = [];
    await session.receive({ type: 'tick', step: 'deployment-1', isTicked: true });
    assert.deepEqual([...new Set(updates.map(({ type }) => type))], ['run']);
    session.show(readPreview('docs/ops/RUNBOOK.md', RUNBOOK.replace('Look at', 'Look hard at'), []));
    const { from, removed, parts } = last('content');
    assert.deepEqual([removed, parts.length], [1, 1]);
    assert.match(parts[0] ?? '', /Look hard at/);
    assert.ok(from > 0);
  });

  it('takes nothing but the messages of its page', async () => {
    const session = await open();
    updates = [];
    for (const message of [
      null,
      'run',
      { type: 'run' },
      { type: 'run', command: ['command-3'] },
      { type: 'tick', step: 'deployment-1', isTicked: 'yes' },
      { type: 'tick', step: 'nowhere-1', isTicked: true },
      { type: 'tick', step: 'deployment-1', isTicked: false },
      { type: 'parameter', name: '__proto__', value: 'x' },
      { type: 'parameter', name: 'UNHEARD_OF', value: 'x' },
      { type: 'parameter', name: 'ENV', value: 'x'.repeat(5_000) },
      { type: 'exec', command: 'rm -rf /' },
    ]) {
      await session.receive(message);
    }
    assert.deepEqual([memory, ran, questions, journals()], [{}, [], [], []]);
  });
});
