package ask

import (
	"context"
	"time"

	"github.com/kojiwatch/kojiwatch/estimates/live"
	"github.com/kojiwatch/kojiwatch/internal/admin"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
)

// daemonPatience is how long a daemon may take to answer. Without an answer the estimate
// is that from the hub.
const daemonPatience = 2 * time.Second

// askDaemon takes over the estimate of a running daemon, which knows more of the past, if
// there is one.
func askDaemon(ctx context.Context, address string, a *live.Answer) {
	if address == "" || a == nil || a.Node == nil || a.Ended() || a.OnlyPackage {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, daemonPatience)
	defer cancel()
	text, err := admin.Estimate(ctx, address, a.Node.Task.ID)
	if err != nil {
		return
	}
	if e, err := estimation.ParseLookup(text); err == nil && e.Known() {
		e.Reason, e.Ahead, e.Phase = a.Estimate.Reason, a.Estimate.Ahead, a.Estimate.Phase
		a.Estimate, a.Daemon = e, true
	}
}
