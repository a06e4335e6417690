package app

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

// reopener is a sink whose file may be moved away by another program.
type reopener interface{ Reopen() }

// reopenOnHangup has sinks open their files anew at each SIGHUP, which is how
// programs that rotate logs say so. The function it returns ends that.
func reopenOnHangup(ctx context.Context, lines []*line) (stop func()) {
	ctx, cancel := context.WithCancel(ctx)
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer signal.Stop(hangups)
		for {
			select {
			case <-ctx.Done():
				return
			case <-hangups:
			}
			for _, l := range lines {
				if s, ok := l.sink.(reopener); ok {
					l.log.Info().Msg("opens its file anew")
					s.Reopen()
				}
			}
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}
