package daemon

import (
	"context"
	"errors"
	"sync"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/internal/board/web"
	"github.com/kojiwatch/kojiwatch/internal/estimation"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/weblistener"
	"github.com/kojiwatch/kojiwatch/koji"
)

// newBoard returns the live board, nil if there is to be none.
func newBoard(c *config.Config, web koji.Web, estimates *estimation.Service) *board.Board {
	if c.Board.Listen == "" {
		return nil
	}
	b := board.New(board.Options{Estimator: estimates.ForBoard(), Web: web})
	estimates.OnQueue(b.Load)
	return b
}

// startBoard runs the live board and serves it, if there is one, and returns what ends
// both.
func startBoard(ctx context.Context, c *config.Config, d *daemon) (closeBoard func() error, err error) {
	b := d.common.board
	if b == nil {
		return func() error { return nil }, nil
	}
	o := web.Options{Board: b, Status: d.status, BasePath: c.Board.BasePath, Access: web.Access{
		Username: c.Board.Username, Password: c.Board.Password.Reveal, UserHeader: c.Board.UserHeader, Proxies: c.Board.Networks(),
	}}
	if d.common.campaigns != nil {
		o.Campaigns = d.common.campaigns
	}
	pages, err := web.New(o)
	if err != nil {
		return nil, c.Problem("board", "%v", err)
	}
	d.common.estimates.WhileSeen(func() bool { return pages.Viewers() > 0 })
	listener, err := weblistener.Listen(ctx, c.Board.Listen)
	if err != nil {
		return nil, c.Problem("board.listen", "%v", err)
	}
	hosts := weblistener.Hosts{Listen: c.Board.Listen, Names: c.Board.Hosts, Key: "board.hosts"}
	server := weblistener.Serve(listener, hosts.Only(listener.Addr(), pages))
	d.common.registry.MustRegister(metrics.Board(pages.Viewers, b.Dropped))
	d.common.logs.Logger.Info().Str("address", server.Addr()).Msg("live board")
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var ended sync.WaitGroup
	ended.Go(func() { b.Run(running) })
	return func() error {
		pages.Close()
		ctx, done := context.WithTimeout(context.WithoutCancel(ctx), adminGrace)
		defer done()
		err := server.Close(ctx)
		if errors.Is(err, context.DeadlineExceeded) {
			err = nil // a viewer is slow; its connection is closed all the same
		}
		cancel()
		ended.Wait()
		return err
	}, nil
}
