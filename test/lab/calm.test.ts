import { expect, test } from 'vitest';
import { createLabInventory } from '../support/lab-inventory.ts';

/** Ten minutes, one frame every five seconds. */
const FRAMES = 120;

test.for([1, 7, 42])(
  'a calm lab of seed %s raises nothing in ten minutes',
  { timeout: 300_000 },
  async (seed) => {
    const lab = await createLabInventory({ seed, samples: 1 });
    const raised = new Set<string>();
    for (let frame = 0; frame < FRAMES; frame += 1) {
      await lab.step();
      for (const { id, title } of lab.problems()) raised.add(`${id}: ${title}`);
    }
    expect([...raised]).toEqual([]);
  },
);
