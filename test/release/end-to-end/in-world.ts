import { after, it } from 'mocha';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { conditions } from '../../../src/core/readiness/conditions/index';
import { makeReleaseWorld, type ReleaseWorld, type WorldOptions } from '../world/release-world';

/** Cases that take long run where they are asked for: `RELEASE_GATE_WHOLE=1`, see `docs/testing.md`. */
export const isWhole = process.env.RELEASE_GATE_WHOLE === '1';
export const whole: typeof it | typeof it.skip = isWhole ? it : it.skip;

/** `readiness:` that asks nothing, for cases that are not about the gate: it takes a large part of a run. */
export const UNASKED = { conditions: Object.fromEntries(conditions.map(({ id }) => [id, 'off'])) };

/** A short watch and a gate that asks little. */
export const SHORT: WorldOptions = { readiness: UNASKED, polls: 4 };

/** A version whose queue is long: a level only asks, when it was too high for ten polls in a row. */
export const ASKING: WorldOptions = {
  readiness: UNASKED,
  versions: { '1.0.1': { queueDepth: 30 } },
  polls: 14,
};

export type InWorld = (options: WorldOptions, test: (world: ReleaseWorld) => Promise<void>) => Promise<void>;

/** For one suite: runs a test in a world of its own, which is gone afterwards, whatever became of the test. */
export function worldsOfSuite(): InWorld {
  const worlds = new Set<ReleaseWorld>();
  after(() => Promise.all([...worlds].map((world) => world.close())));
  return async (options, test) => {
    const world = await makeReleaseWorld(options);
    worlds.add(world);
    try {
      await test(world);
    } finally {
      worlds.delete(world);
      await world.close();
    }
  };
}

/** Every file below a folder: path from it, and bytes. */
export function filesIn(folder: string): readonly { readonly file: string; readonly bytes: Buffer }[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const whole = path.join(entry.parentPath, entry.name);
      return { file: path.relative(folder, whole), bytes: readFileSync(whole) };
    });
}
