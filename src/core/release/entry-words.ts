import type { Effect, ReleaseEvent } from './events';
import { verdictInWords, type Actor, type ScriptOutcome } from './run';
import type { Sample } from './watch/samples';
import { durationInWords } from './words';

/**
 * A line of a journal in words: a clause without full stop that begins with a capital. Null for lines that say nothing to
 * a person (that the next poll is waited for).
 */
export function entryInWords(entry: ReleaseEvent | Effect): string | null {
  return 'event' in entry ? eventInWords(entry) : effectInWords(entry);
}

function eventInWords(event: ReleaseEvent): string {
  switch (event.event) {
    case 'started':
      return `Begun by ${event.run.startedBy.name}: ${event.run.mode} of ${event.run.version} on ${event.run.environment}`;
    case 'locked':
      return event.isHeld
        ? `The environment is locked: ${event.detail}`
        : `The environment cannot be locked: ${event.detail}`;
    case 'gate-judged':
      return event.gate.isGo ? 'The pre-release gate says go' : 'The pre-release gate says no-go';
    case 'baseline-taken':
      return `Baseline ${event.isComplete ? 'taken' : 'incomplete'}: ${event.detail}`;
    case 'answered':
      return `${actorInWords(event.answer.by)} answered ${event.answer.question} with "${event.answer.choice}"${withText(event.answer.text)}`;
    case 'answer-refused':
      return `The answer "${event.answer.choice}" of ${actorInWords(event.answer.by)} was refused: it ${event.why}`;
    case 'demanded':
      return `${actorInWords(event.demand.by)} demanded "${event.demand.what}"${withText(event.demand.reason)}`;
    case 'answer-expired':
      return `Nobody answered ${event.question} in time`;
    case 'process-started':
      return `The script ${wayInWords(event.direction)} runs as process ${event.pid}`;
    case 'script-ended':
      return `The script ${wayInWords(event.direction)} ${outcomeInWords(event.outcome)}`;
    case 'smoke-ended': {
      const { cases, isPassed, detail } = event.outcome;
      const passed = cases.filter(({ outcome }) => outcome === 'passed').length;
      return `Smoke tests ${isPassed ? 'passed' : 'failed'}: ${passed} of ${cases.length} cases${withText(detail)}`;
    }
    case 'polled': {
      const samples = Object.entries(event.poll.samples).map(
        ([metric, sample]) => `${metric} ${sampleInWords(sample)}`,
      );
      return `Poll ${event.poll.number}: ${samples.join(', ')}`;
    }
    case 'vulnerability-found':
      return `A vulnerability was found: ${event.detail}`;
    case 'declared':
      return `Verdict ${verdictInWords(event.verdict)}: ${event.verdict.reason}`;
    case 'followed-up':
      return `${event.outcome.what} ${event.outcome.isDone ? 'done' : 'is owed'}${withText(event.outcome.detail)}`;
    case 'resumed':
      return `${actorInWords(event.by)} went on with the run after its process was gone${withText(event.detail)}`;
    case 'ended':
      return 'The run is over';
    default:
      return event satisfies never;
  }
}

function effectInWords(effect: Effect): string | null {
  switch (effect.effect) {
    case 'lock':
      return 'Locks the environment';
    case 'judge-gate':
      return 'Judges the pre-release gate';
    case 'take-baseline':
      return 'Takes the baseline';
    case 'run-script':
      return `Begins the script ${wayInWords(effect.direction)} (${effect.name}), arguments: ${effect.arguments.join(' ') || 'none'}`;
    case 'end-script':
      return 'Ends the script that runs';
    case 'smoke':
      return 'Runs the smoke tests';
    case 'declare':
      return `Declares ${verdictInWords(effect.verdict)}`;
    case 'poll':
    case 'expire':
    case 'follow-up':
    case 'end':
      return null;
    default:
      return effect satisfies never;
  }
}

function actorInWords({ name, via }: Actor): string {
  return via === 'file' ? `${name}, by a file,` : `${name} (${via})`;
}

function wayInWords(direction: 'forward' | 'back'): string {
  return direction === 'forward' ? 'that deploys' : 'that goes back';
}

function outcomeInWords({ how, exitCode, signal, tookMs, detail }: ScriptOutcome): string {
  const after = ` after ${durationInWords(tookMs)}`;
  switch (how) {
    case 'exited':
      return exitCode === null
        ? `was ended by ${signal ?? 'a signal'}${after}`
        : `ended with status ${exitCode}${after}`;
    case 'hung':
      return `hung and was ended${after}`;
    case 'over-limit':
      return `took longer than it may and was ended${after}`;
    case 'ended-by-person':
      return `was ended by a person${after}`;
    case 'not-started':
      return `could not be started${withText(detail)}`;
    case 'unknown':
      return `was cut off, so that how it ended is not known${withText(detail)}`;
    default:
      return how satisfies never;
  }
}

function sampleInWords(sample: Sample): string {
  switch (sample.kind) {
    case 'counts':
      return `${sample.bad} of ${sample.all}`;
    case 'value':
      return String(Number(sample.value.toPrecision(4)));
    case 'check':
      return sample.isWell ? 'well' : `failing${withText(sample.detail)}`;
    case 'no-traffic':
      return 'without traffic';
    case 'missing':
      return `without data (${sample.why})`;
    default:
      return sample satisfies never;
  }
}

function withText(text: string): string {
  return text.trim() === '' ? '' : `: ${text.trim()}`;
}
