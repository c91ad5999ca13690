import { unwrapCommand } from '../../shell/wrappers';
import type { Step } from '../model';
import { nameOfAction } from './actions';

/** Commands that make a preview unless an option says otherwise, by their first words, with that option. */
const PREVIEW_COMMANDS: readonly (readonly [command: RegExp, otherwise: RegExp])[] = [
  [/^(vercel|now) deploy$/, /^--(prod|target)/],
  [/^netlify deploy$/, /^(--prod|-p$)/],
];

/** Options of these commands whose next word is their value. */
const TAKES_VALUE =
  /^(--(token|scope|cwd|env|build-env|meta|regions|local-config|auth|site|dir|alias|message|functions|filter)|-[tSAQebmsd])$/;

/** Actions that do, with the inputs that say otherwise and what they hold then. */
const PREVIEW_ACTIONS: readonly (readonly [action: string, otherwise: Readonly<Record<string, RegExp>>])[] = [
  ['amondnet/vercel-action', { 'vercel-args': /--prod|--target|\$/ }],
  ['nwtgck/actions-netlify', { 'production-branch': /./, 'production-deploy': /true|\$/ }],
  ['firebaseextended/action-hosting-deploy', { channelid: /live|\$/i }],
];

/** Whether a command deploys a preview: that is what its platform makes of it (Definition 1). */
export function isPreviewCommand(words: readonly string[]): boolean {
  const command = unwrapCommand(words);
  const row = PREVIEW_COMMANDS.find(([pattern]) => pattern.test(command.slice(0, 2).join(' ')));
  if (!row) return false;
  const [, otherwise] = row;
  return !command.some(
    (word, index) =>
      otherwise.test(word) ||
      // Options that a variable holds may be any.
      (word.startsWith('$') && !TAKES_VALUE.test(command[index - 1] ?? '')),
  );
}

/** Whether an action does. */
export function isPreviewAction(step: Step): boolean {
  const name = nameOfAction(step.uses?.value ?? '');
  const row = PREVIEW_ACTIONS.find(([action]) => action === name);
  if (!row) return false;
  const [, otherwise] = row;
  return !step.with.some((entry) => otherwise[entry.name.value.toLowerCase()]?.test(entry.value.text));
}
