import type { Board } from '../../contract/board.ts';
import type { Origin } from '../../contract/events.ts';

export interface Writer {
  readonly name: string;
  readonly icon: string;
}

/** Agents whose names are written otherwise than word by word. */
const NAMES: Readonly<Record<string, string>> = { claude: 'Claude Code', vscode: 'VS Code', github: 'GitHub' };

/** Who wrote, as people say it. A run is named by its number where the board knows it. */
export function writerOf(origin: Origin, board: Pick<Board, 'runs'>): Writer {
  const [kind, name = ''] = splitOnce(origin);
  switch (kind) {
    case 'human':
      return { name: 'You', icon: 'edit' };
    case 'git':
      return { name: 'git', icon: 'git-branch' };
    case 'agent':
      return { name: nameWords(name), icon: 'robot' };
    case 'run': {
      const number = board.runs.find(({ run }) => run === name)?.number;
      return { name: number === undefined ? 'A run' : `Run ${number}`, icon: 'play-circle' };
    }
    case 'tool':
      return { name: nameWords(name), icon: 'tools' };
    default:
      return { name: 'Not known', icon: 'question' };
  }
}

const splitOnce = (text: string): readonly [string, string?] => {
  const at = text.indexOf(':');
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + 1)];
};

/** `claude-code` → "Claude Code". */
function nameWords(id: string): string {
  const known = NAMES[id];
  if (known !== undefined) return known;
  return id
    .split(/[-_ ]+/)
    .filter((word) => word !== '')
    .map((word) => word[0]?.toUpperCase() + word.slice(1))
    .join(' ');
}
