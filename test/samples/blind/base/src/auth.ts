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
    return jwt.verify(token, config.jwtKey, { algorithms: ["HS256"], issuer: "pigeonpost" }) as Session;
  } catch {
    return undefined; // an old or forged cookie is the same as none
  }
}
