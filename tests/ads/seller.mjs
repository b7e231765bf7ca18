// The page of a site that sells places with Prebid.js and plays what wins with Dailymotion's client:
// `sell(video)` answers with the bids that Prebid took, `play(vast)` with the addresses it asked for.
import * as vastClient from "@dailymotion/vast-client";
import pbjs from "prebid.js";
import "prebid.js/modules/prebidServerBidAdapter.js";

pbjs.processQueue(); // from here on Prebid takes calls
const endpoint = "https://takings.example/openrtb2/auction";
const syncEndpoint = "https://takings.example/none";

window.sell = (id) =>
  new Promise((resolve) => {
    const s2sConfig = { accountId: "1", bidders: ["takings"], adapter: "prebidServer", enabled: true };
    pbjs.setConfig({
      s2sConfig: { ...s2sConfig, endpoint, syncEndpoint, timeout: 10_000 },
      bidderTimeout: 10_000,
      cache: { useLocal: true }, // the document itself, instead of an address
      ortb2: { site: { content: { id } } },
    });
    const video = {
      context: "instream",
      playerSize: [640, 360],
      mimes: ["application/x-mpegURL"],
      protocols: [2, 3, 13],
      plcmt: 1,
    };
    const bids = [{ bidder: "takings", params: {} }];
    pbjs.requestBids({
      adUnits: [{ code: "place", mediaTypes: { video }, bids }],
      bidsBackHandler: () => resolve(pbjs.getBidResponsesForAdUnitCode("place").bids),
    });
  });

window.play = async (vast) => {
  const parser = new vastClient.VASTParser();
  const { ads } = await parser.parseVAST(new DOMParser().parseFromString(vast, "text/xml"));
  const [creative] = ads[0].creatives;
  const tracker = new vastClient.VASTTracker(null, ads[0], creative);
  tracker.trackImpression();
  tracker.setProgress(0.01);
  tracker.trackViewableImpression();
  tracker.complete();
};
