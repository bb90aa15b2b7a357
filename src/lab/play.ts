import type { LabClock } from './clock.ts';
import type { Scenario, ScenarioLab, ScenarioStep } from './scenario.ts';

export type PlayOptions = {
  /** Leaves out the wait before the first fault. */
  readonly atOnce: boolean;
  /** Divides the times between the steps. */
  readonly speed: number;
  readonly onStep?: (step: ScenarioStep) => void;
  readonly onError: (error: unknown) => void;
};

/** Applies the steps of a scenario at their times; steps that are due now are applied before it returns. Returns the end of it. */
export function playScenario(
  scenario: Scenario,
  lab: ScenarioLab,
  clock: LabClock,
  options: PlayOptions,
): () => void {
  const first = options.atOnce ? (scenario.steps[0]?.atSeconds ?? 0) : 0;
  const apply = async (step: ScenarioStep) => {
    try {
      await step.apply(lab);
      options.onStep?.(step);
    } catch (error) {
      options.onError(error);
    }
  };
  const delayOf = (step: ScenarioStep): number => ((step.atSeconds - first) * 1000) / options.speed;
  const startedAt = clock.now();
  const cancels = new Map<object, () => void>();
  const schedule = (step: ScenarioStep, afterwards: () => void) => {
    const delayMs = startedAt + delayOf(step) - clock.now();
    if (delayMs <= 0) {
      void apply(step);
      afterwards();
      return;
    }
    const entry = {};
    const cancel = clock.after(delayMs, () => {
      cancels.delete(entry);
      void apply(step);
      afterwards();
    });
    cancels.set(entry, cancel);
  };
  for (const step of scenario.steps) schedule(step, () => undefined);
  const further = scenario.endless?.(lab.world)[Symbol.iterator]();
  const goOn = () => {
    const next = further?.next();
    if (next?.done === false) schedule(next.value, goOn);
  };
  goOn();
  return () => {
    for (const cancel of cancels.values()) cancel();
    cancels.clear();
  };
}
