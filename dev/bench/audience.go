package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"time"
)

// audience is who looks at the board. The zero value is nobody.
type audience struct {
	viewers func() ([]map[int64]time.Time, error) // nil: none
	browser func() (map[int64]time.Time, error)   // nil: none
}

// invite has viewers look at the board, and a browser if it is asked for. It also returns
// the size of the first page.
func (b *bench) invite(ctx context.Context, url string) (a *audience, first int, err error) {
	if first, err = firstPage(ctx, url); err != nil {
		return nil, 0, err
	}
	a = &audience{}
	if b.browser {
		if a.browser, err = paint(ctx, url); err != nil {
			return nil, 0, err
		}
	}
	if a.viewers, err = b.startViewers(ctx, url); err != nil {
		a.leave()
		return nil, 0, err
	}
	return a, first, nil
}

// startViewers runs the viewers in a process of their own, at low priority: real viewers are
// on other machines, and what they do with a page takes nothing from the daemon. What it
// returns ends them, and returns when each of them was first sent each task.
func (b *bench) startViewers(ctx context.Context, url string) (seen func() ([]map[int64]time.Time, error), err error) {
	cmd := exec.CommandContext(ctx, "nice", "-n", "19", b.self, viewersCommand, url, strconv.Itoa(b.viewers))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	answers := bufio.NewReader(out)
	if _, err := answers.ReadString('\n'); err != nil {
		_ = in.Close()
		return nil, fmt.Errorf("viewers: %w", errors.Join(err, cmd.Wait()))
	}
	return func() ([]map[int64]time.Time, error) {
		_ = in.Close()
		var seen []map[int64]time.Time
		err := json.NewDecoder(answers).Decode(&seen)
		if err = errors.Join(err, cmd.Wait()); err != nil {
			return nil, fmt.Errorf("viewers: %w", err)
		}
		return seen, nil
	}, nil
}

// leave ends the looking.
func (a *audience) leave() {
	if a.viewers != nil {
		_, _ = a.viewers()
	}
	if a.browser != nil {
		_, _ = a.browser()
	}
}

// saw ends the looking, and returns how long it took until each viewer was sent each task,
// and until the browser had painted it; both sorted.
func (a *audience) saw(began map[int64]time.Time) (viewer, pixel []time.Duration, err error) {
	if a.viewers == nil {
		return nil, nil, nil
	}
	if a.browser != nil {
		at, err := a.browser()
		if err == nil {
			pixel, err = since(began, at)
		}
		if err != nil {
			_, _ = a.viewers()
			return nil, nil, fmt.Errorf("browser: %w", err)
		}
	}
	all, err := a.viewers()
	if err != nil {
		return nil, nil, err
	}
	for _, at := range all {
		each, err := since(began, at)
		if err != nil {
			return nil, nil, fmt.Errorf("viewer: %w", err)
		}
		viewer = append(viewer, each...)
	}
	slices.Sort(viewer)
	slices.Sort(pixel)
	return viewer, pixel, nil
}

// since returns how long after its beginning each task was seen.
func since(began, seen map[int64]time.Time) ([]time.Duration, error) {
	all := make([]time.Duration, 0, len(began))
	for id, begin := range began {
		at := seen[id]
		if at.IsZero() {
			return nil, fmt.Errorf("task %d was not seen", id)
		}
		all = append(all, at.Sub(begin))
	}
	return all, nil
}
