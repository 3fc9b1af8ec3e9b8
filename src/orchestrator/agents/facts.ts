import type { AgentFacts } from './agent.ts';

const SECOND = 1000;

/**
 * The five built-in agents (timeouts and retries: the mission's table, SYSTEMS A1). What a result depends on decides when it may
 * be taken from cache.
 */
export const BUILT_IN_AGENTS: readonly AgentFacts[] = [
  {
    id: 'security-auditor',
    title: 'Security auditor',
    timeoutMs: 30 * SECOND,
    retry: { max: 3, multiplier: 2 },
    operations: [
      {
        name: 'pre-check',
        inputs: { files: 'workspace', tools: [] },
        about: 'secrets, insecure patterns and dependencies in scope',
      },
      {
        name: 'post-check',
        inputs: { files: 'workspace', tools: [] },
        about: 'what is new since the pre-check, including what the run itself did',
      },
      { name: 'validate', inputs: { files: 'workspace', tools: [] }, about: 'the files that the task concerns' },
    ],
  },
  {
    id: 'bug-hunter',
    title: 'Bug hunter',
    timeoutMs: 45 * SECOND,
    retry: { max: 3, multiplier: 1.5 },
    operations: [
      {
        name: 'hunt',
        inputs: { files: 'workspace', tools: ['typescript', 'eslint', 'oxlint', '@biomejs/biome'] },
        about: 'type errors, lint, suspicious code',
      },
    ],
  },
  {
    id: 'test-executor',
    title: 'Test executor',
    timeoutMs: 120 * SECOND,
    retry: { max: 2, multiplier: 2 },
    operations: [
      {
        name: 'run',
        inputs: { files: 'workspace', tools: ['vitest', 'jest', 'mocha', 'ava'] },
        about: 'the related tests, or the task’s own command',
        startsCommand: true,
        with: { command: 'argv', select: ['related', 'all', 'exact'] },
      },
      {
        name: 'design',
        inputs: { files: 'workspace', tools: ['vitest', 'jest', 'mocha', 'ava'] },
        about: 'which tests prove this change, run; changed exports that no test reaches',
        with: { select: ['related', 'all'] },
      },
    ],
  },
  {
    id: 'performance-analyzer',
    title: 'Performance analyzer',
    timeoutMs: 60 * SECOND,
    retry: { max: 5, multiplier: 1.2 },
    operations: [
      {
        name: 'analyze',
        inputs: { files: 'workspace', tools: ['vitest', 'tinybench', 'mitata'] },
        about: 'slower tests, steps or benchmarks than before',
      },
      {
        name: 'validate',
        inputs: { files: 'workspace', tools: ['vitest', 'tinybench', 'mitata'] },
        about: 'the same, after a task',
      },
    ],
  },
  {
    id: 'context-optimizer',
    title: 'Context optimizer',
    timeoutMs: 20 * SECOND,
    retry: { max: 3, multiplier: 1.5 },
    operations: [
      {
        name: 'optimize',
        inputs: { files: 'workspace', tools: [] },
        about: 'what one must read to deal with this change, within a token budget',
      },
      {
        name: 'analyze-task',
        inputs: { files: 'workspace', tools: [] },
        about: 'the files and symbols that a task concerns',
      },
    ],
  },
];
