// Follows videos that are being prepared: asks the API once a second, reloads when one settles.
const ASK_MS = 1000;
const LONGEST_MS = 15_000;
const SETTLED = new Set(["ready", "refused", "removed"]);

async function follow(element, wait) {
  await new Promise((resolve) => setTimeout(resolve, wait));
  if (document.hidden) return follow(element, wait);
  let video;
  try {
    const answer = await fetch(`/api/studio/videos/${element.dataset.follow}`);
    if (!answer.ok) return;
    video = await answer.json();
  } catch {
    return follow(element, Math.min(wait * 2, LONGEST_MS)); // offline: ask less and less often
  }
  if (SETTLED.has(video.status)) return location.reload();
  const badge = element.querySelector("[data-status]") ?? document.querySelector("[data-status]");
  const percent = video.status === "transcoding" ? ` ${Math.floor(video.progress_bp / 100)} %` : "";
  if (badge) badge.textContent = video.status_words + percent;
  const bar = element.querySelector("progress");
  if (bar) bar.value = video.progress_bp;
  return follow(element, video.status === "uploading" ? LONGEST_MS : ASK_MS);
}

for (const element of document.querySelectorAll("[data-follow]")) void follow(element, ASK_MS);
