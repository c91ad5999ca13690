import assert from 'node:assert/strict';
import {
  readDocumentTimes,
  type SaidDuration,
} from '../../../../../src/core/tasks/release/preflight/document-times';

function said(duration: SaidDuration): number | string {
  return duration.kind === 'said' ? duration.ms / 1000 : duration.kind;
}

function windowOf(text: string, environment = 'production', isProduction = true): number | string {
  return said(readDocumentTimes(text, environment, isProduction).window);
}

function idleOf(text: string): number | string {
  return said(readDocumentTimes(text, 'production', true).idle);
}

describe('the times that a document on deployments says', () => {
  it('are read from a plain line', () => {
    assert.equal(windowOf('# D\n\nWatch window: 60 minutes\n'), 3600);
    assert.equal(windowOf('- **Watch window:** 45 min\n'), 2700);
    assert.equal(windowOf('The observation period is 2 hours.\n'), 7200);
    assert.equal(idleOf('Idle limit: 5 minutes\n'), 300);
    assert.equal(idleOf('- Idle timeout: 90s\n'), 90);
  });

  it('are those of the environment', () => {
    const sentence = 'The watch window is 15 minutes in staging and 60 minutes in production.\n';
    assert.equal(windowOf(sentence), 3600);
    assert.equal(windowOf(sentence, 'staging', false), 900);
    const table =
      '| Setting | Staging | Production |\n| --- | --- | --- |\n| Watch window | 10 min | 30 min |\n';
    assert.equal(windowOf(table), 1800);
    assert.equal(windowOf(table, 'staging', false), 600);
    const headed = '## Staging\n\nWatch window: 5 minutes\n\n## Production\n\nWatch window: 50 minutes\n';
    assert.equal(windowOf(headed), 3000);
    assert.equal(windowOf(headed, 'staging', false), 300);
    assert.equal(windowOf('Watch window (staging): 15 minutes\n'), 'not-said');
    const row =
      '| Environment | Watch window |\n| --- | --- |\n| staging | 5 minutes |\n| production | 20 minutes |\n';
    assert.equal(windowOf(row), 1200);
  });

  it('are not taken where two differ, or where the line hedges', () => {
    assert.equal(windowOf('Watch window: 60 minutes\n\nThe watch window is 30 minutes.\n'), 'ambiguous');
    assert.equal(windowOf('The watch window is at least 30 minutes.\n'), 'ambiguous');
    assert.equal(windowOf('Watch window: 30 to 60 minutes\n'), 'ambiguous');
    assert.equal(windowOf('We extend the watch window by 30 minutes if in doubt.\n'), 'ambiguous');
    assert.equal(windowOf('Watch window: UNKNOWN(minutes)\n'), 'not-said');
  });

  it('are not those of something else', () => {
    assert.equal(windowOf('The mini watch window after a rollback is 5 minutes.\n'), 'not-said');
    assert.equal(windowOf('Change window: 09:00 to 16:00\n'), 'not-said');
    assert.equal(windowOf('```sh\n# Watch window: 60 minutes\n```\n'), 'not-said');
    assert.equal(idleOf('The idle pool holds 5 minutes of work.\n'), 'not-said');
    assert.equal(idleOf('A deployment that says nothing for five minutes hangs.\n'), 'not-said');
  });
});
