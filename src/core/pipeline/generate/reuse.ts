import { namingCause } from './cause';
import type { PipelinePlan, Unit } from './plan';
import { imageJob } from './build';
import { isCheckOf } from './checks';
import { MADE_BY, type ChosenNames, type GeneratedWorkflow } from './workflow-file';
import { expression, workflowText, type JobSpec } from './workflow-text';
import { literally } from '../../text/pattern';

/** A workflow that the jobs of several projects call, instead of each having a copy. */
export interface CalledWorkflow extends GeneratedWorkflow {
  /** Under which the caller finds the chosen file name. */
  readonly key: string;
  /** Its jobs, with marks in the place of what differs. */
  readonly jobs: readonly JobSpec[];
}

/** The jobs of a pipeline, copies among them replaced by calls. */
export interface ReusedJobs {
  readonly jobs: readonly JobSpec[];
  readonly called: readonly CalledWorkflow[];
}

/** Stand for the folder and the short name of a project, until the text is written. */
const FOLDER = '__RELEASE_GATE_FOLDER__';
const NAME = '__RELEASE_GATE_NAME__';

/** GitHub's own limit: docs.github.com, "Running variations of jobs in a workflow". */
const MAX_COMBINATIONS = 256;

/** The checks of one project, with its folder and name marked; what is left is the same for every project like it. */
interface Shape {
  readonly unit: Unit;
  readonly jobs: readonly JobSpec[];
  readonly text: string;
}

/**
 * Projects whose checks are the same but for their folder call one workflow, once for each through a matrix. Two are the
 * same where putting the folder of the one in the place of the marks gives the jobs of that one, letter by letter; a
 * project that a script names is left as it is, since no expression may stand in a script.
 */
export function reuseChecks(jobs: readonly JobSpec[], plan: PipelinePlan): ReusedJobs {
  const shapes = new Map<string, Shape[]>();
  for (const unit of plan.units) {
    const shape = shapeOf(unit, jobs);
    if (shape) shapes.set(shape.text, [...(shapes.get(shape.text) ?? []), shape]);
  }
  const called: CalledWorkflow[] = [];
  const calls = new Map<string, JobSpec>();
  for (const [, alike] of shapes) {
    const [first] = alike;
    if (!first || alike.length < 2) continue;
    const language = first.unit.root.language;
    const number = called.filter(({ key }) => key === language || key.startsWith(`${language}-`)).length + 1;
    const key = number === 1 ? language : `${language}-${number}`;
    called.push(calledWorkflow(key, first.jobs));
    for (let from = 0; from < alike.length; from += MAX_COMBINATIONS) {
      const part = alike.slice(from, from + MAX_COMBINATIONS);
      const id = `checks-${key}${from === 0 ? '' : `-part-${from / MAX_COMBINATIONS + 1}`}`;
      const call = callOf(id, key, part, jobs);
      for (const { unit } of part) for (const job of ownJobs(unit, jobs)) calls.set(job.id, call);
    }
  }
  if (called.length === 0) return { jobs, called };
  const done = new Set<JobSpec>();
  return {
    called,
    jobs: jobs.flatMap((job) => {
      const call = calls.get(job.id);
      if (!call) {
        if (!job.needs?.some((need) => calls.has(need))) return [job];
        return [{ ...job, needs: [...new Set(job.needs.map((need) => calls.get(need)?.id ?? need))] }];
      }
      if (done.has(call)) return [];
      done.add(call);
      return [call];
    }),
  };
}

/** The checks of a unit, and its build where it has one of its own, among the jobs of the pipeline. */
function ownJobs(unit: Unit, jobs: readonly JobSpec[]): readonly JobSpec[] {
  return jobs.filter((job) => isCheckOf(job, unit) || job.id === `build${unit.suffix}`);
}

function shapeOf(unit: Unit, all: readonly JobSpec[]): Shape | null {
  const { folder } = unit.root;
  const own = ownJobs(unit, all);
  if (folder === '' || unit.suffix === '' || own.length === 0) return null;
  const folders = new RegExp(`(?<![\\w./-])${literally(folder)}(?![\\w-]|\\.\\w)`, 'g');
  const suffix = new RegExp(`${literally(unit.suffix)}(?![a-z0-9])`, 'g');
  const marked = (text: string, key: string): string => {
    switch (key) {
      case 'needs':
      case 'id':
        return text.replace(suffix, '');
      case 'name':
        return text.endsWith(unit.label)
          ? text.slice(0, -unit.label.length)
          : text.replace(suffix, `-${NAME}`);
      default:
        return text.replace(folders, FOLDER);
    }
  };
  let isPlain = true;
  const walk = (value: unknown, key: string): unknown => {
    if (typeof value === 'string') {
      if (value.includes(FOLDER) || value.includes(NAME)) isPlain = false;
      const text = marked(value, key);
      if (key === 'run' && text !== value) isPlain = false;
      return text;
    }
    if (Array.isArray(value)) return value.map((item) => walk(item, key));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, walk(inner, name)]));
  };
  const jobs = own.map((job) => walk(job, '') as JobSpec);
  return isPlain ? { unit, jobs, text: `${unit.root.language}\n${JSON.stringify(jobs)}` } : null;
}

