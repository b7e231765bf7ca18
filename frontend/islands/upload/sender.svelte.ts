/** Sends one file by the tus protocol: in pieces, with pauses, across reloads of the page. */

import { DetailedError, Upload, type PreviousUpload, defaultOptions } from "tus-js-client";
import { csrfToken } from "../../lib/api.ts";
import { uuid7 } from "../../lib/uuid7.ts";

const ENDPOINT = "/uploads/";
const PIECE_BYTES = 8 * 1024 * 1024;
const RETRY_MS = [0, 1_000, 3_000, 5_000, 10_000, 20_000];
const WORTH_RETRYING = new Set([0, 409, 423, 429, 502, 503, 504]);
const EXPIRY_MS = 24 * 3_600_000; // the server drops what nobody continued for a day

export type Sending = "idle" | "sending" | "paused" | "done" | "failed";

export class Sender {
  state = $state<Sending>("idle");
  sentBytes = $state(0);
  totalBytes = $state(0);
  name = $state("");
  trouble = $state("");
  id = $state("");
  resumed = $state(false);
  readonly #purpose: string;
  readonly #done: (id: string) => void;
  #upload: Upload | undefined;

  constructor(purpose: string, done: (id: string) => void) {
    this.#purpose = purpose;
    this.#done = done;
  }

  /** Send a file; when a part of the very same file is there already, continue behind it. */
  async send(file: File): Promise<void> {
    const upload = new Upload(file, {
      endpoint: ENDPOINT,
      chunkSize: PIECE_BYTES,
      retryDelays: RETRY_MS,
      removeFingerprintOnSuccess: true,
      fingerprint: (chosen) => Promise.resolve(fingerprintOf(chosen, this.#purpose)),
      metadata: this.#metadata(file),
      headers: { "X-CSRFToken": csrfToken() },
      onShouldRetry: (error) => WORTH_RETRYING.has(error.originalResponse?.getStatus() ?? 0),
      onProgress: (sent, total) => {
        this.sentBytes = sent;
        this.totalBytes = total;
      },
      onSuccess: () => {
        this.state = "done";
        this.#done(this.id);
      },
      onError: (error) => {
        this.state = "failed";
        this.trouble = sentenceOf(error);
      },
    });
    const before = await upload.findPreviousUploads();
    const found = before.find((one) => Date.now() - Date.parse(one.creationTime) < EXPIRY_MS);
    if (found) upload.resumeFromPreviousUpload(found);
    this.resumed = found !== undefined;
    this.id = found?.metadata["id"] ?? upload.options.metadata?.["id"] ?? "";
    this.#upload = upload;
    this.name = file.name;
    this.totalBytes = file.size;
    this.trouble = "";
    this.resume();
  }

  #metadata(file: File): Record<string, string> {
    return {
      id: uuid7(),
      filename: file.name,
      purpose: this.#purpose,
      title: titleFrom(file.name),
      visibility: "private", // nobody sees it before it is published
    };
  }

  pause(): void {
    void this.#upload?.abort();
    this.state = "paused";
  }

  resume(): void {
    this.state = "sending";
    this.#upload?.start();
  }

  /** Stop, and tell the server to forget what it has. */
  async cancel(): Promise<void> {
    await this.#upload?.abort(true).catch(() => undefined); // it expires there by itself
    this.state = "idle";
    this.sentBytes = 0;
  }
}

/** Uploads that a closed page left unfinished; choosing the same file continues one. */
export async function unfinished(): Promise<PreviousUpload[]> {
  const all = await defaultOptions.urlStorage.findAllUploads();
  return all.filter((one) => Date.now() - Date.parse(one.creationTime) < EXPIRY_MS);
}

export function titleFrom(name: string): string {
  const words = name.replace(/\.[^.]*$/, "").replace(/[_-]+/g, " ").trim();
  return (words || "Untitled").slice(0, 150);
}

function fingerprintOf(file: File, purpose: string): string {
  return ["takings", purpose, file.name, file.size, file.lastModified].join(":");
}

function sentenceOf(error: Error | DetailedError): string {
  const body = error instanceof DetailedError ? error.originalResponse?.getBody() : "";
  try {
    return String((JSON.parse(body ?? "") as { sentence: string }).sentence);
  } catch {
    return "The connection was lost. What was sent is kept; continue when you are back online.";
  }
}
