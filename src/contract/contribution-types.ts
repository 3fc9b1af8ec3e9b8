/**
 * Rows of the tables that package.json's `contributes` is made from (scripts/manifest.ts): commands and settings in
 * commands/palette.ts and commands/settings.ts, views, menus, welcome texts and colours in view-contributions.ts.
 * `when` and `enablement` are when clauses of VS Code.
 */

/** A command of VS Code; its category is always Savepoint. */
export interface CommandContribution {
  /** Whole id, `savepoint.run`. */
  readonly command: string;
  /** Title Case, without the category. */
  readonly title: string;
  /** Product icon, for the places that show one: `play`. */
  readonly icon?: string;
  /** Greyed out where it does not hold. */
  readonly enablement?: string;
  /** When the palette lists it: always without, never with false (it is of menus or keys only). */
  readonly when?: string | false;
}

/** One item of a menu of VS Code. */
export interface MenuContribution {
  /** `view/title`, `view/item/context`, `editor/title`, … */
  readonly menu: string;
  readonly command: string;
  readonly when?: string;
  /** `inline@1`, `navigation@2`, `1_run@1`. */
  readonly group?: string;
}

/** One view of the container `savepoint`, in the order shown. */
export interface ViewContribution {
  /** Whole id, `savepoint.runs`. */
  readonly id: string;
  readonly name: string;
  /** Product icon. */
  readonly icon: string;
  /** How it is at first. */
  readonly visibility: 'visible' | 'collapsed';
  /** Its share of the height at first, beside those of the others. */
  readonly size: number;
  readonly when?: string;
}

/** Text of an empty view. A link on a line of its own is shown as a button. */
export interface WelcomeContribution {
  readonly view: string;
  readonly contents: string;
  readonly when?: string;
}

export interface ColorContribution {
  /** `savepoint.passed`. */
  readonly id: string;
  readonly description: string;
  /** The theme's token that it follows. */
  readonly default: string;
}

/** One setting; a plain JSON Schema of one value. */
export interface SettingContribution {
  /** Whole key, `savepoint.automaticRuns`. */
  readonly key: string;
  readonly type: 'boolean' | 'integer' | 'number' | 'string' | 'array' | 'object';
  readonly default: boolean | number | string | readonly string[] | Readonly<Record<string, never>>;
  /** One or two sentences; Markdown. */
  readonly description: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  /** One for each value of `enum`. */
  readonly enumDescriptions?: readonly string[];
  /** `application`: no folder's settings file can set it; `resource` (the default): each folder its own. */
  readonly scope?: 'application' | 'machine' | 'window' | 'resource';
  /** Ignored in folders that are not trusted. */
  readonly restricted?: boolean;
}

export interface KeyContribution {
  readonly command: string;
  readonly key: string;
  readonly mac?: string;
  /** Always within a view of Savepoint: nothing is taken from the rest of the editor. */
  readonly when: string;
}
