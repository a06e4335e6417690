package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/kojiwatch/kojiwatch/integration/rig/replay"
)

// boardOptions are the part of the command line about the live board.
type boardOptions struct {
	board          bool
	live, viewers  int
	boardPerSecond int
	browser        bool
}

// boardFigures are those of one daemon.
type boardFigures struct {
	firstPage int             // bytes, compressed
	viewer    []time.Duration // from publishing a message to each viewer, sorted
	pixel     []time.Duration // from publishing a message to its row painted by a browser, sorted
	sink      []time.Duration // from publishing a message to the printed line, sorted
	resident  float64         // MB at the most
}

// boards compares the daemon without a board with itself with one that many look at.
func (b *bench) boards(ctx context.Context) error {
	fmt.Printf("%d tasks, %d viewers, %d messages a second for %d s, %d rounds after one to warm up\n\n", b.live, b.viewers, b.boardPerSecond, b.seconds, b.rounds)
	var more []float64
	var slower []time.Duration
	for round := range b.rounds + 1 {
		without, err := b.boardRound(ctx, false)
		if err != nil {
			return fmt.Errorf("without a board: %w", err)
		}
		with, err := b.boardRound(ctx, true)
		if err != nil {
			return fmt.Errorf("with a board: %w", err)
		}
		fmt.Printf("round %d  event to viewer p50 %v p95 %v p99 %v%s; first page %d bytes; sink p99 %v, without a board %v; %.1f MB, without a board %.1f MB\n", round,
			quantile(with.viewer, 0.5), quantile(with.viewer, 0.95), quantile(with.viewer, 0.99), with.pixels(), with.firstPage,
			quantile(with.sink, 0.99), quantile(without.sink, 0.99), with.resident, without.resident)
		if round > 0 {
			more = append(more, with.resident-without.resident)
			slower = append(slower, quantile(with.sink, 0.99)-quantile(without.sink, 0.99))
		}
	}
	slices.Sort(slower)
	fmt.Printf("\nmedian of the rounds: sink p99 %v over that without a board, %.1f MB more\n", slower[len(slower)/2], middle(more))
	return nil
}

// pixels says how soon the browser painted, if there was one.
func (f *boardFigures) pixels() string {
	if len(f.pixel) == 0 {
		return ""
	}
	return fmt.Sprintf(", to pixel p50 %v p95 %v p99 %v", quantile(f.pixel, 0.5), quantile(f.pixel, 0.95), quantile(f.pixel, 0.99))
}

// boardRound measures one daemon.
func (b *bench) boardRound(ctx context.Context, board bool) (*boardFigures, error) {
	if err := b.declare(); err != nil {
		return nil, err
	}
	address, err := freeAddress(ctx)
	if err != nil {
		return nil, err
	}
	config := b.config()
	if board {
		config += fmt.Sprintf("board: {listen: %q}\n", address)
	}
	file := filepath.Join(b.dir, "board.yaml")
	if err := os.WriteFile(file, []byte(config), 0o600); err != nil {
		return nil, err
	}
	tasks := newBoardTasks(b.live)
	cmd := b.daemonWith(ctx, file, len(tasks.load)+b.boardPerSecond*b.seconds+1)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	peak := make(chan float64, 1)
	go func() { peak <- peakResident(cmd.Process.Pid) }()
	printed := make(chan []arrival, 1)
	go func() { printed <- readArrivals(out) }()
	f, sent, err := b.look(ctx, board, "http://"+address, tasks)
	if err != nil {
		_ = cmd.Process.Kill()
	}
	lines := <-printed
	if werr := cmd.Wait(); err == nil {
		err = werr
	}
	if err != nil {
		return nil, err
	}
	f.resident = <-peak
	f.sink, err = match(sent, lines, eventID)
	return f, err
}

// settled is how long a daemon may take for what was published last.
const settled = 2 * time.Second

// look publishes tasks while viewers look at the board, if there is one. It returns when
// each message was sent, the zero time for those from before the viewers came.
func (b *bench) look(ctx context.Context, board bool, url string, tasks *boardTasks) (*boardFigures, map[string]time.Time, error) {
	p, err := replay.Dial(b.broker)
	if err != nil {
		return nil, nil, err
	}
	sent := map[string]time.Time{}
	for i := range tasks.load {
		sent[tasks.load[i].Publishing.MessageId] = time.Time{}
	}
	if err := p.Publish(ctx, tasks.load...); err != nil {
		return nil, nil, err
	}
	time.Sleep(settled)
	f := &boardFigures{}
	audience := &audience{}
	if board {
		if audience, f.firstPage, err = b.invite(ctx, url); err != nil {
			return nil, nil, err
		}
	}
	began, err := b.begin(ctx, p, tasks, sent)
	if err != nil {
		audience.leave()
		return nil, nil, err
	}
	time.Sleep(settled)
	if f.viewer, f.pixel, err = audience.saw(began); err != nil {
		return nil, nil, err
	}
	_, last := tasks.next() // after which the daemon ends
	sent[last.Publishing.MessageId] = time.Time{}
	return f, sent, errors.Join(p.Publish(ctx, last), p.Close())
}

// begin publishes the beginning of tasks for as long as a round takes. It returns when each
// task began, and notes when each message was sent.
func (b *bench) begin(ctx context.Context, p *replay.Publisher, tasks *boardTasks, sent map[string]time.Time) (map[int64]time.Time, error) {
	began := map[int64]time.Time{}
	tick := time.NewTicker(time.Second / time.Duration(b.boardPerSecond))
	defer tick.Stop()
	for range b.boardPerSecond * b.seconds {
		<-tick.C
		id, m := tasks.next()
		now := time.Now()
		began[id], sent[m.Publishing.MessageId] = now, now
		if err := p.Publish(ctx, m); err != nil {
			return nil, err
		}
	}
	return began, nil
}

// firstPage returns how large the front page is on its way.
func firstPage(ctx context.Context, url string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/", http.NoBody)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Accept-Encoding", "gzip") // so that it is not unpacked here
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer func() { _ = answer.Body.Close() }()
	n, err := io.Copy(io.Discard, answer.Body)
	if err == nil && (answer.StatusCode != http.StatusOK || answer.Header.Get("Content-Encoding") != "gzip") {
		err = fmt.Errorf("the front page comes as %s, %q", answer.Status, answer.Header.Get("Content-Encoding"))
	}
	return int(n), err
}
