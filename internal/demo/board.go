package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/board"
	"github.com/kojiwatch/kojiwatch/internal/board/web"
	"github.com/kojiwatch/kojiwatch/internal/weblistener"
)

// storyClock is the time in the story: that of the last event, and what has gone by since.
type storyClock struct {
	mu    sync.Mutex
	story time.Time
	at    time.Time // when it was that time
	rate  float64
}

func (c *storyClock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.story.Add(time.Duration(float64(time.Since(c.at)) * c.rate))
}

// set sets the time, which never goes back.
func (c *storyClock) set(story time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if story.After(c.story) {
		c.story, c.at = story, time.Now()
	}
}

// run has the time go by at another rate from now on.
func (c *storyClock) run(rate float64) {
	c.set(c.now())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rate = rate
}

func (c *storyClock) pace() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rate
}

// storyBoard is the live board of the story.
type storyBoard struct {
	board  *board.Board
	clock  storyClock
	pages  *web.Server
	server *weblistener.Server
	stop   context.CancelFunc
	ended  sync.WaitGroup
}

// serveBoard serves a board at an address. With none it is nil, which takes in events, too.
func serveBoard(ctx context.Context, address string, estimator board.Estimator) (*storyBoard, error) {
	if address == "" {
		return nil, nil //nolint:nilnil // there is to be none
	}
	b := &storyBoard{}
	b.board = board.New(board.Options{Estimator: estimator, Now: b.clock.now})
	var err error
	if b.pages, err = web.New(web.Options{Board: b.board, Rate: b.clock.pace}); err != nil {
		return nil, err
	}
	listener, err := weblistener.Listen(ctx, address)
	if err != nil {
		return nil, err
	}
	hosts := weblistener.Hosts{Listen: address, Key: "board.hosts"}
	b.server = weblistener.Serve(listener, hosts.Only(listener.Addr(), b.pages))
	ctx, b.stop = context.WithCancel(context.WithoutCancel(ctx))
	b.ended.Go(func() { b.board.Run(ctx) })
	return b, nil
}

// observe takes in an event.
func (b *storyBoard) observe(e *event.Event) {
	if b != nil {
		b.clock.set(e.ReceivedAt)
		b.board.Observe(e)
	}
}

// begin has the time of the story go by, at the speed at which it is played.
func (b *storyBoard) begin(speed float64, w io.Writer) {
	if b == nil {
		return
	}
	b.clock.run(speed)
	_, _ = fmt.Fprintf(w, "The live board: http://%s/\n\n", b.server.Addr())
}

// stay shows the end of the story until ctx ends.
func (b *storyBoard) stay(ctx context.Context, w io.Writer) {
	if b == nil {
		return
	}
	b.clock.run(1)
	if ctx.Err() == nil {
		_, _ = fmt.Fprintf(w, "\nThe live board stays at http://%s/ until Ctrl-C.\n", b.server.Addr())
	}
	<-ctx.Done()
}

// closeGrace bounds how long viewers may take for what they are being sent.
const closeGrace = time.Second

func (b *storyBoard) close(ctx context.Context) error {
	if b == nil {
		return nil
	}
	b.pages.Close()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeGrace)
	defer cancel()
	err := b.server.Close(ctx)
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil // a viewer is slow; its connection is closed all the same
	}
	b.stop()
	b.ended.Wait()
	return err
}
