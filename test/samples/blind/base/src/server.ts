import express from "express";
import { Pool } from "pg";
import { sessionOf } from "./auth.ts";
import { config } from "./config.ts";
import { listSubscribers } from "./db.ts";
import { createLink, followLink } from "./links.ts";

export function buildApp(pool: Pool) {
  const app = express();
  app.use(express.json({ limit: "200kb" }));
  app.use(express.static("public"));
  app.get("/l/:code", followLink(pool));
  app.post("/api/links", createLink(pool));
  app.get("/api/lists/:id/subscribers", async (req, res) => {
    if (!sessionOf(req)) {
      res.status(401).json({ error: "sign in first" });
      return;
    }
    res.json(await listSubscribers(pool, req.params.id));
  });
  return app;
}

export function serve(): void {
  const pool = new Pool({ connectionString: config.databaseUrl, max: 10 });
  const server = buildApp(pool).listen(config.port, () => console.log(`listening on ${config.port}`));
  process.once("SIGTERM", () => {
    server.close();
    void pool.end();
  });
}
