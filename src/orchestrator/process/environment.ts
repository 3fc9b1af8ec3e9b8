type Variables = Readonly<Record<string, string | undefined>>;

/** What would make a tool behave as part of the editor or of our own Node (CONTRACT.md, Files). */
const NOT_INHERITED = /^(?:NODE_OPTIONS$|ELECTRON_|VSCODE_)/;

/** What Savepoint's own tools get: finding programs, homes, temporary files, language, proxies of nothing. */
const TOOL_ALLOWED =
  /^(?:PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_\w+|TZ|TMPDIR|TEMP|TMP|XDG_\w+|SystemRoot|PATHEXT|APPDATA|LOCALAPPDATA|USERPROFILE)$/;

/** Marks every process below one of ours, over fork, setsid and re-parenting: ids from the outermost group inwards. */
export const GROUP_VARIABLE = 'SAVEPOINT_GROUP';

export interface EnvironmentRequest {
  readonly kind: 'caller' | 'tool';
  readonly extra: Readonly<Record<string, string>>;
  readonly group: string;
}

/** The environment of a child process. */
export function childEnvironment(
  caller: Variables,
  { kind, extra, group }: EnvironmentRequest,
): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [name, value] of Object.entries(caller)) {
    if (value !== undefined && passes(name, kind)) result[name] = value;
  }
  const outer = caller[GROUP_VARIABLE];
  return { ...result, ...extra, [GROUP_VARIABLE]: outer === undefined ? group : `${outer}/${group}` };
}

function passes(name: string, kind: EnvironmentRequest['kind']): boolean {
  return kind === 'tool' ? TOOL_ALLOWED.test(name) : !NOT_INHERITED.test(name);
}
