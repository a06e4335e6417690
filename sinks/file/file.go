// Package file is the sink that writes events into a file: one JSON object a
// line, on the disk when Send returns, rotated by size and age.
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

// Sync says when what was written must be on the disk.
type Sync string

// The policies. Send returns after the sync of its events, whatever it is.
const (
	SyncBatch    Sync = "batch"    // once for the events of one Send
	SyncAlways   Sync = "always"   // after each event
	SyncInterval Sync = "interval" // at most once in Config.SyncInterval; Send waits for it
	SyncNever    Sync = "never"    // when the system likes: lost if the machine loses power
)

// Sink writes events into a file. Only Reopen may be called at any time.
type Sink struct {
	o      Config
	file   *os.File
	target string // the file's own path, where Config.Path is a symbolic link
	device bool   // what is at the path is a device or pipe: it has no disk, length or age
	torn   bool   // the device has got a part of a line
	size   int64
	period int64 // the span of MaxAge that the file belongs to
	synced time.Time
	buf    []byte
	reopen atomic.Bool
}

// New returns a sink; the file is opened, and its folder made, when the first
// event comes.
func New(o Config) *Sink { return &Sink{o: o} }

// maxKept is the largest buffer kept between writes.
const maxKept = 1 << 20

// Reopen has the file closed and opened anew before the next event: another
// program has moved it away.
func (s *Sink) Reopen() { s.reopen.Store(true) }

// Send implements sinks.Sink. What was written before an error is taken back, so
// that the file holds whole lines only. A device can't give it back: what comes next
// begins on a line of its own, and a reader loses no more than the torn one, which
// comes again.
func (s *Sink) Send(ctx context.Context, events []*event.Event) error {
	if s.o.Sync != SyncAlways {
		return s.send(ctx, events)
	}
	// An error after the first event has those before it written twice, as
	// at-least-once delivery allows.
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

// write appends the lines and syncs them, or takes them back.
func (s *Sink) write(ctx context.Context, lines []byte) error {
	// A file takes lines or says why not; a pipe without a reader blocks.
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
	// After a failed sync nobody knows what of the file is on the disk: what is
	// not must be written again, through a file opened anew.
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

// ready has a file open that n more bytes may go into.
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

// periodOf tells which span of MaxAge a time belongs to.
func (s *Sink) periodOf(t time.Time) int64 {
	if s.o.MaxAge <= 0 {
		return 0
	}
	return t.UnixNano() / int64(s.o.MaxAge)
}

// open opens the file, ends a line that a crash has torn, and sees the name of a
// new file onto the disk.
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

// endLine ends the file's last line if it is not: its event comes again.
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

// Preview says what Send would do with an event.
func (s *Sink) Preview(e *event.Event) string {
	return fmt.Sprintf("append to %s\n%s\n", s.o.Path, e.AppendJSON(nil))
}
