/** Messages for one reader, in order. */
export interface Inbox<T> {
  put(message: T): void;
  /** Everything that has come, at least one. */
  take(): Promise<readonly T[]>;
}

export function createInbox<T>(): Inbox<T> {
  let messages: T[] = [];
  let wake: (() => void) | null = null;
  return {
    put(message) {
      messages.push(message);
      wake?.();
      wake = null;
    },
    async take() {
      if (messages.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      const taken = messages;
      messages = [];
      return taken;
    },
  };
}
