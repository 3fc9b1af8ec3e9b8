import type { CommandContribution } from '../contribution-types.ts';
import { CATALOGUE } from './catalogue.ts';

/** Where Savepoint may start something: in a trusted folder on a disk. Elsewhere the commands say why not (extension/commands). */
const CAN_WORK = 'isWorkspaceTrusted && workspaceFolderCount != 0 && !virtualWorkspace';

type CatalogueId = (typeof CATALOGUE)[number]['id'];
type Look = Omit<CommandContribution, 'command' | 'title'>;

/** How the commands of the catalogue show: `savepoint.<id>`, titled as there. */
const LOOKS: Readonly<Record<CatalogueId, Look>> = {
  run: { icon: 'play', enablement: CAN_WORK },
  // Open Run lists them and shows one.
  runs: { when: false },
  show: { when: false },
  cancel: { icon: 'stop-circle', enablement: CAN_WORK },
  resume: { icon: 'debug-continue', enablement: CAN_WORK },
  retry: { icon: 'debug-restart', enablement: CAN_WORK },
  events: { enablement: CAN_WORK },
  sessions: { enablement: CAN_WORK },
  // Also where nothing may be started: files are only read.
  validate: { icon: 'checklist', enablement: 'workspaceFolderCount != 0' },
  // Show Commands approves them one by one.
  trust: { when: false },
  // Always: where nothing works it says why.
  doctor: { icon: 'pulse' },
  context: { enablement: CAN_WORK },
  why: { icon: 'question', enablement: CAN_WORK },
};

/** Commands that only an editor has. Those that take a target ask for it in the palette (extension/commands/target.ts). */
const EDITOR_COMMANDS = [
  { command: 'savepoint.runChecksNow', title: 'Run Checks Now', icon: 'play', enablement: CAN_WORK },
  { command: 'savepoint.runAgain', title: 'Run Again', icon: 'debug-restart', enablement: CAN_WORK },
  { command: 'savepoint.openRun', title: 'Open Run', icon: 'open-preview', enablement: CAN_WORK },
  {
    command: 'savepoint.pauseAutomaticRuns',
    title: 'Pause Automatic Runs',
    icon: 'bell-slash',
    enablement: CAN_WORK,
    when: '!savepoint.paused',
  },
  {
    command: 'savepoint.resumeAutomaticRuns',
    title: 'Resume Automatic Runs',
    icon: 'bell',
    enablement: CAN_WORK,
    when: 'savepoint.somePaused',
  },
  { command: 'savepoint.turnAutomaticRunsOff', title: 'Turn Automatic Runs Off', enablement: CAN_WORK },
  { command: 'savepoint.turnAutomaticRunsOn', title: 'Turn Automatic Runs On', enablement: CAN_WORK },
  { command: 'savepoint.showCommands', title: 'Show Commands to Approve', icon: 'shield', enablement: CAN_WORK },
  { command: 'savepoint.showDismissed', title: 'Show Dismissed Findings', enablement: CAN_WORK },
  { command: 'savepoint.startAgain', title: 'Start Again', icon: 'debug-restart', enablement: CAN_WORK },
  { command: 'savepoint.showMenu', title: 'Show Menu', icon: 'menu' },
  { command: 'savepoint.showOutput', title: 'Show Output', icon: 'output' },
  { command: 'savepoint.reportIssue', title: 'Report an Issue', icon: 'report' },
  // Of code actions: they name one finding.
  { command: 'savepoint.dismissFinding', title: 'Not a Problem Here', when: false },
  { command: 'savepoint.ignoreFinding', title: 'Ignore With a Reason', when: false },
  // Of links at findings: it names an agent.
  { command: 'savepoint.openRuleHelp', title: 'About This Rule', when: false },
] as const satisfies readonly CommandContribution[];

/** Every command of VS Code that Savepoint contributes besides those of views. */
export const COMMANDS: readonly CommandContribution[] = [
  ...CATALOGUE.map(({ id, title }) => ({ command: `savepoint.${id}`, title, ...LOOKS[id] })),
  ...EDITOR_COMMANDS,
];

/** Whole ids. */
export type CommandId = `savepoint.${CatalogueId}` | (typeof EDITOR_COMMANDS)[number]['command'];
