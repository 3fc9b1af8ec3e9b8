/** What a command of a row, a link or a menu is about. Rows of the trees carry one as `target`; links pass one as only argument. */
export interface Target {
  /** Uri of the folder root, as text. */
  readonly folder: string;
  /** Id of a run. */
  readonly run?: string;
  /** Its number, where the run may not be on the board any more. */
  readonly number?: number;
  /** Of that run. */
  readonly step?: string;
  readonly workflow?: string;
  readonly activity?: string;
  /** Id of an event. */
  readonly event?: string;
  /** Of a finding. */
  readonly fingerprint?: string;
}

/**
 * `command:` link of a hover or a text. Encoded twice, because VS Code decodes twice: as part of the address, and as the argument. In the
 * address of a folder with a blank in its name `%20` would be a blank otherwise. Nothing in it ends a link of Markdown.
 */
export function commandLink(command: string, target: Target): string {
  const argument = encodeURIComponent(JSON.stringify([target]))
    .replaceAll('(', '%28')
    .replaceAll(')', '%29');
  return `command:${command}?${encodeURIComponent(argument)}`;
}

/** The target of a command's first argument: one itself, or a row that carries one. Null from the palette or a key. */
export function targetOf(argument: unknown): Target | null {
  if (typeof argument !== 'object' || argument === null) return null;
  if ('target' in argument) return targetOf(argument.target);
  return isTarget(argument) ? argument : null;
}

const isTarget = (value: object): value is Target => 'folder' in value && typeof value.folder === 'string';
