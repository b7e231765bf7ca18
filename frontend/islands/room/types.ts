/** What the server writes into a room's page; the same as `GET /api/live/rooms/<id>`. */

import type { Captions } from "../feed/types.ts";

export type RoomState = {
  id: string;
  state: "coming" | "running" | "over" | "cancelled";
  title: string;
  starts_ms: number;
  began_ms: number | null;
  ends_ms: number;
  talkers: "everybody" | "followers";
  slow_s: number;
};

export type Line = {
  id: string;
  by: string;
  name: string;
  is_host: boolean;
  badge: string;
  text: string;
  said_ms: number;
};

export type Video = {
  id: string;
  title: string;
  media: string;
  poster: string;
  duration_ms: number;
  width: number;
  height: number;
  captions: Captions[];
};

export type Entrance = {
  room: RoomState;
  video: Video;
  creator: { handle: string; name: string };
  lines: Line[];
  after: number;
  now_ms: number;
  chat_opens_ms: number;
  minimum_age: number;
  me: string;
  hosts: boolean;
  shows_name: boolean;
  is_reminded: boolean;
  signed_in: boolean;
};

export type RoomProps = {
  entrance: Entrance;
  reasons: [string, string][];
  mostChars: number;
  loginUrl: string;
};
