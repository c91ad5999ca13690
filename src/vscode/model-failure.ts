import type { DraftAnswer } from '../core/ports';

/**
 * What a model's error means for the person. Codes: `LanguageModelError` of the VS Code API (`NoPermissions`, `Blocked`,
 * `NotFound`); everything else is a failure with its first line, since providers name theirs as they like.
 */
export function modelFailure(error: unknown, isCancelled: boolean): Extract<DraftAnswer, { ok: false }> {
  const message = error instanceof Error ? error.message : String(error);
  const detail = (message.split(/[\r\n]/, 1)[0] ?? '').slice(0, 300);
  if (isCancelled || (error instanceof Error && error.name === 'Canceled')) {
    return { ok: false, reason: 'cancelled', detail: '' };
  }
  const code = error instanceof Error && 'code' in error ? error.code : null;
  switch (code) {
    case 'NoPermissions':
      return { ok: false, reason: 'no-consent', detail };
    case 'NotFound':
      return { ok: false, reason: 'no-model', detail };
    case 'Blocked':
      return { ok: false, reason: 'refused', detail };
    default:
      return { ok: false, reason: 'failed', detail };
  }
}

/** What a free-form answer says instead, where the model gave none. */
export function modelSentence(failure: Extract<DraftAnswer, { ok: false }>): string {
  const because = failure.detail === '' ? '' : ` (${failure.detail})`;
  const instead = 'The commands work without it: type `/` to see them.';
  switch (failure.reason) {
    case 'no-model':
      return `There is no language model to answer with${because}. ${instead}`;
    case 'no-consent':
      return `Release Gate may not use the language model${because}. Allow it and ask again. ${instead}`;
    case 'refused':
      return `The language model refused to answer${because}. ${instead}`;
    case 'failed':
      return `The language model failed${because}. Ask again, or pick another model. ${instead}`;
    case 'cancelled':
      return '';
  }
}
