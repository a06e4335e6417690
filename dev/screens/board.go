package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/kojiwatch/kojiwatch/internal/cliutil"
	"github.com/kojiwatch/kojiwatch/internal/demo"
)

// boardPatience bounds how long the demo and the browser may take.
const boardPatience = 3 * time.Minute

// boards writes what a browser shows of the demo's live board, as it is on the way.
func boards(folder string) (err error) {
	ctx, cancel := context.WithTimeout(context.Background(), boardPatience)
	defer cancel()
	said, says := io.Pipe()
	ended := make(chan error, 1)
	go func() {
		streams := cliutil.Streams{Out: io.Discard, Err: says}
		err := demo.Play(ctx, streams, demo.Options{Board: "127.0.0.1:0", Speed: 60, Format: cliutil.FormatJSON})
		_ = says.Close() // it never fails
		ended <- err
	}()
	defer func() {
		cancel()
		_ = said.Close()
		err = errors.Join(err, <-ended)
	}()
	address, err := boardAddress(said)
	if err != nil {
		return err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.WindowSize(1280, 1000), chromedp.Flag("accept-lang", "en-GB"))
	ctx, stop := chromedp.NewExecAllocator(ctx, options...)
	defer stop()
	ctx, stop = chromedp.NewContext(ctx)
	defer stop()
	if err := chromedp.Do(ctx, chromedp.Navigate(address)); err != nil {
		return err
	}
	for _, p := range []struct{ name, ready string }{
		{"board", `['live .entry .bars li:nth-child(4)', 'failed .entry', 'done .entry'].every(s => document.querySelector('#list-' + s) !== null)`},
		{"board-build", `document.querySelector('svg.line') !== null || document.querySelector('#list-live .entry:has(.bars li:nth-child(4)) h3 a')?.click() === null`},
	} {
		if err := boardPicture(ctx, p.ready, filepath.Join(folder, p.name+".png")); err != nil {
			return fmt.Errorf("make the picture %s: %w", p.name, err)
		}
	}
	return nil
}

var anAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/`)

// boardAddress returns where the demo says that the board is, and reads on.
func boardAddress(said io.Reader) (string, error) {
	var text []byte
	piece := make([]byte, 1<<10)
	for {
		n, err := said.Read(piece)
		text = append(text, piece[:n]...)
		if found := anAddress.Find(text); found != nil {
			go func() { _, _ = io.Copy(io.Discard, said) }() // until the demo ends
			return string(found), nil
		}
		if err != nil {
			return "", fmt.Errorf("the demo does not say where the board is: %w", err)
		}
	}
}

// boardPicture takes a picture of the page when it is ready.
func boardPicture(ctx context.Context, ready, file string) error {
	for {
		ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](ready))
		if err != nil {
			return err
		}
		if ok {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		return err
	}
	return os.WriteFile(file, png, 0o644)
}
