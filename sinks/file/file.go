// Package file is the sink that appends events to a file, one JSON object per line. The
// file is synced before Send returns, and rotated by size and age.
package file

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/atomicfile"
	"github.com/kojiwatch/kojiwatch/internal/clock"
)

// Sync says when the file is synced to the disk.
type Sync string

// The policies. Except with SyncNever, Send returns after its events have been synced.
const (
	SyncBatch    Sync = "batch"    // once for the events of one Send
	SyncAlways   Sync = "always"   // after each event
	SyncInterval Sync = "interval" // at most once in Config.SyncInterval; Send waits for it
	SyncNever    Sync = "never"    // left to the operating system; a power failure may lose events
)

// Sink writes events into a file. Only Reopen may be called at any time.
type Sink struct {
	o      Config
	file   *os.File
	target string // the file's own path, where Config.Path is a symbolic link
	device bool   // the path is a device or pipe, which cannot be synced, truncated or rotated
	torn   bool   // the last write to the device ended within a line
	size   int64
	period int64 // of MaxAge; see periodOf
	synced time.Time
	buf    []byte
	reopen atomic.Bool
}

// New returns a sink. The first Send creates the folder and opens the file.
func New(o Config) *Sink { return &Sink{o: o} }

// maxKept is the largest buffer kept between writes.
const maxKept = 1 << 20

// Reopen closes the file and opens it again before the next event, for when another
// program has renamed it.
func (s *Sink) Reopen() { s.reopen.Store(true) }

// Send implements sinks.Sink. After an error it truncates the file to its old size, so
// that it contains only whole lines. A device cannot be truncated: the next event begins
// on a new line, and a reader only sees one torn line, whose event is written again.
func (s *Sink) Send(ctx context.Context, events []*event.Event) error {
	if s.o.Sync != SyncAlways {
		return s.send(ctx, events)
	}
	// After an error the events before the failed one are written twice, as at-least-once
	// delivery allows.
	for i := range events {
		if err := s.send(ctx, events[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sink) send(ctx context.Context, events []*event.Event) error {
	buf := s.buf[:0]
	if s.torn {
		buf = append(buf, '\n')
	}
	for _, e := range events {
		buf = append(e.AppendJSON(buf), '\n')
	}
	if s.buf = buf; cap(buf) > maxKept {
		s.buf = nil
	}
	if err := s.ready(int64(len(buf))); err != nil {
		return fmt.Errorf("file %s: %w", s.o.Path, err)
	}
	if err := s.write(ctx, buf); err != nil {
		return fmt.Errorf("file %s: write %d events: %w", s.o.Path, len(events), err)
	}
	s.size += int64(len(buf))
	return nil
}

// write appends the lines and syncs the file, or truncates it to its old size.
func (s *Sink) write(ctx context.Context, lines []byte) error {
	// A write to a file returns, but a write to a full pipe blocks.
	f := s.file
	stop := context.AfterFunc(ctx, func() { _ = f.SetWriteDeadline(time.Now()) })
	n, err := f.Write(lines)
	if !stop() && err != nil {
		err = errors.Join(ctx.Err(), err)
	}
	if s.device && n > 0 {
		s.torn = lines[n-1] != '\n'
	}
	if err == nil {
		err = s.sync(ctx)
	}
	if err == nil {
		return nil
	}
	// After a failed sync it is unknown which data is on the disk, so the lines must be
	// written again, to a newly opened file.
	if !s.device {
		err = errors.Join(err, s.file.Truncate(s.size))
	}
	return errors.Join(err, s.Close())
}

func (s *Sink) sync(ctx context.Context) error {
	if s.device {
		return nil
	}
	switch s.o.Sync {
	case SyncNever:
		return nil
	case SyncInterval:
		if err := sleepUntil(ctx, s.synced.Add(s.o.SyncInterval)); err != nil {
			return err
		}
	case SyncBatch, SyncAlways:
	}
	s.synced = time.Now()
	return s.file.Sync()
}

func sleepUntil(ctx context.Context, at time.Time) error {
	if wait := time.Until(at); wait > 0 {
		clock.Sleep(ctx, wait)
		return ctx.Err()
	}
	return nil
}

// ready opens the file if it is not open, and rotates it if n more bytes do not fit.
func (s *Sink) ready(n int64) error {
	if s.reopen.Swap(false) {
		if err := s.Close(); err != nil {
			return err
		}
	}
	if s.file == nil {
		if err := s.open(); err != nil {
			return err
		}
	}
	if s.device || s.size == 0 || !s.full(n) {
		s.period = s.periodOf(time.Now())
		return nil
	}
	if err := s.Close(); err != nil {
		return err
	}
	if err := rotate(s.target, s.o.Keep, time.Now()); err != nil {
		return fmt.Errorf("rotate: %w", err)
	}
	return s.open()
}

func (s *Sink) full(n int64) bool {
	return s.o.MaxSize > 0 && s.size+n > int64(s.o.MaxSize) || s.period != s.periodOf(time.Now())
}

// periodOf returns the number of the period of MaxAge that contains t.
func (s *Sink) periodOf(t time.Time) int64 {
	if s.o.MaxAge <= 0 {
		return 0
	}
	return t.UnixNano() / int64(s.o.MaxAge)
}

// open opens the file. It ends a line that a crash has torn, and syncs the folder of a
// new file.
func (s *Sink) open() error {
	if err := os.MkdirAll(filepath.Dir(s.o.Path), 0o750); err != nil {
		return err
	}
	f, err := os.OpenFile(s.o.Path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o640)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return errors.Join(err, f.Close())
	}
	if s.device = !info.Mode().IsRegular(); s.device {
		s.file = f
		return nil
	}
	s.torn = false
	if s.target, err = filepath.EvalSymlinks(s.o.Path); err != nil {
		return errors.Join(err, f.Close())
	}
	if info.Size() > 0 {
		err = endLine(f, info.Size())
	} else {
		err = atomicfile.SyncDir(filepath.Dir(s.target))
	}
	if err != nil {
		return errors.Join(err, f.Close())
	}
	s.period = s.periodOf(info.ModTime())
	if info.Size() == 0 {
		s.period = s.periodOf(time.Now())
	}
	s.file = f
	s.size, err = f.Seek(0, io.SeekEnd)
	return err
}

// endLine appends a line end if the last line lacks one. The event of a torn line is
// delivered again.
func endLine(f *os.File, size int64) error {
	var last [1]byte
	if _, err := f.ReadAt(last[:], size-1); err != nil {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	_, err := f.WriteString("\n")
	return err
}

// Close implements sinks.Sink.
func (s *Sink) Close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	s.file = nil
	return err
}

// Preview describes what Send would do with an event.
func (s *Sink) Preview(e *event.Event) string {
	return fmt.Sprintf("append to %s\n%s\n", s.o.Path, e.AppendJSON(nil))
}
