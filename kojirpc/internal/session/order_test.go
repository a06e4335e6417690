package session

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/huberror"
	"github.com/kojiwatch/kojiwatch/kojirpc/internal/sender"
)

func newSession(t *testing.T, closed func(*Session)) *Session {
	t.Helper()
	by, err := sender.New(sender.Options{MaxInFlight: 1})
	if err != nil {
		t.Fatal(err)
	}
	return New(by, Options{Closed: closed})
}

// TestSessionOrder checks that a session serves requests in the order in which they
// came, without those whose caller has given up.
func TestSessionOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSession(t, func(*Session) {})
		var order []string
		var wg sync.WaitGroup
		for i, name := range strings.Fields("a b c d e f g h") {
			wg.Go(func() {
				time.Sleep(time.Duration(i) * time.Millisecond)
				ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
				if name == "d" {
					ctx, cancel = context.WithTimeout(t.Context(), 10*time.Millisecond)
				}
				defer cancel()
				if err := s.acquire(ctx); err != nil {
					if name != "d" || !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("%s: %v", name, err)
					}
					return
				}
				defer s.release()
				order = append(order, name) // nobody else has the session
				time.Sleep(20 * time.Millisecond)
			})
		}
		wg.Wait()
		if got := strings.Join(order, " "); got != "a b c e f g h" {
			t.Error(got)
		}
	})
}

func TestNoRequestAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		forgotten := 0
		s := newSession(t, func(*Session) { forgotten++ })
		if err := s.acquire(t.Context()); err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		wg.Go(func() {
			if err := s.acquire(t.Context()); !errors.Is(err, huberror.ErrClosed) {
				t.Error(err)
			}
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Close(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("closed while a call was under way: %v", err)
		}
		wg.Wait()
		s.release()
		if err := s.acquire(t.Context()); !errors.Is(err, huberror.ErrClosed) || forgotten != 1 {
			t.Error(err, forgotten)
		}
	})
}
