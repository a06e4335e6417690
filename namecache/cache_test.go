package namecache

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/koji"
)

var errDown = errors.New("HTTP 503")

func TestConcurrentLookupsAskOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newFakeHub()
		hub.set(User, 5, "alice")
		hub.think(200 * time.Millisecond)
		c := open(t, Options{Source: hub})
		if _, known := c.Peek(User, 5); known {
			t.Fatal("a name is known that nobody asked for")
		}
		var wg sync.WaitGroup
		for range 100 {
			wg.Go(func() {
				if name, err := c.Get(t.Context(), User, 5); err != nil || name != "alice" {
					t.Errorf("got %q, %v", name, err)
				}
			})
		}
		wg.Wait()
		wantAsked(t, hub, 1)
		if name, known := c.Peek(User, 5); !known || name != "alice" {
			t.Fatalf("peek: got %q, %v", name, known)
		}
		if _, known := c.Peek(Tag, 5); known {
			t.Fatal("a tag goes by the name of a user")
		}
		c.Close()
	})
}

func TestMissingID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newFakeHub()
		c := open(t, Options{Source: hub, Negative: time.Minute})
		for range 3 {
			if _, err := c.Get(t.Context(), Tag, 9); !errors.Is(err, koji.ErrNotFound) {
				t.Fatalf("got %v, want koji.ErrNotFound", err)
			}
		}
		if name, known := c.Peek(Tag, 9); !known || name != "" {
			t.Fatalf("peek: got %q, %v; want that it is known not to exist", name, known)
		}
		wantAsked(t, hub, 1)
		time.Sleep(time.Minute + 3*time.Second)
		hub.set(Tag, 9, "f44")
		wantName(t, c, Tag, 9, "f44")
		wantAsked(t, hub, 1)
		c.Close()
	})
}

func TestInvalidIDs(t *testing.T) {
	hub := newFakeHub()
	c := open(t, Options{Source: hub})
	for _, id := range []int64{0, -1} {
		if _, err := c.Get(t.Context(), User, id); !errors.Is(err, koji.ErrNotFound) {
			t.Errorf("id %d: got %v, want koji.ErrNotFound", id, err)
		}
		c.Learn(User, id, "mallory", time.Time{})
	}
	if _, err := c.Get(t.Context(), Kind(77), 1); !errors.Is(err, koji.ErrNotFound) {
		t.Errorf("unknown kind: got %v", err)
	}
	wantAsked(t, hub, 0)
}

// TestRenewal checks that a name in use is renewed in the background before it expires.
func TestRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newFakeHub()
		hub.set(Target, 3, "f44")
		c := open(t, Options{Source: hub})
		wantName(t, c, Target, 3, "f44")
		time.Sleep(Target.TTL() / 2)
		hub.set(Target, 3, "f44-candidate")
		wantName(t, c, Target, 3, "f44")
		synctest.Wait()
		wantAsked(t, hub, 1) // not due yet

		time.Sleep(Target.TTL()/2 - time.Second)
		hub.think(time.Second / 2)
		for range 10 {
			if name, known := c.Peek(Target, 3); !known || name != "f44" {
				t.Fatalf("a reader waits while the name is renewed: got %q, %v", name, known)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		wantAsked(t, hub, 1)
		if name, _ := c.Peek(Target, 3); name != "f44-candidate" {
			t.Fatalf("got %q after the renewal", name)
		}

		time.Sleep(2 * Target.TTL()) // not in use, so it has expired
		hub.set(Target, 3, "f45")
		if _, known := c.Peek(Target, 3); known {
			t.Fatal("an old name is served as if it were none")
		}
		wantName(t, c, Target, 3, "f45")
		c.Close()
	})
}

func TestOldNameWhileHubFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newFakeHub()
		hub.set(User, 5, "alice")
		c := open(t, Options{Source: hub, Retry: 30 * time.Second})
		wantName(t, c, User, 5, "alice")
		hub.asked()

		hub.fail(errDown)
		time.Sleep(2 * User.TTL())
		wantName(t, c, User, 5, "alice")
		wantName(t, c, User, 5, "alice")
		wantAsked(t, hub, 1) // and not again for a while
		if _, err := c.Get(t.Context(), User, 6); !errors.Is(err, errDown) {
			t.Fatalf("a name never known: got %v, want the hub's error", err)
		}
		hub.asked()

		// After a failed renewal, callers no longer wait.
		hub.think(5 * time.Second)
		time.Sleep(33 * time.Second)
		began := time.Now()
		wantName(t, c, User, 5, "alice")
		if took := time.Since(began); took > 0 {
			t.Fatalf("waited %s for a hub that fails", took)
		}
		time.Sleep(10 * time.Second)
		wantAsked(t, hub, 1)

		hub.fail(nil)
		hub.set(User, 5, "alice2")
		time.Sleep(33 * time.Second)
		c.Peek(User, 5)
		time.Sleep(6 * time.Second)
		wantName(t, c, User, 5, "alice2")
		c.Close()
	})
}

// TestHangingHub checks that callers give up at their own deadlines while the call to the
// source continues, and that a late answer is cached.
func TestHangingHub(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newFakeHub()
		hub.set(User, 5, "alice")
		hub.think(8 * time.Second)
		c := open(t, Options{Source: hub, Timeout: 10 * time.Second})
		for range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
			if _, err := c.Get(ctx, User, 5); !errors.Is(err, context.DeadlineExceeded) {
				t.Fatalf("got %v, want the end of the deadline", err)
			}
			cancel()
		}
		time.Sleep(3 * time.Second)
		if name, known := c.Peek(User, 5); !known || name != "alice" {
			t.Fatalf("got %q, %v after the late answer", name, known)
		}
		wantAsked(t, hub, 1)

		hub.think(time.Hour)
		began := time.Now()
		if _, err := c.Get(t.Context(), User, 6); !errors.Is(err, context.DeadlineExceeded) {
			t.Fatalf("got %v, want that the question timed out", err)
		}
		if took := time.Since(began); took != 10*time.Second {
			t.Fatalf("a question took %s, want the timeout of 10 s", took)
		}
		c.Close()
	})
}

// TestOldNameOnDisk starts with expired names on disk while the hub hangs, and checks that
// the old name is returned at the caller's deadline, and then immediately.
func TestOldNameOnDisk(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		d, err := OpenDisk(dir, "lab", nil)
		if err != nil {
			t.Fatal(err)
		}
		d.Write(User, 5, "alice", time.Now().Add(-2*User.TTL()))
		d.Close()
		hub := newFakeHub()
		hub.think(time.Hour)
		c := open(t, Options{Source: hub, Dir: dir, Timeout: 10 * time.Second})
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if name, err := c.Get(ctx, User, 5); err != nil || name != "alice" {
			t.Fatalf("got %q, %v", name, err)
		}
		time.Sleep(8 * time.Second)
		if name, known := c.Peek(User, 5); !known || name != "alice" {
			t.Fatalf("got %q, %v once the hub has failed", name, known)
		}
		c.Close()
	})
}

// TestDeletedID checks that a name is kept when the hub no longer finds its id, as for
// deleted tags.
func TestDeletedID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newFakeHub()
		hub.set(Tag, 7, "f30")
		c := open(t, Options{Source: hub})
		wantName(t, c, Tag, 7, "f30")
		hub.set(Tag, 7, "")
		time.Sleep(2 * Tag.TTL())
		wantName(t, c, Tag, 7, "f30")
		wantAsked(t, hub, 2)
		wantName(t, c, Tag, 7, "f30")
		wantAsked(t, hub, 0)
		c.Close()
	})
}

