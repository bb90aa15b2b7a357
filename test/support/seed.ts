import fc from 'fast-check';

/**
 * Properties try the same cases in every run, so that a change that passes here passes everywhere; `npm run fuzz`, and
 * LABTOP_SEED with another number, try others.
 */
fc.configureGlobal({ seed: Number(process.env['LABTOP_SEED'] ?? 20_251) });
