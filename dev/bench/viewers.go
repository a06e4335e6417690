package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// looks is how many different views the viewers have.
const looks = 20

// audience is who looks at the board. The zero value is nobody.
type audience struct {
	viewers func() []map[int64]time.Time        // nil: none
	browser func() (map[int64]time.Time, error) // nil: none
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
	if a.viewers, err = watch(ctx, url, b.viewers); err != nil {
		a.leave()
		return nil, 0, err
	}
	return a, first, nil
}

// leave ends the looking.
func (a *audience) leave() {
	if a.viewers != nil {
		a.viewers()
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
			a.viewers()
			return nil, nil, fmt.Errorf("browser: %w", err)
		}
	}
	for _, at := range a.viewers() {
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

// watch has viewers look at the board's front page. What it returns ends that, and tells
// for each viewer when it was first sent each task.
func watch(ctx context.Context, url string, viewers int) (seen func() []map[int64]time.Time, err error) {
	ctx, cancel := context.WithCancel(ctx)
	all := make([]map[int64]time.Time, viewers)
	var reading sync.WaitGroup
	end := func() []map[int64]time.Time {
		cancel()
		reading.Wait()
		return all
	}
	client := &http.Client{Transport: &http.Transport{DisableCompression: true}}
	for i := range all {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/live?show=%d", url, 120+i%looks), http.NoBody)
		if err != nil {
			end()
			return nil, err
		}
		answer, err := client.Do(r) //nolint:bodyclose // who reads it does
		if err == nil && answer.StatusCode != http.StatusOK {
			err = fmt.Errorf("viewer %d is told %s", i, answer.Status)
		}
		if err != nil {
			end()
			return nil, err
		}
		reading.Go(func() {
			defer func() { _ = answer.Body.Close() }()
			all[i] = readFrames(bufio.NewReaderSize(answer.Body, 64<<10))
		})
	}
	return end, nil
}

// liveTask comes before the id of a task whose HTML is sent.
var liveTask = []byte(`"live task/`)

// readFrames reads what a viewer is sent until that ends.
func readFrames(r *bufio.Reader) map[int64]time.Time {
	at := map[int64]time.Time{}
	for {
		line, err := r.ReadBytes('\n')
		if err != nil {
			return at
		}
		now := time.Now()
		for rest := line; ; {
			_, after, found := bytes.Cut(rest, liveTask)
			if !found {
				break
			}
			rest = after
			number, _, _ := bytes.Cut(rest, []byte(`"`))
			if id, err := strconv.ParseInt(string(number), 10, 64); err == nil && at[id].IsZero() {
				at[id] = now
			}
		}
	}
}
