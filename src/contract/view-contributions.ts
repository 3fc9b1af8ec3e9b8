import type {
  ColorContribution,
  CommandContribution,
  KeyContribution,
  MenuContribution,
  ViewContribution,
  WelcomeContribution,
} from './contribution-types.ts';

/** Context keys that the trees set (views/trees/context-keys.ts). */
export const CONTEXT_KEYS = {
  /** Where the folders stand, for welcome texts: a value of Standing. */
  standing: 'savepoint.standing',
  /** Automatic runs are paused in every folder. */
  paused: 'savepoint.paused',
  /** In one of them at least. */
  somePaused: 'savepoint.somePaused',
  eventsPaused: 'savepoint.events.paused',
  eventsFiltered: 'savepoint.events.filtered',
  eventsTold: 'savepoint.events.told',
} as const;

/** `starting` shows no welcome text; `fresh` has run nothing yet. */
export const STANDINGS = ['starting', 'fresh', 'working', 'virtual', 'stopped', 'full'] as const;
export type Standing = (typeof STANDINGS)[number];

export type ViewId = `savepoint.${'runs' | 'activities' | 'workflows' | 'events' | 'health'}`;

export const VIEWS: readonly (ViewContribution & { readonly id: ViewId })[] = [
  { id: 'savepoint.runs', name: 'Runs', icon: 'play-circle', visibility: 'visible', size: 5 },
  { id: 'savepoint.activities', name: 'Activities', icon: 'history', visibility: 'visible', size: 2 },
  { id: 'savepoint.workflows', name: 'Workflows', icon: 'checklist', visibility: 'visible', size: 2 },
  { id: 'savepoint.events', name: 'Events', icon: 'broadcast', visibility: 'collapsed', size: 2 },
  { id: 'savepoint.health', name: 'Health', icon: 'pulse', visibility: 'collapsed', size: 1 },
];

/** Commands of views' rows, titles and keys only. */
export const VIEW_COMMANDS = [
  { command: 'savepoint.showOlderRuns', title: 'Show Older Runs', when: false },
  { command: 'savepoint.dismissRun', title: 'Dismiss', icon: 'close', when: false },
  { command: 'savepoint.runSelectedAgain', title: 'Run Again', when: false },
  { command: 'savepoint.runSelected', title: 'Run Workflow', when: false },
  { command: 'savepoint.openWorkflowFile', title: 'Open Workflow File', icon: 'edit', when: false },
  { command: 'savepoint.filterEvents', title: 'Filter Events', icon: 'filter', when: false },
  { command: 'savepoint.clearEventsFilter', title: 'Clear Filter', icon: 'clear-all', when: false },
  { command: 'savepoint.pauseEvents', title: 'Pause', icon: 'debug-pause', when: false },
  { command: 'savepoint.followEvents', title: 'Follow', icon: 'debug-start', when: false },
] as const satisfies readonly CommandContribution[];

const inView = (view: ViewId, context: string): string => `view == ${view} && viewItem =~ /${context}/`;
const title = (command: string, view: ViewId, rest: { when?: string; group?: string } = {}): MenuContribution => ({
  menu: 'view/title',
  command,
  when: rest.when === undefined ? `view == ${view}` : `view == ${view} && ${rest.when}`,
  group: rest.group ?? 'navigation',
});
const item = (command: string, when: string, group: string): MenuContribution => ({
  menu: 'view/item/context',
  command,
  when,
  group,
});

/** At most two inline actions a row; the rest is in the context menu. */
export const MENUS: readonly MenuContribution[] = [
  title('savepoint.runChecksNow', 'savepoint.runs', { when: 'isWorkspaceTrusted', group: 'navigation@1' }),
  title('savepoint.pauseAutomaticRuns', 'savepoint.runs', { when: '!savepoint.paused', group: '2_automatic@1' }),
  title('savepoint.resumeAutomaticRuns', 'savepoint.runs', { when: 'savepoint.somePaused', group: '2_automatic@2' }),
  title('savepoint.filterEvents', 'savepoint.events', { when: '!savepoint.events.filtered', group: 'navigation@1' }),
  title('savepoint.clearEventsFilter', 'savepoint.events', {
    when: 'savepoint.events.filtered',
    group: 'navigation@1',
  }),
  title('savepoint.pauseEvents', 'savepoint.events', { when: '!savepoint.events.paused', group: 'navigation@2' }),
  title('savepoint.followEvents', 'savepoint.events', { when: 'savepoint.events.paused', group: 'navigation@2' }),
  title('savepoint.doctor', 'savepoint.health', { group: 'navigation@1' }),

  item('savepoint.cancel', inView('savepoint.runs', '^run:stop'), 'inline@1'),
  item('savepoint.retry', inView('savepoint.runs', '^run:retry|^step:retry'), 'inline@1'),
  item('savepoint.resume', inView('savepoint.runs', '^run:resume'), 'inline@1'),
  item('savepoint.runAgain', inView('savepoint.runs', '^run:again'), 'inline@1'),
  item('savepoint.openRun', inView('savepoint.runs', '^run:'), 'inline@2'),

  item('savepoint.openRun', inView('savepoint.runs', '^run:'), '1_open@1'),
  item('savepoint.cancel', inView('savepoint.runs', '^run:stop'), '2_run@1'),
  item('savepoint.cancel', inView('savepoint.runs', '^run:resume'), '2_run@3'),
  item('savepoint.retry', inView('savepoint.runs', '^run:retry|^step:retry'), '2_run@1'),
  item('savepoint.resume', inView('savepoint.runs', '^run:resume'), '2_run@1'),
  item('savepoint.runAgain', inView('savepoint.runs', '^run:(again|retry)'), '2_run@2'),
  item('savepoint.why', inView('savepoint.runs', '^run:'), '3_why@1'),
  item('savepoint.events', inView('savepoint.runs', '^run:'), '3_why@2'),
  item('savepoint.dismissRun', inView('savepoint.runs', '^run:.*:standing$'), '4_dismiss@1'),

  item('savepoint.why', inView('savepoint.activities', '^activity$'), 'inline@1'),
  item('savepoint.why', inView('savepoint.events', '^activity$'), 'inline@1'),

  item('savepoint.run', inView('savepoint.workflows', '^workflow:'), 'inline@1'),
  item('savepoint.openWorkflowFile', inView('savepoint.workflows', '^workflow|^broken'), 'inline@2'),
  item('savepoint.run', inView('savepoint.workflows', '^workflow:'), '1_run@1'),
  item('savepoint.turnAutomaticRunsOff', inView('savepoint.workflows', '^workflow:on$'), '2_automatic@1'),
  item('savepoint.turnAutomaticRunsOn', inView('savepoint.workflows', '^workflow:off$'), '2_automatic@1'),
  item('savepoint.why', inView('savepoint.workflows', '^workflow:'), '3_why@1'),
];

