/** How a command is typed: what the catalogue says of it, in a form that costs a start nothing (commands.gen.ts). */
export interface CommandWords {
  readonly id: string;
  /** One sentence, for people. */
  readonly about: string;
  /** Keys given without a flag, in order; a trailing list takes the rest. */
  readonly positionals: readonly string[];
  readonly flags: readonly Flag[];
}

interface FlagBase {
  /** In the command's input. */
  readonly key: string;
  /** As typed, without the dashes. */
  readonly name: string;
  readonly about: string;
  readonly required: boolean;
}

export type Flag = FlagBase &
  (
    | { readonly type: 'boolean'; readonly default?: boolean | undefined }
    | {
        readonly type: 'string';
        readonly default?: string | undefined;
        readonly choices?: readonly string[] | undefined;
        /** The empty text is refused. */
        readonly nonEmpty?: boolean | undefined;
      }
    | { readonly type: 'integer'; readonly default?: number | undefined; readonly min: number; readonly max: number }
    | { readonly type: 'list'; readonly default?: readonly string[] | undefined }
    | { readonly type: 'json' }
  );
