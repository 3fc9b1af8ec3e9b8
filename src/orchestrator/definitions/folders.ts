/** Where a workspace keeps what it defines, relative to it, and which names count there. */

export const WORKFLOWS_DIR = '.savepoint/workflows';
export const AGENTS_DIR = '.savepoint/agents';

export const isWorkflowFile = (name: string): boolean => /\.ya?ml$/.test(name);
export const isAgentFile = (name: string): boolean => name.endsWith('.yaml');
