import { availableParallelism } from 'node:os';

/** Steps of one run that are at work at once, where nothing else is said. */
export const PARALLEL = Math.max(2, availableParallelism());
