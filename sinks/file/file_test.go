package file

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/config/values"
	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/koji"
	"github.com/kojiwatch/kojiwatch/sinks"
)

var _ sinks.Sink = (*Sink)(nil)

func events(ids ...string) []*event.Event {
	var list []*event.Event
	for _, id := range ids {
		list = append(list, &event.Event{ID: id, Type: event.Tag})
	}
	return list
}

func send(t *testing.T, s *Sink, ids ...string) {
	t.Helper()
	if err := s.Send(t.Context(), events(ids...)); err != nil {
		t.Fatal(err)
	}
}

// ids returns the ids of the events in files, and the number of torn lines.
func ids(t *testing.T, paths ...string) (got []string, torn int) {
	t.Helper()
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(f)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			var e struct{ ID string }
			if json.Unmarshal(lines.Bytes(), &e) != nil {
				torn++
				continue
			}
			got = append(got, e.ID)
		}
		_ = f.Close()
	}
	return got, torn
}

func rotated(t *testing.T, path string) []string {
	t.Helper()
	names, err := filepath.Glob(path + ".*")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(names)
	return names
}

func TestPolicies(t *testing.T) {
	for name, o := range map[string]Config{
		"batch": {}, "always": {Sync: SyncAlways}, "never": {Sync: SyncNever},
		"interval": {Sync: SyncInterval, SyncInterval: time.Millisecond},
	} {
		t.Run(name, func(t *testing.T) {
			o.Path = filepath.Join(t.TempDir(), "new", "events.jsonl")
			s := New(o)
			send(t, s, "1", "2")
			send(t, s, "3")
			if got, torn := ids(t, o.Path); !slices.Equal(got, []string{"1", "2", "3"}) || torn > 0 {
				t.Errorf("the file holds %v", got)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestDevices checks that a device or pipe works, although it cannot be synced, truncated
// or renamed.
func TestDevices(t *testing.T) {
	for _, policy := range []Sync{SyncBatch, SyncAlways, SyncInterval} {
		s := New(Config{Path: os.DevNull, Sync: policy, SyncInterval: time.Hour, MaxSize: 1, MaxAge: time.Nanosecond})
		send(t, s, "1", "2")
		send(t, s, "3")
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	s := New(Config{Path: pipe, MaxSize: 1})
	send(t, s, "1")
	reader, err := os.OpenFile(pipe, os.O_RDONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	send(t, s, "2", "3")
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	lines, err := io.ReadAll(reader)
	if err != nil || bytes.Count(lines, []byte("\n")) != 3 {
		t.Errorf("the pipe has %q, %v", lines, err)
	}
	_ = reader.Close()
}

func TestPipeThatNobodyReads(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	s := New(Config{Path: pipe})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	var err error
	for err == nil {
		err = s.Send(ctx, events("1", "2", "3"))
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

// TestPipeTornLine checks that after a partial write to a pipe the next event begins on a
// line of its own.
func TestPipeTornLine(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	reader, err := os.OpenFile(pipe, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		t.Fatal(err)
	}
	writer, err := os.OpenFile(pipe, os.O_WRONLY, 0) // so that the reader sees no end while the sink reopens the pipe
	if err != nil {
		t.Fatal(err)
	}
	s := New(Config{Path: pipe})
	large := events("large")
	large[0].Build = &koji.Build{Name: strings.Repeat("x", 1<<20)}        // more than a pipe holds
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond) // in which the pipe is full
	defer cancel()
	if err := s.Send(ctx, large); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("got %v", err)
	}
	text := make(chan string, 1)
	go func() {
		lines, _ := io.ReadAll(reader)
		text <- string(lines)
	}()
	send(t, s, "1")
	send(t, s, "2")
	if err := errors.Join(s.Close(), writer.Close()); err != nil {
		t.Error(err)
	}
	lines := strings.Split(<-text, "\n")
	if len(lines) != 4 || json.Unmarshal([]byte(lines[1]), new(any)) != nil || json.Unmarshal([]byte(lines[2]), new(any)) != nil || lines[3] != "" {
		t.Errorf("the pipe has %d lines, the last of which are %.100q", len(lines), lines[1:])
	}
	_ = reader.Close()
}

// TestIntervalIsWaitedFor checks that Send does not return before its events are synced.
func TestIntervalIsWaitedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "e")
	synctest.Test(t, func(t *testing.T) {
		s := New(Config{Path: path, Sync: SyncInterval, SyncInterval: time.Minute})
		send(t, s, "1")
		begun := time.Now()
		send(t, s, "2")
		if took := time.Since(begun); took != time.Minute {
			t.Errorf("the second sync came after %s", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Send(ctx, events("3")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		time.Sleep(time.Minute)
		send(t, s, "3")
		if got, torn := ids(t, path); !slices.Equal(got, []string{"1", "2", "3"}) || torn > 0 {
			t.Errorf("the file holds %v, %d torn", got, torn)
		}
		_ = s.Close()
	})
}

func TestRotationBySize(t *testing.T) {
	path := filepath.Join(t.TempDir(), "e.jsonl")
	line := int64(len(events("10")[0].AppendJSON(nil)) + 1)
	s := New(Config{Path: path, MaxSize: values.ByteSize(2 * line), Keep: 3})
	var want []string
	for i := range 20 {
		id := string(rune('a'+i)) + "x"
		want = append(want, id)
		send(t, s, id)
	}
	other := path + ".notes" // somebody else's
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	send(t, s, "zz")
	names := rotated(t, path)
	names = slices.DeleteFunc(names, func(n string) bool { return n == other })
	if len(names) != 3 {
		t.Fatalf("%d rotated files kept: %v", len(names), names)
	}
	got, _ := ids(t, append(names, path)...)
	want = append(want, "zz")
	if !slices.Equal(got, want[len(want)-len(got):]) || len(got) != 7 {
		t.Errorf("the files hold %v", got)
	}
	if _, err := os.Stat(other); err != nil {
		t.Errorf("another program's file was removed: %v", err)
	}
}

// TestRotationThroughLink checks that the target of a symbolic link is rotated, in its own
// folder.
func TestRotationThroughLink(t *testing.T) {
	dir, disk := t.TempDir(), t.TempDir()
	link, target := filepath.Join(dir, "e.jsonl"), filepath.Join(disk, "data")
	if err := os.Symlink(target, link); err != nil {
		t.Fatal(err)
	}
	s := New(Config{Path: link, MaxSize: 1, Keep: 2})
	var want []string
	for i := range 5 {
		want = append(want, string(rune('a'+i)))
		send(t, s, want[i])
	}
	if to, err := os.Readlink(link); err != nil || to != target {
		t.Errorf("the link points to %q, %v", to, err)
	}
	if left := rotated(t, link); len(left) > 0 {
		t.Errorf("beside the link there are %q", left)
	}
	names := rotated(t, target)
	if got, _ := ids(t, append(names, target)...); len(names) != 2 || !slices.Equal(got, want[2:]) {
		t.Errorf("%d rotated files; they and the file hold %v", len(names), got)
	}
}

func TestRotationByAge(t *testing.T) {
	path := filepath.Join(t.TempDir(), "e.jsonl")
	synctest.Test(t, func(t *testing.T) { // begins at midnight
		s := New(Config{Path: path, MaxAge: 24 * time.Hour})
		send(t, s, "1")
		time.Sleep(23 * time.Hour)
		send(t, s, "2")
		if n := len(rotated(t, path)); n != 0 {
			t.Errorf("%d rotated on the same day", n)
		}
		time.Sleep(2 * time.Hour)
		send(t, s, "3")
		if got, _ := ids(t, path); !slices.Equal(got, []string{"3"}) || len(rotated(t, path)) != 1 {
			t.Errorf("the file holds %v", got)
		}
		_ = s.Close()
	})
}

func TestReopen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "e")
	s := New(Config{Path: path})
	send(t, s, "1")
	if err := os.Rename(path, path+".away"); err != nil {
		t.Fatal(err)
	}
	send(t, s, "2")
	s.Reopen()
	send(t, s, "3")
	away, _ := ids(t, path+".away")
	here, _ := ids(t, path)
	if !slices.Equal(away, []string{"1", "2"}) || !slices.Equal(here, []string{"3"}) {
		t.Errorf("moved away %v, here %v", away, here)
	}
}

// TestTornLine checks that a crash in the middle of a line damages only that line, whose
// event is delivered again.
func TestTornLine(t *testing.T) {
	path := filepath.Join(t.TempDir(), "e")
	if err := os.WriteFile(path, []byte("{\"id\":\"1\"}\n{\"id\":\"2"), 0o600); err != nil {
		t.Fatal(err)
	}
	s := New(Config{Path: path})
	send(t, s, "2")
	if got, torn := ids(t, path); !slices.Equal(got, []string{"1", "2"}) || torn != 1 {
		t.Errorf("the file holds %v and %d torn lines", got, torn)
	}
}

// TestDiskFull checks that a full disk, here a limit on the size of files, is an error that
// is retried and leaves no torn line.
func TestDiskFull(t *testing.T) {
	path := filepath.Join(t.TempDir(), "e")
	s := New(Config{Path: path})
	send(t, s, "1")
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	limited := old
	limited.Cur = uint64(s.size) + 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limited); err != nil {
		t.Fatal(err)
	}
	err := s.Send(t.Context(), events("2"))
	if restoring := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); restoring != nil {
		t.Fatal(restoring)
	}
	if !errors.Is(err, syscall.EFBIG) || !strings.Contains(err.Error(), path) {
		t.Fatalf("got %v", err)
	}
	if _, final := delivery.Reason(err); final {
		t.Error("a full disk is a permanent error")
	}
	send(t, s, "2")
	if got, torn := ids(t, path); !slices.Equal(got, []string{"1", "2"}) || torn != 0 {
		t.Errorf("the file holds %v and %d torn lines", got, torn)
	}
}
