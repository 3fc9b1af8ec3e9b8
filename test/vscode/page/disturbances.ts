import path from 'node:path';
import type { Page } from 'playwright-core';

/** What a person would have noticed without asking for it, since the last look was begun. */
export interface Disturbances {
  /** Words of every notification that popped up. */
  readonly toasts: readonly string[];
  /** Where the focus went outside the editor. */
  readonly focus: readonly string[];
}

/** Before the page is loaded. */
export async function watchDisturbances(page: Page): Promise<void> {
  await page.addInitScript({ path: path.join(import.meta.dirname, 'in-page.js') });
}

export const disturbancesOf = (page: Page): Promise<Disturbances> =>
  page.evaluate<Disturbances>('savepointPage.disturbances()');

/** Forgets what was so far. */
export const beginLooking = (page: Page): Promise<void> => page.evaluate<void>('savepointPage.beginLooking()');
