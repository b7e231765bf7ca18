import { EventClient } from "../../lib/events.ts";

let client: EventClient | undefined;

/** The page's one event client, started when the first showing needs it. */
export function feedEvents(): EventClient {
  if (client === undefined) {
    client = new EventClient();
    client.start();
  }
  return client;
}
