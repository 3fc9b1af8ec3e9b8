import * as z from 'zod';
import { jsonObjectSchema } from '../json.ts';
import { defineCommand } from './command.ts';
import {
  checkLine,
  commandLine,
  contextLine,
  decisionLine,
  eventLine,
  problemLine,
  resultLine,
  runLine,
  sessionLine,
} from './lines.ts';

const runRef = z.string().min(1).describe('number or id of a run');
const noCache = z.boolean().default(false).describe('run every step, even where an equal result is known');
const trust = z
  .boolean()
  .default(false)
  .describe('start commands of agent and workflow files in this call without asking (for CI)');
const failOn = z
  .enum(['error', 'warning', 'info', 'never'])
  .default('error')
  .describe('exit with code 1 when something at or above this is found');
const reports = {
  sarif: z.string().optional().describe('write the findings to this file as SARIF 2.1.0'),
  junit: z.string().optional().describe('write the test results to this file as JUnit XML'),
};
const streamed = z.union([eventLine, resultLine]);

export const runCommand = defineCommand({
  id: 'run',
  title: 'Run Workflow',
  about: 'Run a workflow on what changed, or on the files you name.',
  input: z.object({
    workflow: z.string().min(1).describe('id of a workflow'),
    files: z.array(z.string()).optional().describe('look at these files only, separated by commas'),
    since: z.string().optional().describe('look at what differs between this revision and the work tree'),
    all: z.boolean().default(false).describe('look at every file that is not ignored'),
    with: jsonObjectSchema.optional().describe('values laid over each step’s own, as JSON'),
    failOn,
    noCache,
    ...reports,
    trust,
  }),
  positionals: ['workflow'],
  output: streamed,
  sideEffect: 'starts-tools',
});

export const runsCommand = defineCommand({
  id: 'runs',
  title: 'List Runs',
  about: 'List runs, newest first.',
  input: z.object({ limit: z.coerce.number().int().min(1).default(50).describe('at most so many') }),
  positionals: [],
  output: runLine,
  sideEffect: 'none',
});

export const showCommand = defineCommand({
  id: 'show',
  title: 'Show Run',
  about: 'Show a run: its steps, what failed, findings, tests, where the time went.',
  input: z.object({ run: runRef }),
  positionals: ['run'],
  output: z.union([runLine, resultLine]),
  sideEffect: 'none',
});

export const cancelCommand = defineCommand({
  id: 'cancel',
  title: 'Stop Run',
  about: 'Stop a run, whichever window or terminal it belongs to.',
  input: z.object({ run: runRef }),
  positionals: ['run'],
  output: runLine,
  sideEffect: 'state',
});

export const resumeCommand = defineCommand({
  id: 'resume',
  title: 'Resume Run',
  about: 'Go on with a run that was cut off or waits for you.',
  input: z.object({
    run: runRef,
    again: z.boolean().default(false).describe('run the step that was cut off once more'),
    done: z.boolean().default(false).describe('take the step that was cut off as done'),
    fail: z.boolean().default(false).describe('take the step that was cut off as failed'),
    failOn,
    ...reports,
    trust,
  }),
  positionals: ['run'],
  output: streamed,
  sideEffect: 'starts-tools',
});

export const retryCommand = defineCommand({
  id: 'retry',
  title: 'Retry Run',
  about: 'Run again from the step that failed, keeping what had finished.',
  input: z.object({
    run: runRef,
    from: z.string().optional().describe('step to start from (default: the first that failed)'),
    edited: z.boolean().default(false).describe('use the workflow file as it is now'),
    failOn,
    noCache,
    ...reports,
    trust,
  }),
  positionals: ['run'],
  output: streamed,
  sideEffect: 'starts-tools',
});

export const eventsCommand = defineCommand({
  id: 'events',
  title: 'List Events',
  about: 'List what was recorded, oldest first.',
  input: z.object({
    session: z.string().optional().describe('of this session only'),
    run: z.string().optional().describe('of this run only (number or id)'),
    type: z.array(z.string()).optional().describe('of these types only, separated by commas; workflow.* for a family'),
    since: z.string().optional().describe('from this time on (ISO, or 10m, 2h ago)'),
    until: z.string().optional().describe('before this time (ISO, or 10m, 2h ago)'),
    limit: z.coerce.number().int().min(1).optional().describe('the newest so many'),
    follow: z.boolean().default(false).describe('go on with new events until stopped'),
  }),
  positionals: [],
  output: eventLine,
  sideEffect: 'none',
});

export const sessionsCommand = defineCommand({
  id: 'sessions',
  title: 'List Sessions',
  about: 'List sessions: each is one process that recorded events.',
  input: z.object({}),
  positionals: [],
  output: sessionLine,
  sideEffect: 'none',
});

export const whyCommand = defineCommand({
  id: 'why',
  title: 'Why Did This Run, or Not?',
  about:
    'Tell why something ran, or did not: what started a run, what came of an edit, the newest decisions on a workflow.',
  input: z.object({
    what: z
      .string()
      .min(1)
      .describe('number or id of a run, id of a workflow, path of a file, id of an activity or an event'),
  }),
  positionals: ['what'],
  output: decisionLine,
  sideEffect: 'none',
});

export const validateCommand = defineCommand({
  id: 'validate',
  title: 'Check Workflow Files',
  about: 'Check workflow and agent files, and name each problem with its place.',
  input: z.object({ files: z.array(z.string()).default([]).describe('files to check (default: all in .savepoint)') }),
  positionals: ['files'],
  output: problemLine,
  sideEffect: 'none',
});

export const trustCommand = defineCommand({
  id: 'trust',
  title: 'Show Commands to Approve',
  about: 'Show the commands that agent and workflow files would start, and approve them.',
  input: z.object({
    yes: z.boolean().default(false).describe('approve every command that is listed'),
    approve: z
      .array(z.string())
      .optional()
      .describe('approve these only, by their hash (see --json), separated by commas'),
  }),
  positionals: [],
  output: commandLine,
  sideEffect: 'state',
});

export const doctorCommand = defineCommand({
  id: 'doctor',
  title: 'Doctor',
  about: 'Tell what was detected in this workspace, what is missing and how to get it, and what was repaired.',
  input: z.object({}),
  positionals: [],
  output: checkLine,
  sideEffect: 'none',
});

export const contextCommand = defineCommand({
  id: 'context',
  title: 'Collect Context',
  about: 'Print what one must read for a task, or for the current change, within a token budget.',
  input: z.object({
    task: z.string().optional().describe('what is to be done, in words (default: the current change)'),
    budget: z.coerce.number().int().min(500).max(1_000_000).default(8000).describe('tokens'),
  }),
  positionals: ['task'],
  output: contextLine,
  sideEffect: 'none',
});

export const CATALOGUE = [
  runCommand,
  runsCommand,
  showCommand,
  cancelCommand,
  resumeCommand,
  retryCommand,
  eventsCommand,
  sessionsCommand,
  whyCommand,
  validateCommand,
  trustCommand,
  doctorCommand,
  contextCommand,
] as const;
