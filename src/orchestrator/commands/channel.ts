/** Hands values from callbacks to one `for await`, in order, without a bound: the producer is a run, whose events are few. */
export interface ItemChannel<T> extends AsyncIterable<T> {
  push(value: T): void;
  /** Ends the iteration after what was pushed. */
  close(): void;
}

export function createItemChannel<T>(): ItemChannel<T> {
  const waiting: T[] = [];
  let closed = false;
  let wake: () => void = () => undefined;
  return {
    push(value) {
      waiting.push(value);
      wake();
    },
    close() {
      closed = true;
      wake();
    },
    async *[Symbol.asyncIterator]() {
      for (;;) {
        while (waiting.length > 0) yield* waiting.splice(0);
        if (closed) return;
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}