/** A row of a view has the focus, and nothing is typed. */
const onRow = (view: ViewId): string => `focusedView == ${view} && listFocus && !inputFocus`;

/** Keys of the trees; nothing works outside of them. */
export const KEYS: readonly KeyContribution[] = [
  { command: 'savepoint.runSelectedAgain', key: 'f5', when: onRow('savepoint.runs') },
  { command: 'savepoint.runSelected', key: 'f5', when: onRow('savepoint.workflows') },
  {
    command: 'savepoint.dismissRun',
    key: 'delete',
    mac: 'cmd+backspace',
    when: onRow('savepoint.runs'),
  },
];

const standing = (value: Standing): string =>
  `isWorkspaceTrusted && workspaceFolderCount != 0 && ${CONTEXT_KEYS.standing} == ${value}`;
const WORKING = `isWorkspaceTrusted && workspaceFolderCount != 0 && ${CONTEXT_KEYS.standing} =~ /^(fresh|working)$/`;
const paragraphs = (...texts: readonly string[]): string => texts.join('\n\n');
const ON_STOPPED =
  '[Show what happened](command:savepoint.showOutput) · [Report an issue…](command:savepoint.reportIssue)';

/** A link that stands alone on its line is a button: one a text. The dynamic part (when, how much) is the view's description. */
export const WELCOMES: readonly WelcomeContribution[] = [
  {
    view: 'savepoint.runs',
    when: standing('fresh'),
    contents: paragraphs(
      'Savepoint checks what changed after you, or an agent, have finished a burst of edits. Nothing has run here yet.',
      '[$(play) Run Checks Now](command:savepoint.runChecksNow)',
      'Or just save: checks start by themselves about 2 s after the last edit.',
      '[What will run here?](command:savepoint.workflows.focus) · Works offline. No account, no AI calls.',
    ),
  },
  {
    view: 'savepoint.runs',
    when: 'workspaceFolderCount == 0',
    contents: paragraphs('Savepoint works on a folder.', '[Open Folder](command:vscode.openFolder)'),
  },
  {
    view: 'savepoint.runs',
    when: '!isWorkspaceTrusted && workspaceFolderCount != 0',
    contents: paragraphs(
      '$(shield) Savepoint starts nothing in a folder you have not trusted: no checks, no commands, no connections.',
      'You can still open and check workflow files.',
      '[Manage Workspace Trust](command:workbench.trust.manage)',
    ),
  },
  {
    view: 'savepoint.runs',
    when: standing('virtual'),
    contents: 'This folder is not on a disk Savepoint can reach, so it only checks workflow files here.',
  },
  {
    view: 'savepoint.runs',
    when: standing('stopped'),
    contents: paragraphs(
      '$(warning) Savepoint stopped itself. Its worker ended 5 times in 10 minutes.',
      'Nothing is lost: what was running waits on disk and can go on. No checks run until you start it again.',
      '[Start Again](command:savepoint.startAgain)',
      ON_STOPPED,
    ),
  },
  {
    view: 'savepoint.runs',
    when: standing('full'),
    contents: paragraphs(
      '$(warning) Savepoint cannot write to disk. Checks are stopped, nothing is lost.',
      '[Show What Happened](command:savepoint.doctor)',
    ),
  },
  { view: 'savepoint.activities', when: WORKING, contents: 'Every burst of edits appears here.' },
  {
    view: 'savepoint.events',
    when: `${WORKING} && ${CONTEXT_KEYS.eventsTold}`,
    contents: 'Nothing seen yet. Save a file to see it here.',
  },
];

/** Each follows a token of the theme, so that themes keep control. */
export const COLORS = [
  { id: 'savepoint.passed', description: 'Icons, borders and bars of what passed.', default: 'charts.green' },
  { id: 'savepoint.failed', description: 'Icons, borders and bars of what failed.', default: 'charts.red' },
  {
    id: 'savepoint.attention',
    description: 'Icons and borders of what needs attention.',
    default: 'problemsWarningIcon.foreground',
  },
  { id: 'savepoint.running', description: 'Icons, borders and progress of what runs.', default: 'charts.blue' },
  { id: 'savepoint.undone', description: 'Icons, borders and hatching of what was undone.', default: 'charts.purple' },
] as const satisfies readonly ColorContribution[];