func TestLearn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newFakeHub()
		dir := t.TempDir()
		c := open(t, Options{Source: hub, Dir: dir})
		c.Learn(User, 5, "alice", time.Time{})
		wantName(t, c, User, 5, "alice")
		began := time.Now()
		time.Sleep(time.Minute)
		c.Learn(User, 5, "alice-renamed", time.Now())
		wantName(t, c, User, 5, "alice-renamed")
		c.Learn(User, 5, "alice", began) // an old message
		wantName(t, c, User, 5, "alice-renamed")

		// Messages confirm a name: the hub is never asked.
		for range 10 {
			time.Sleep(User.TTL() / 4)
			c.Learn(User, 5, "alice-renamed", time.Now())
			wantName(t, c, User, 5, "alice-renamed")
		}
		// A message may contain a name for an id that the hub does not find.
		if _, err := c.Get(t.Context(), Tag, 7); !errors.Is(err, koji.ErrNotFound) {
			t.Fatal(err)
		}
		wantAsked(t, hub, 1)
		c.Learn(Tag, 7, "f30", time.Now().Add(-time.Minute))
		wantName(t, c, Tag, 7, "f30")

		for _, bad := range []string{"", "two\nlines", "\xff", "\x1b[31m"} {
			c.Learn(Host, 1, bad, time.Time{})
		}
		if _, known := c.Peek(Host, 1); known {
			t.Fatal("learnt what is no name")
		}
		wantAsked(t, hub, 0)
		c.Close()
		wantFile(t, filepath.Join(dir, "lab", "user", "5"), "alice-renamed")
		wantFile(t, filepath.Join(dir, "lab", "tag", "7"), "f30")
		c.Learn(User, 6, "late", time.Time{}) // after Close: ignored
		if _, err := c.Get(t.Context(), User, 8); !errors.Is(err, ErrClosed) {
			t.Fatalf("got %v after Close, want ErrClosed", err)
		}
	})
}

func TestCloseCancelsLookups(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hub := newFakeHub()
		hub.think(time.Hour)
		c := open(t, Options{Source: hub, Timeout: time.Hour})
		failed := make(chan error)
		go func() {
			_, err := c.Get(context.Background(), User, 5)
			failed <- err
		}()
		synctest.Wait()
		go c.Close()
		if err := <-failed; !errors.Is(err, ErrClosed) {
			t.Fatalf("got %v, want ErrClosed", err)
		}
		c.Close()
	})
}

func TestNoHub(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "lab", "user", "5"), "alice")
	c := open(t, Options{Dir: dir})
	wantName(t, c, User, 5, "alice")
	if _, err := c.Get(t.Context(), User, 6); !errors.Is(err, ErrNoSource) {
		t.Fatalf("got %v, want ErrNoSource", err)
	}
}

// TestManyInMemory checks that memory holds 100,000 names by default.
func TestManyInMemory(t *testing.T) {
	const many = 100_000
	c := open(t, Options{})
	for id := range int64(many) {
		c.Learn(Package, id+1, "package", time.Time{})
	}
	c.memory.CleanUp()
	known := 0
	for id := range int64(many) {
		if name, ok := c.Peek(Package, id+1); ok && name == "package" {
			known++
		}
	}
	if known < many*99/100 {
		t.Errorf("%d of %d are known", known, many)
	}
}

func TestMemoryIsBounded(t *testing.T) {
	const size = 1000
	hub := newFakeHub()
	c := open(t, Options{Source: hub, Size: size})
	for id := range int64(20 * size) {
		c.Learn(Package, id+1, fmt.Sprintf("package-%d", id+1), time.Time{})
	}
	c.memory.CleanUp()
	if got := c.Stats().Size; got > size {
		t.Fatalf("%d names in memory, want at most %d", got, size)
	}
	if got := c.Stats().Results[Package][Learnt]; got != 20*size {
		t.Fatalf("learnt %d names, want %d", got, 20*size)
	}
}

func TestPeekAllocatesNothing(t *testing.T) {
	c := open(t, Options{Source: newFakeHub()})
	c.Learn(User, 5, "alice", time.Time{})
	at := time.Now()
	for what, f := range map[string]func(){
		"peek":           func() { c.Peek(User, 5) },
		"learn the same": func() { c.Learn(User, 5, "alice", at) },
	} {
		if n := testing.AllocsPerRun(1000, f); n >= 1 {
			t.Errorf("%s: %.1f allocations, want none", what, n)
		}
	}
}

func TestParseKind(t *testing.T) {
	for _, k := range Kinds() {
		if got, err := ParseKind(k.String()); err != nil || got != k {
			t.Errorf("%s: got %v, %v", k, got, err)
		}
		if k.TTL() < time.Hour {
			t.Errorf("%s holds for %s only", k, k.TTL())
		}
	}
	if _, err := ParseKind("users"); err == nil {
		t.Error("users is taken for a kind")
	}
}
