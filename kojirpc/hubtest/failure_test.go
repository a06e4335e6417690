package hubtest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/kojirpc/xmlrpc"
)

func TestFailures(t *testing.T) {
	isEOF := func(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
	isCut := func(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }
	isSyntax := func(err error) bool { _, ok := errors.AsType[*xmlrpc.SyntaxError](err); return ok }
	hasStatus := func(code int) func(error) bool {
		return func(err error) bool {
			e, ok := errors.AsType[*statusError](err)
			return ok && e.status == code && strings.HasPrefix(e.body, "<!DOCTYPE HTML")
		}
	}
	hasCode := func(code int) func(error) bool {
		return func(err error) bool { f, ok := errors.AsType[*xmlrpc.Fault](err); return ok && f.Code == code }
	}
	tests := map[string]struct {
		effect hubtest.Effect
		want   func(error) bool
		made   int // tasks created although the caller gets no answer
	}{
		"dropped before":    {hubtest.DropBefore(), isEOF, 0},
		"dropped during":    {hubtest.DropDuring(), isCut, 1},
		"dropped after":     {hubtest.DropAfter(), isEOF, 1},
		"502":               {hubtest.Status(502), hasStatus(502), 0},
		"503":               {hubtest.Status(503), hasStatus(503), 0},
		"504":               {hubtest.Status(504), hasStatus(504), 0},
		"page":              {hubtest.Answer("<html>Back soon</html>"), isSyntax, 0},
		"truncated":         {hubtest.Truncated(), isCut, 1},
		"fault":             {hubtest.Fault(1001, "locked"), hasCode(1001), 0},
		"expired session":   {hubtest.ExpireSession(), hasCode(1007), 0},
		"closed session":    {hubtest.EndSession(), hasCode(1002), 0},
		"malformed by hand": {hubtest.Rewrite(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("</int>"), nil) }), isSyntax, 1},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			s := hubtest.Start(t)
			c := loggedIn(t, s, "alice")
			s.Inject(hubtest.Failure{Method: "build", Effect: test.effect, Times: 1})
			if v := c.ask(t, "hello"); v != "Hello World" {
				t.Fatalf("another call gave %v", v)
			}
			v, err := c.try(t.Context(), "build", "git://x/y#z", "f55")
			if err == nil || !test.want(err) {
				t.Errorf("gave %v and %v", v, err)
			}
			if n := len(s.Data().Tasks); n != test.made {
				t.Errorf("%d tasks were made, want %d", n, test.made)
			}
			if err := again(t, s); err != nil {
				t.Errorf("the next time: %v", err)
			}
		})
	}
}

func again(t *testing.T, s *hubtest.Server) error {
	t.Helper()
	_, err := loggedIn(t, s, "alice").try(t.Context(), "build", "git://x/y#z", "f55")
	return err
}

func TestFailureInsideMultiCall(t *testing.T) {
	calls := []xmlrpc.Call{{Method: "hello"}, {Method: "getAPIVersion"}}
	t.Run("fault: one entry", func(t *testing.T) {
		s := hubtest.Start(t)
		s.Inject(hubtest.Failure{Method: "hello", Effect: hubtest.Fault(1001, "locked")})
		out, _ := newClient(t, s.URL).ask(t, "multiCall", calls).([]any)
		f, _ := out[0].(map[string]any)
		if f["faultCode"] != int64(1001) || f["faultString"] != "locked" || f["traceback"] == nil {
			t.Errorf("entry 0: %v", f)
		}
		if one, ok := out[1].([]any); !ok || one[0] != int64(1) {
			t.Errorf("entry 1: %v", out[1])
		}
	})
	t.Run("wire: all of it", func(t *testing.T) {
		s := hubtest.Start(t)
		s.Inject(hubtest.Failure{Method: "hello", Effect: hubtest.Status(503)})
		_, err := newClient(t, s.URL).try(t.Context(), "multiCall", calls)
		if e, ok := errors.AsType[*statusError](err); !ok || e.status != http.StatusServiceUnavailable {
			t.Errorf("gave %v", err)
		}
	})
}

func TestFailureByChanceAndRemoved(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Seed: 7})
	c := newClient(t, s.URL)
	remove := s.Inject(hubtest.Failure{Effect: hubtest.Fault(1000, "bad luck"), Chance: 0.3})
	bad := 0
	for range 200 {
		if _, err := c.try(t.Context(), "hello"); err != nil {
			bad++
		}
	}
	if bad < 30 || bad > 90 {
		t.Errorf("%d of 200 failed, want about 60", bad)
	}
	remove()
	remove()
	for range 50 {
		c.ask(t, "hello")
	}
}

