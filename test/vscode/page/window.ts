import type { Browser, Locator, Page } from 'playwright-core';
import { becomes, eventually } from '../../support/eventually.ts';
import type { ServedVscode } from '../host/serve.ts';
import { beginLooking, disturbancesOf, watchDisturbances, type Disturbances } from './disturbances.ts';

/** Theme ids of VS Code 1.139. */
export const THEMES = {
  dark: 'Dark 2026',
  light: 'Light 2026',
  hc: 'Default High Contrast',
  'hc-light': 'Default High Contrast Light',
} as const;
export type ThemeName = keyof typeof THEMES;

export const VIEWS = ['Runs', 'Activities', 'Workflows', 'Events', 'Health'] as const;
export type ViewName = (typeof VIEWS)[number];

/** One visible row of a tree. */
export interface Row {
  /** From 1. */
  readonly level: number;
  readonly label: string;
  readonly description: string;
  /** What a screen reader says. */
  readonly aria: string;
  readonly expanded: boolean | null;
}

export interface Window {
  readonly page: Page;
  /** From the palette, by its title with the category ("Savepoint: Run Workflow"). */
  runCommand(title: string): Promise<void>;
  /** Opens a file of the folder by its relative path; the focus is then in its editor. */
  openFile(file: string): Promise<void>;
  /** Shows Savepoint's views in the side bar. */
  showViews(): Promise<void>;
  view(name: ViewName): Locator;
  rows(name: ViewName): Promise<readonly Row[]>;
  /** Waits until our status bar item says this; null: until it is not shown. */
  says(text: string | null): Promise<void>;
  /** Waits until a view without rows says this. */
  welcomes(name: ViewName, text: RegExp): Promise<void>;
  /** Waits until VS Code has stored something with this text, so that a reload does not lose it. */
  stores(text: string): Promise<void>;
  /** Rows of the Problems panel, which this opens. */
  problems(): Promise<readonly string[]>;
  beginLooking(): Promise<void>;
  disturbances(): Promise<Disturbances>;
  reload(): Promise<void>;
  screenshot(file: string): Promise<void>;
  close(): Promise<void>;
}

export interface WindowOptions {
  readonly browser: Browser;
  readonly vscode: ServedVscode;
  readonly folder: string;
  readonly width?: number;
  readonly height?: number;
}

/** Long enough for a loaded machine: what is not shown by then is not coming. */
const SHOWN_MS = 60_000;
const STATUS = '.statusbar-item[id^="savepoint.savepoint"]';

/** Opens a folder in a window of its own and waits for the workbench. */
export async function openWindow({
  browser,
  vscode,
  folder,
  width = 1280,
  height = 800,
}: WindowOptions): Promise<Window> {
  const context = await browser.newContext({ viewport: { width, height } });
  context.setDefaultTimeout(SHOWN_MS);
  const page = await context.newPage();
  await watchDisturbances(page);
  const ready = async (): Promise<void> => {
    await page.waitForSelector('.monaco-workbench .part.statusbar .statusbar-item');
    // The explorer's rows, and the remote's extension host with them.
    await page.waitForSelector('.explorer-folders-view .monaco-list-row, .pane-header');
  };
  await page.goto(`${vscode.url}/?folder=${encodeURIComponent(folder)}`);
  await ready();

  const quickInput = page.locator('.quick-input-widget');
  /** Opens the quick input by a key, types, and takes the row once Enter would take that one; what it opens may be a quick input again. */
  const choose = async ({ key, typed, row }: { key: string; typed: string; row: string }): Promise<void> => {
    const input = quickInput.locator('input[type="text"]').first();
    if (await quickInput.isVisible()) await page.keyboard.press('Escape');
    await quickInput.waitFor({ state: 'hidden' });
    await page.keyboard.press(key);
    await quickInput.waitFor();
    await input.fill(typed);
    // Rows of what stood there before are shown until it has looked again.
    await quickInput.locator('.quick-input-list .monaco-list-row.focused', { hasText: row }).waitFor();
    await page.keyboard.press('Enter');
    await eventually(
      `${row} is taken`,
      async () => !(await quickInput.isVisible()) || (await input.inputValue()) !== typed,
      SHOWN_MS,
    );
  };
  const pane = (name: ViewName): Locator =>
    page.locator('.part.sidebar .pane', { has: page.locator(`.pane-header[aria-label^="${name}"]`) });

  return {
    page,
    runCommand: (title) => choose({ key: 'F1', typed: `>${title}`, row: title }),
    async openFile(file) {
      const name = file.split('/').at(-1) ?? file;
      await choose({ key: 'Control+P', typed: file, row: name });
      await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
      await page.locator('.editor-instance .monaco-editor.focused').first().waitFor();
    },
    async showViews() {
      const icon = page.locator('a[aria-label^="Savepoint"]');
      const item = page.locator('.activitybar .action-item', { has: icon }).first();
      // A click on the item of what is shown, or comes up just now, hides it. The badge lies over the icon, and is part of it.
      if ((await item.getAttribute('aria-selected')) !== 'true') await item.click({ force: true });
      // Off the icon, whose hover would cover the views.
      await page.mouse.move(width / 2, 4);
      await pane('Runs').waitFor();
    },
    view: pane,
    rows: (name) => page.evaluate<readonly Row[]>(`savepointPage.rows('${name}')`),
    says: (text) =>
      becomes(text, async () => (await page.locator(`${STATUS}:visible`).allInnerTexts())[0]?.trim() ?? null),
    welcomes: (name, text) => pane(name).locator('.welcome-view-content', { hasText: text }).waitFor(),
    stores: (text) =>
      eventually(`${text} to be stored`, () => page.evaluate<boolean>(`savepointPage.stores('${text}')`), SHOWN_MS),
    async problems() {
      if (!(await page.locator('.markers-panel').isVisible())) await page.keyboard.press('Control+Shift+M');
      await page.locator('.markers-panel').waitFor();
      return page.locator('.markers-panel .monaco-list-row').allInnerTexts();
    },
    beginLooking: () => beginLooking(page),
    disturbances: () => disturbancesOf(page),
    async reload() {
      await page.reload();
      await ready();
    },
    screenshot: async (file) => {
      await page.screenshot({ path: file });
    },
    close: () => context.close(),
  };
}
