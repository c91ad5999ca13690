import { unwrapCommand } from '../../../shell/wrappers';
import { actionOf } from '../../../workflow/credential-uses';
import type { Job, NamedScalar, Step, Workflow } from '../../../workflow/model';
import type { StepCommand } from '../../../workflow/understanding';

/** One command of a job, with the variables that the workflow itself sets put in. */
export interface JobCommand {
  readonly words: readonly string[];
  readonly line: string;
  /** The value of an option, `--name value` or `--name=value`; null where it is left out or not told. */
  readonly option: (...names: readonly string[]) => string | null;
  readonly has: (...names: readonly string[]) => boolean;
}

/** One action of a job, likewise. */
export interface JobAction {
  readonly action: string;
  /** Null for an input that is left out, or that no file tells. */
  readonly input: (name: string) => string | null;
  readonly names: readonly string[];
}

/** What a job does, as words; every value that is not null can stand in shell, JSON and HCL as it is. */
export interface JobWords {
  readonly commands: readonly JobCommand[];
  readonly actions: readonly JobAction[];
  /** How the job is called in a placeholder. */
  readonly where: string;
}

/** Values that mean nothing to a shell, JSON, HCL or YAML. */
const PLAIN = /^[\w./:@=+,*~-]+$/;

/** More commands than this say nothing new. */
const MAX_COMMANDS = 2_000;

/** Reads what a job does; `commands` are those of its scripts. */
export function wordsOf(workflow: Workflow, job: Job, commands: readonly StepCommand[]): JobWords {
  return {
    where: `job ${plainName(job.id.value)} in ${plainName(workflow.path)}`,
    commands: commands.slice(0, MAX_COMMANDS).map((command) => {
      const scope = [...command.step.env, ...job.env, ...workflow.env];
      const words = unwrapCommand(command.words).map((word) => filled(word, scope));
      return commandOf(words);
    }),
    actions: job.steps.flatMap((step) => actionOfStep(step, [...step.env, ...job.env, ...workflow.env])),
  };
}

function commandOf(words: readonly string[]): JobCommand {
  return {
    words,
    line: words.join(' '),
    has: (...names) =>
      words.some((word) => names.some((name) => word === name || word.startsWith(`${name}=`))),
    option: (...names) => {
      for (const [index, word] of words.entries()) {
        for (const name of names) {
          if (word === name) return known(words[index + 1] ?? '');
          if (word.startsWith(`${name}=`)) return known(word.slice(name.length + 1));
        }
      }
      return null;
    },
  };
}

function actionOfStep(step: Step, scope: readonly NamedScalar[]): readonly JobAction[] {
  const action = actionOf(step);
  if (action === null) return [];
  return [
    {
      action,
      names: step.with.map(({ name }) => name.value.toLowerCase()),
      input: (name) => {
        const entry = step.with.find((other) => other.name.value.toLowerCase() === name);
        return entry ? known(filled(entry.value.text.trim(), scope)) : null;
      },
    },
  ];
}

/** A value that is surely just itself; null for one that something else fills in. */
export function known(text: string): string | null {
  return text.length <= 300 && PLAIN.test(text) ? text : null;
}

/** What can stand in a placeholder. */
export function plainName(text: string): string {
  return text.replace(/[^\w./*-]/g, '_').slice(0, 100);
}

/** `${{ env.NAME }}`, `$NAME` and `${NAME}` replaced by what the workflow sets, where that is plain. */
function filled(text: string, scope: readonly NamedScalar[]): string {
  const valueOf = (name: string): string | null => {
    const value = scope.find((entry) => entry.name.value === name)?.value.text.trim();
    return value !== undefined && PLAIN.test(value) ? value : null;
  };
  return text
    .replace(/\$\{\{\s*env\s*\.\s*([\w-]+)\s*\}\}/g, (whole, name: string) => valueOf(name) ?? whole)
    .replace(
      /\$\{([A-Za-z_]\w*)\}|\$([A-Za-z_]\w*)/g,
      (whole, braced?: string, bare?: string) => valueOf(braced ?? bare ?? '') ?? whole,
    );
}