func TestDelaysAndHang(t *testing.T) {
	s := hubtest.Start(t)
	c := newClient(t, s.URL)
	s.Inject(hubtest.Failure{Effect: hubtest.Delay(20 * time.Millisecond), Times: 1})
	s.Inject(hubtest.Failure{Effect: hubtest.Delay(20 * time.Millisecond), Times: 1})
	begin := time.Now()
	c.ask(t, "hello")
	if took := time.Since(begin); took < 40*time.Millisecond {
		t.Errorf("two delays of 20 ms took %s", took)
	}
	s.Inject(hubtest.Failure{Effect: hubtest.Hang()})
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := c.try(ctx, "hello"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call that hangs: %v", err)
	}
}

// TestCloseDuringHang closes a hub while a request hangs.
func TestCloseDuringHang(t *testing.T) {
	s := hubtest.Start(t)
	s.Inject(hubtest.Failure{Effect: hubtest.Hang()})
	c := newClient(t, s.URL)
	got := make(chan error)
	go func() {
		_, err := c.try(context.Background(), "hello")
		got <- err
	}()
	for s.Stats().InFlight == 0 {
		time.Sleep(time.Millisecond)
	}
	s.Close()
	if err := <-got; err == nil {
		t.Error("a request that hung got an answer")
	}
}

func TestOffline(t *testing.T) {
	s := hubtest.Start(t)
	admin, alice := loggedIn(t, s, "koji-admin"), loggedIn(t, s, "alice")
	s.LockOut(true)
	admin.ask(t, "hello")
	alice.wantFault(t, xmlrpc.Fault{Code: 1014, String: "Server disabled for maintenance"}, "hello")
	s.LockOut(false)
	s.Offline("configuration error")
	admin.wantFault(t, xmlrpc.Fault{Code: 1014, String: "configuration error"}, "noSuchCall")
	s.Online()
	alice.ask(t, "hello")
}

func TestStats(t *testing.T) {
	s := hubtest.Start(t)
	c := newClient(t, s.URL)
	c.ask(t, "hello")
	c.ask(t, "multiCall", []xmlrpc.Call{{Method: "hello"}, {Method: "getAPIVersion"}, {Method: "nonsense"}})
	c.fault(t, "error")
	stats := s.Stats()
	stats.InFlight = 0 // the handler of the last request may not have returned yet
	got := fmt.Sprint(stats)
	want := fmt.Sprint(hubtest.Stats{
		Requests: 3, Calls: map[string]int{"hello": 2, "getAPIVersion": 1, "multiCall": 1, "error": 1},
		Multicalls: []int{3}, Faults: 1, MaxInFlight: 1, Connections: 1,
	})
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if n := s.Stats().Called(); n != 4 {
		t.Errorf("%d calls, want 4", n)
	}
	s.ResetStats()
	if n := s.Stats().Requests; n != 0 {
		t.Errorf("%d requests after a reset", n)
	}
}

// TestConcurrency makes calls, failures and changes of the data at the same time, and
// checks that each caller gets its own answer or an error.
func TestConcurrency(t *testing.T) {
	s := hubtest.Start(t, hubtest.Options{Data: hubtest.Recorded(), KeepAliveRequests: 20})
	for _, e := range []hubtest.Effect{
		hubtest.DropBefore(), hubtest.DropAfter(), hubtest.DropDuring(), hubtest.Status(502), hubtest.Truncated(),
		hubtest.Delay(time.Millisecond), hubtest.Fault(1000, "bad luck"),
	} {
		s.Inject(hubtest.Failure{Effect: e, Chance: 0.02})
	}
	c := newClient(t, s.URL)
	var all sync.WaitGroup
	for i := range 16 {
		all.Go(func() {
			for k := range 40 {
				id := int64(1 + (i*40+k)%13)
				if i == 0 {
					if err := s.Update(func(d *hubtest.Data) { d.Tasks[k].Weight++ }); err != nil {
						t.Error(err)
					}
				}
				v, err := c.try(t.Context(), "getUser", id)
				if m, ok := v.(map[string]any); err == nil && ok && m["id"] != id {
					t.Errorf("asked for user %d, got %v", id, v)
				}
			}
		})
	}
	all.Wait()
	for deadline := time.Now().Add(10 * time.Second); s.Stats().InFlight != 0; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d requests are still at work", s.Stats().InFlight)
		}
	}
}
