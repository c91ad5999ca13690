import { codeFence, markdownText, NOTHING, plainCommand } from './write';

/** One step that somebody carries out; its number is its place in the list, from 1. Texts are of one line. */
export interface Step {
  /** Not empty. */
  readonly title: string;
  readonly owner: string;
  /** Shell, possibly of several lines, with `${ENV}` and `${VERSION}`; '' where the step is done by hand. */
  readonly command: string;
  /** What is done, where no command does it; '' otherwise. */
  readonly action: string;
  readonly expected: string;
  /** Minutes; null where nothing tells. */
  readonly durationMinutes: number | null;
}

/** A step of a runbook: it also says what to do when it fails. */
export interface RunbookStep extends Step {
  readonly onFailure: string;
  /** By what somebody else can see that it worked: not empty, and left out where nothing says it. */
  readonly verifiedBy?: string;
}

/** A step of a procedure whose time nobody plans by: it has neither an owner of its own nor a duration. */
export type UntimedStep = Omit<RunbookStep, 'owner' | 'durationMinutes'>;

/** What stands for a duration that nothing tells. */
export const UNKNOWN_DURATION = 'UNKNOWN(minutes)';

/** A numbered list: title, command as a fenced block, then what to expect, how long it takes, what to do on failure. */
export function markdownSteps(steps: readonly (Step | RunbookStep | UntimedStep)[]): string {
  if (steps.length === 0) return NOTHING;
  return steps.map((step, index) => markdownStep(step, index + 1)).join('\n\n');
}

function markdownStep(step: Step | RunbookStep | UntimedStep, number: number): string {
  const marker = `${number}. `;
  const bullets = [
    ['Owner', 'owner' in step ? step.owner : ''],
    ['Action', step.action],
    ['Expected', step.expected],
    ['Verified by', 'verifiedBy' in step ? (step.verifiedBy ?? '') : ''],
    ['Duration', 'durationMinutes' in step ? durationText(step.durationMinutes) : ''],
    ['On failure', 'onFailure' in step ? step.onFailure : ''],
  ]
    .filter(([, value]) => value !== '')
    .map(
      ([label = '', value = '']) =>
        `${' '.repeat(marker.length)}- **${label}:** ${markdownText(value, false)}`,
    );
  const command = plainCommand(step.command);
  return [
    `${marker}**${markdownText(step.title, false)}**`,
    ...(command === '' ? [] : [codeFence(command, marker.length)]),
    bullets.join('\n'),
  ].join('\n\n');
}

function durationText(minutes: number | null): string {
  return minutes === null ? UNKNOWN_DURATION : `${minutes} min`;
}
