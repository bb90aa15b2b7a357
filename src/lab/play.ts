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
  const cancels = scenario.steps.map((step) => {
    const delayMs = ((step.atSeconds - first) * 1000) / options.speed;
    if (delayMs > 0) return clock.after(delayMs, () => void apply(step));
    void apply(step);
    return () => undefined;
  });
  return () => {
    for (const cancel of cancels) cancel();
  };
}
