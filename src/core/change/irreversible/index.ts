import { database } from './database';
import { infrastructure } from './infrastructure';
import { interfaces } from './interfaces';
import { storage } from './storage';
import type { Detected, Detector, DetectorWorld } from './detector';

/** Every detector, one per family of things that a change can lose. */
export const DETECTORS: readonly Detector[] = [database, infrastructure, storage, interfaces];

/** Runs all detectors over the range; the actions stand in the order of the list. */
export async function detectIrreversible(world: DetectorWorld): Promise<Detected> {
  // Side by side: while one waits for the history, another judges.
  const found = await Promise.all(DETECTORS.map((detector) => detector.detect(world)));
  return {
    irreversible: found.flatMap((each) => each.irreversible),
    risks: found.flatMap((each) => each.risks),
    touches: found.flatMap((each) => each.touches),
  };
}
