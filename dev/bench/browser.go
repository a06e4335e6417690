package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

// notePaints notes when each new row of the list of live tasks was painted. The callback of
// requestAnimationFrame runs before the frame is painted, the message after it.
const notePaints = `
window.painted = {};
new MutationObserver((changes) => {
  const fresh = [];
  for (const c of changes) for (const e of c.addedNodes) {
    const key = e.dataset && e.dataset.key;
    if (key && key.startsWith('task/') && !(key in window.painted)) fresh.push(key);
  }
  if (!fresh.length) return;
  requestAnimationFrame(() => {
    const after = new MessageChannel();
    after.port1.onmessage = () => {
      const now = Date.now();
      for (const key of fresh) window.painted[key] ??= now;
    };
    after.port2.postMessage(null);
  });
}).observe(document.getElementById('list-live'), { childList: true });
void 0`

// paint opens the board's front page in Chromium. What it returns closes the browser, and
// returns when each new task was painted.
func paint(ctx context.Context, url string) (painted func() (map[int64]time.Time, error), err error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.Flag("disable-dev-shm-usage", true), chromedp.WindowSize(1280, 900))
	ctx, end := chromedp.NewExecAllocator(ctx, options...)
	ctx, closePage := chromedp.NewContext(ctx)
	stop := func() { closePage(); end() }
	if err := chromedp.Do(ctx, chromedp.Navigate(url+"/"), chromedp.Evaluate[chromedp.Void](notePaints)); err != nil {
		stop()
		return nil, fmt.Errorf("open the board in Chromium: %w", err)
	}
	return func() (map[int64]time.Time, error) {
		defer stop()
		times, err := chromedp.Run(ctx, chromedp.Evaluate[map[string]int64](`window.painted`))
		if err != nil {
			return nil, fmt.Errorf("ask Chromium what it painted: %w", err)
		}
		at := make(map[int64]time.Time, len(times))
		for key, ms := range times {
			id, err := strconv.ParseInt(strings.TrimPrefix(key, "task/"), 10, 64)
			if err != nil {
				return nil, fmt.Errorf("the board has a row with the key %q", key)
			}
			at[id] = time.UnixMilli(ms)
		}
		return at, nil
	}, nil
}
