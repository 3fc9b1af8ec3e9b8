import type { Page } from 'playwright-core';

/** What a person would have noticed without asking for it, since the last look was begun. */
export interface Disturbances {
  /** Words of every notification that popped up. */
  readonly toasts: readonly string[];
  /** Where the focus went outside the editor. */
  readonly focus: readonly string[];
}

/** Runs inside the page: notes every toast and every change of focus from the page's first moment. */
function watch(): void {
  const toasts: Element[] = [];
  let focus: string[] = [];
  const look = (node: Node): void => {
    if (!(node instanceof Element)) return;
    const items = [...node.querySelectorAll('.notification-list-item')];
    if (node.matches('.notification-list-item')) items.push(node);
    for (const item of items) if (item.closest('.notifications-toasts') !== null && !toasts.includes(item)) toasts.push(item);
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) look(node);
  }).observe(document, { childList: true, subtree: true });
  document.addEventListener(
    'focusin',
    ({ target }) => {
      if (!(target instanceof Element) || target.closest('.part.editor .editor-instance') !== null) return;
      focus.push(`${target.closest('.part')?.id ?? 'the page'}: ${target.tagName} ${target.getAttribute('aria-label') ?? target.className}`);
    },
    true,
  );
  const reader = {
    read: () => ({ toasts: toasts.map((item) => item.textContent), focus }),
    begin: () => {
      toasts.length = 0;
      focus = [];
    },
  };
  Object.assign(window, { savepointWatch: reader });
}

interface Watched {
  readonly savepointWatch: { read(): Disturbances; begin(): void };
}

/** Before the page is loaded. */
export const watchDisturbances = (page: Page): Promise<void> => page.addInitScript(watch).then(() => undefined);

export const disturbancesOf = (page: Page): Promise<Disturbances> =>
  page.evaluate(() => (window as unknown as Watched).savepointWatch.read());

/** Forgets what was so far. */
export const beginLooking = (page: Page): Promise<void> =>
  page.evaluate(() => (window as unknown as Watched).savepointWatch.begin());