function callOf(id: string, key: string, shapes: readonly Shape[], all: readonly JobSpec[]): JobSpec {
  const jobs = shapes.flatMap(({ unit }) => ownJobs(unit, all));
  return {
    id,
    name: 'Checks (${{ matrix.folder }})',
    phases: [...new Set(jobs.flatMap((job) => job.phases ?? []))],
    comment: `Every project here has the same checks: to add one like it, add its folder, and its name for the artifacts.`,
    permissions: Object.assign({}, ...jobs.map((job) => job.permissions)) as JobSpec['permissions'],
    timeoutMinutes: Math.max(...jobs.map((job) => job.timeoutMinutes)),
    calls: {
      key,
      with: { folder: expression('${{ matrix.folder }}'), name: expression('${{ matrix.name }}') },
      matrix: shapes.map(({ unit }) => ({ folder: unit.root.folder, name: unit.suffix.slice(1) })),
    },
    steps: [],
  };
}

function calledWorkflow(key: string, jobs: readonly JobSpec[]): CalledWorkflow {
  return {
    key,
    jobs,
    names: [`checks-${key}.yml`, `release-gate-checks-${key}.yml`],
    purpose: 'checks that several projects share',
    text: (chosen: ChosenNames) =>
      workflowText({
        comment: `${MADE_BY}\nCalled by ${chosen.pipeline}, once for each project that has these checks.`,
        name: 'Checks',
        on: {
          workflow_call: {
            inputs: {
              folder: {
                description: 'Folder of the project, from the root of the repository',
                type: 'string',
                required: true,
              },
              name: {
                description: 'Name of the project in the names of its artifacts: letters, digits and dashes',
                type: 'string',
                required: true,
              },
            },
          },
        },
        jobs,
      })
        .replaceAll(FOLDER, '${{ inputs.folder }}')
        .replaceAll(NAME, '${{ inputs.name }}'),
  };
}

/** What differs between two images, each with the mark that stands for it until the text is written. */
const IMAGE_MARKS = {
  dockerfile: '__RELEASE_GATE_DOCKERFILE__',
  context: '__RELEASE_GATE_CONTEXT__',
  image: '__RELEASE_GATE_IMAGE__',
} as const;

/** Several images are built by calls of one workflow, which is the job of one with its names as inputs. */
export function reuseImages(jobs: readonly JobSpec[], plan: PipelinePlan): ReusedJobs {
  const [first, ...others] = plan.images;
  if (!first || others.length === 0) return { jobs, called: [] };
  const isAlike = others.every(
    (image) => image.needsArtifact === first.needsArtifact && (image.name === null) === (first.name === null),
  );
  const isMarked = JSON.stringify(plan.images).includes('__RELEASE_GATE_');
  if (!isAlike || isMarked) return { jobs, called: [] };
  const { dockerfile, context, image } = IMAGE_MARKS;
  const marked = namingCause({
    ...imageJob(
      plan,
      {
        ...first,
        jobId: 'image',
        dockerfile,
        context,
        name: first.name === null ? null : image,
        nameSuffix: first.name === null ? image : '',
      },
      [],
    ),
    name: 'Build and push',
  });
  const { if: condition, ...shared } = marked;
  const inputs = {
    dockerfile: 'The Dockerfile, from the root of the repository',
    context: 'Folder that the image is built from',
    image:
      first.name === null
        ? 'What follows the name of the repository in the name of the image'
        : 'Name of the image, without a tag',
  };
  return {
    jobs: jobs.map((job) => {
      const own = plan.images.find((each) => each.jobId === job.id);
      if (!own) return job;
      return {
        id: job.id,
        name: `Image (${own.dockerfile})`,
        needs: job.needs ?? [],
        ...(condition !== undefined ? { if: condition } : {}),
        permissions: job.permissions,
        timeoutMinutes: job.timeoutMinutes,
        calls: {
          key: 'image',
          with: {
            dockerfile: own.dockerfile,
            context: own.needsArtifact ? '.' : own.context,
            image: own.name ?? own.nameSuffix,
          },
        },
        steps: [],
      };
    }),
    called: [
      {
        key: 'image',
        jobs: [shared],
        names: ['image.yml', 'release-gate-image.yml'],
        purpose: 'one image, built for each service that calls it',
        text: (chosen: ChosenNames) =>
          workflowText({
            comment: `${MADE_BY}\nCalled by ${chosen.pipeline}, once for each image.`,
            name: 'Image',
            on: {
              workflow_call: {
                inputs: Object.fromEntries(
                  Object.entries(inputs).map(([name, description]) => [
                    name,
                    { description, type: 'string', required: true },
                  ]),
                ),
                outputs: Object.fromEntries(
                  ['image', 'digest'].map((name) => [
                    name,
                    {
                      description: name === 'image' ? 'Name of the image' : 'Digest of what was pushed',
                      value: `__RELEASE_GATE_OUTPUT_${name}__`,
                    },
                  ]),
                ),
              },
            },
            jobs: [shared],
          })
            .replace(/__RELEASE_GATE_OUTPUT_(\w+?)__/g, '${{ jobs.image.outputs.$1 }}')
            .replaceAll(dockerfile, '${{ inputs.dockerfile }}')
            .replaceAll(context, '${{ inputs.context }}')
            .replaceAll(image, '${{ inputs.image }}'),
      },
    ],
  };
}
