import type { DeployTarget, Workload } from '../../../evidence/profile';
import type { ImagePlan, PipelinePlan } from '../plan';

/** A workload that takes one of the pipeline's images. */
export interface Slot {
  readonly workload: Workload;
  readonly image: ImagePlan;
  /** `IMAGE`, or `IMAGE_2` for the second image. */
  readonly variable: string;
  /** `previous`, or `previous_2` for the second workload. */
  readonly output: string;
}

/** The image's variable for the n-th image of the plan. */
export function imageVariable(index: number): string {
  return index === 0 ? 'IMAGE' : `IMAGE_${index + 1}`;
}

/** Workloads whose image one of the Dockerfiles builds; with one Dockerfile and one image that is plain. */
export function slotsOf(plan: PipelinePlan, target: DeployTarget): Slot[] {
  const isHelm = target.kind === 'helm';
  const workloads = (target.workloads ?? [])
    .map((item) => item.value)
    .filter(
      (workload) =>
        isHelm ||
        target.kind === 'cloud-run' ||
        target.kind === 'ecs' ||
        (workload.container !== null && workload.image !== null),
    );
  const images = new Set(workloads.map((workload) => workload.image));
  const slots: Slot[] = [];
  for (const workload of workloads) {
    const index =
      plan.images.length === 1 && images.size === 1
        ? 0
        : plan.images.findIndex((image) => {
            const last = workload.image?.split('/').at(-1);
            return (
              image.name !== null && (image.name === workload.image || image.name.split('/').at(-1) === last)
            );
          });
    const image = plan.images[index];
    if (image) {
      slots.push({
        workload,
        image,
        variable: imageVariable(index),
        output: slots.length === 0 ? 'previous' : `previous_${slots.length + 1}`,
      });
    }
  }
  return slots;
}
