import { describe, expect, it } from 'vitest';
import { levelOf } from '../../src/domain/thresholds.ts';

const limits = { warning: 80, critical: 90 };

describe('the level of a value', () => {
  it.each([
    [79, null, null],
    [80, null, 'warning'],
    [90, null, 'critical'],
    [79, 'warning', 'warning'],
    [77, 'warning', null],
    [88, 'critical', 'critical'],
    [87, 'critical', 'warning'],
    [88, 'warning', 'warning'],
  ] as const)('%d while %s is raised: %s', (value, raised, level) => {
    expect(levelOf(value, 'above', limits, raised)).toBe(level);
  });

  it('is worse below, where the limits say so', () => {
    const low = { warning: 10, critical: 5 };
    expect(levelOf(11, 'below', low, null)).toBeNull();
    expect(levelOf(10, 'below', low, null)).toBe('warning');
    expect(levelOf(10.2, 'below', low, 'warning')).toBe('warning');
    expect(levelOf(4, 'below', low, 'warning')).toBe('critical');
  });

  it('is none without limits', () => {
    const none = { warning: Number.NaN, critical: Number.NaN };
    expect(levelOf(1e9, 'above', none, null)).toBeNull();
  });
});
