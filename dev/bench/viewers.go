package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"sync"
	"time"
)

// viewersCommand is the argument that makes this program the viewers of a board.
const viewersCommand = "viewers"

// looks is how many different views the viewers have.
const looks = 20

// viewers has a number of viewers look at the board at a URL until standard input ends. It
// prints a line when all are there, and in the end when each was first sent each task.
func viewers(args []string) error {
	if len(args) != 2 {
		return errors.New("want the URL of a board and a number of viewers")
	}
	n, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	seen, err := watch(context.Background(), args[0], n)
	if err != nil {
		return err
	}
	_, _ = fmt.Println("ready")
	if _, err := io.Copy(io.Discard, os.Stdin); err != nil {
		return err
	}
	return json.NewEncoder(os.Stdout).Encode(seen())
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
