// A player as others build it: reads our documents with Dailymotion's VAST and VMAP clients,
// plays each ad to its end (the last one is skipped, and fails), and prints the addresses it asks for.
import { readFileSync } from "node:fs";
import vastClient from "@dailymotion/vast-client";
import VMAP from "@dailymotion/vmap";
import { DOMParser } from "@xmldom/xmldom";

const asked = [];
globalThis.window = {}; // the client asks for addresses only where it believes in a browser
globalThis.Image = class {
  set src(url) {
    asked.push(url);
  }
};

const parse = (text) => new DOMParser().parseFromString(text, "text/xml");
const { ads, breaks } = JSON.parse(readFileSync(0, "utf8"));
const played = [];
for (const [number, text] of ads.entries()) {
  const { ads: found } = await new vastClient.VASTParser().parseVAST(parse(text));
  for (const ad of found) played.push(play(ad, number === ads.length - 1));
}

function play(ad, isSkipped) {
  const [creative] = ad.creatives;
  const tracker = new vastClient.VASTTracker(null, ad, creative);
  let page = "";
  tracker.on("clickthrough", (url) => (page = url));
  asked.length = 0;
  tracker.trackImpression();
  for (const part of [0, 0.3, 0.6, 0.8]) tracker.setProgress(creative.duration * part + 0.01);
  tracker.setMuted(true);
  tracker.setMuted(false);
  tracker.trackViewableImpression();
  tracker.click();
  if (isSkipped) {
    tracker.skip();
    tracker.error({ ERRORCODE: 405 });
  } else tracker.complete();
  const { duration, skipDelay, mediaFiles } = creative;
  const media = mediaFiles.map(({ fileURL, mimeType, width, height }) => [fileURL, mimeType, width, height]);
  return { id: ad.id, title: ad.title, expires: ad.expires, duration, skipDelay, media, page, asked: [...asked] };
}

const places = new VMAP(parse(breaks)).adBreaks.map(({ timeOffset, adSource }) => [
  timeOffset,
  adSource.adTagURI.templateType,
  adSource.adTagURI.uri,
]);
console.log(JSON.stringify({ played, places }));
