import React, { useEffect, useState } from "react";

interface Row {
  id: string;
  email: string;
  name: string;
}

export function SubscriberRow({ row, onRemove }: { row: Row; onRemove: (id: string) => void }) {
  return (
    <tr>
      <td>{row.name}</td>
      <td>{row.email}</td>
      <td>
        <button onClick={() => onRemove(row.id)}>Remove</button>
      </td>
    </tr>
  );
}

export function SubscribersPage({ listId }: { listId: string }) {
  const [rows, setRows] = useState<Row[]>([]);
  const [error, setError] = useState("");

  useEffect(() => {
    const abort = new AbortController();
    fetch(`/api/lists/${encodeURIComponent(listId)}/subscribers`, { signal: abort.signal })
      .then((r) => r.json())
      .then(setRows)
      .catch((e: Error) => setError(e.message));
    return () => abort.abort();
  }, [listId]);

  return (
    <section>
      {error && <p role="alert">{error}</p>}
      <table>
        <tbody>
          {rows.map((row) => (
            <SubscriberRow key={row.id} row={row} onRemove={(id) => setRows((all) => all.filter((r) => r.id !== id))} />
          ))}
        </tbody>
      </table>
    </section>
  );
}
