import { between, createRandom, type Random } from '../random.ts';
import { FIRST_FAULT_SECONDS, type Scenario, type ScenarioStep } from '../scenario.ts';
import { drawMishap } from './mishaps.ts';

/** How long a host is well between two mishaps. */
const LEAST_WELL_SECONDS = 10;
const MOST_WELL_SECONDS = 60;

export const chaos: Scenario = {
  name: 'chaos',
  summary: 'random faults on random hosts, each of which passes; the seed decides',
  steps: [],
  endless: (world) =>
    mishapsOf(
      world.plan.hosts.map(({ name }) => name),
      createRandom(`${world.seed}/chaos`),
    ),
};

/** One mishap after another on each host, in the order of time over all hosts. */
function* mishapsOf(hosts: readonly string[], random: Random): Generator<ScenarioStep> {
  const queues = hosts.map((host) => ({
    host,
    steps: stepsOfMishap(host, FIRST_FAULT_SECONDS + between(random, 0, 40), random),
  }));
  for (;;) {
    const [queue] = queues.toSorted((a, b) => a.steps[0].atSeconds - b.steps[0].atSeconds);
    if (queue === undefined) return;
    const [step, next] = queue.steps;
    yield step;
    const beginsAt = step.atSeconds + between(random, LEAST_WELL_SECONDS, MOST_WELL_SECONDS);
    queue.steps = next === undefined ? stepsOfMishap(queue.host, beginsAt, random) : [next];
  }
}

type MishapSteps = readonly [ScenarioStep, ScenarioStep?];

function stepsOfMishap(host: string, atSeconds: number, random: Random): MishapSteps {
  const { describe, begin, end } = drawMishap(random);
  const beginning: ScenarioStep = {
    atSeconds,
    describe: `host ${host} ${describe}`,
    apply: (lab) => begin(lab.host(host)),
  };
  if (end === null) return [beginning];
  return [
    beginning,
    {
      atSeconds: atSeconds + end.afterSeconds,
      describe: `host ${host} ${end.describe}`,
      apply: (lab) => end.apply(lab.host(host)),
    },
  ];
}
