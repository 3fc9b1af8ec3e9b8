import DOMPurify from "dompurify";
import React, { useEffect, useMemo, useState } from "react";
import { safeHref } from "../src/html.ts";
import { statusLabel, type Campaign } from "../src/schedule.ts";

interface Author {
  name: string;
  bio: string;
  website: string;
}

export function AuthorCard({ author }: { author: Author }) {
  const markup = { __html: author.bio.replace(/\n/g, "<br>") };
  return (
    <aside>
      <h3>{author.name}</h3>
      <div dangerouslySetInnerHTML={markup} />
      <a href={author.website}>Website</a>
    </aside>
  );
}

export function Preview({ body }: { body: string }) {
  const clean = useMemo(() => DOMPurify.sanitize(body), [body]);
  return <div dangerouslySetInnerHTML={{ __html: clean }} />;
}

export function Source({ url, label }: { url: string; label: string }) {
  return <a href={safeHref(url)}>{label}</a>;
}

const SPINNER = '<svg width="16" height="16"><circle cx="8" cy="8" r="7"/></svg>';

export function Spinner() {
  return <span dangerouslySetInnerHTML={{ __html: SPINNER }} />;
}

export function CampaignRow({ campaign, onOpen }: { campaign: Campaign; onOpen: (id: string) => void }) {
  return (
    <tr onClick={() => onOpen(campaign.id)}>
      <td>{campaign.title}</td>
      <td>{statusLabel(campaign.status)}</td>
    </tr>
  );
}

export function CampaignPage({ listId }: { listId: string }) {
  const [campaigns, setCampaigns] = useState<Campaign[]>([]);
  const [open, setOpen] = useState("");

  useEffect(() => {
    const load = async () => {
      const reply = await fetch(`/api/lists/${encodeURIComponent(listId)}/campaigns`);
      setCampaigns((await reply.json()) as Campaign[]);
    };
    void load().catch((err) => console.error(err));
  }, [listId]);

  return (
    <table>
      <tbody>
        {campaigns.map((c) => (
          <CampaignRow key={c.id} campaign={c} />
        ))}
      </tbody>
      <caption>{open}</caption>
    </table>
  );
}
