//go:build integration

package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
)

// TestGoodOnce checks that the receiver accepts kojiwatch's requests and handles an
// event once, even if it comes again, replayed or with a new signature.
func TestGoodOnce(t *testing.T) {
	both(t, func(t *testing.T, command []string) {
		p := start(t, command, oldSecret)
		w := &wire{}
		s := sink(t, p, oldSecret, w)
		for range 2 {
			send(t, s, 1, "")
		}
		send(t, s, 2, "")
		replayed := w.last.Clone(t.Context())
		replayed.Body = io.NopCloser(bytes.NewReader(w.body))
		answer, err := w.RoundTripper.RoundTrip(replayed)
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		if answer.StatusCode != http.StatusNoContent {
			t.Errorf("a recent replay was answered %s", answer.Status)
		}
		foreign := sinktest.Events(4, 1)
		foreign[0].ID = "příště" // Fedora's ids are text from outside
		if err := s.Send(t.Context(), foreign); err != nil {
			t.Error(err)
		}
		send(t, s, 3, "")
		for n := 1; n <= 3; n++ {
			p.want(t, n, 1)
		}
	})
}

// TestTampered checks that the receiver refuses a request that was changed on the way.
func TestTampered(t *testing.T) {
	both(t, func(t *testing.T, command []string) {
		p := start(t, command, oldSecret)
		header := func(name, value string) func(*http.Request, []byte) []byte {
			return func(r *http.Request, body []byte) []byte {
				r.Header.Set(name, value)
				return body
			}
		}
		for name, tt := range map[string]struct {
			change func(*http.Request, []byte) []byte
			want   string
		}{
			"the body": {func(_ *http.Request, body []byte) []byte {
				return bytes.Replace(body, []byte("CLOSED"), []byte("FAILED"), 1)
			}, "no signature matches"},
			"a byte more":      {func(_ *http.Request, body []byte) []byte { return append(body, ' ') }, "no signature matches"},
			"the id":           {header("webhook-id", "event-000007"), "no signature matches"},
			"no signature":     {header("webhook-signature", ""), "no signature matches"},
			"half a signature": {header("webhook-signature", "v1,AAAA v1 v2,"), "no signature matches"},
			"no base64":        {header("webhook-signature", "v1,é!"), "no signature matches"},
			"no time":          {header("webhook-timestamp", ""), "the timestamp"},
			"a strange time":   {header("webhook-timestamp", "-1e9"), "the timestamp"},
			"a huge time":      {header("webhook-timestamp", "99999999999999999999"), "the timestamp"},
		} {
			t.Run(name, func(t *testing.T) { send(t, sink(t, p, oldSecret, &wire{change: tt.change}), 1, tt.want) })
		}
		send(t, sink(t, p, oldSecret, &wire{}), 2, "")
		p.want(t, 2, 1)
		p.want(t, 1, 0)
	})
}

// TestOld checks that the receiver refuses a request that was signed too long ago, or
// in the future, even if its signature is valid.
func TestOld(t *testing.T) {
	both(t, func(t *testing.T, command []string) {
		p := start(t, command, oldSecret)
		key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(oldSecret, "whsec_"))
		if err != nil {
			t.Fatal(err)
		}
		signedAt := func(at time.Time) func(*http.Request, []byte) []byte {
			return func(r *http.Request, body []byte) []byte {
				stamp := fmt.Sprint(at.Unix())
				mac := hmac.New(sha256.New, key)
				_, _ = fmt.Fprintf(mac, "%s.%s.%s", r.Header.Get("webhook-id"), stamp, body)
				r.Header.Set("webhook-timestamp", stamp)
				r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
				return body
			}
		}
		for n, tt := range []struct {
			ago  time.Duration
			want string
		}{{time.Minute, ""}, {-time.Minute, ""}, {10 * time.Minute, "the timestamp"}, {-10 * time.Minute, "the timestamp"}} {
			send(t, sink(t, p, oldSecret, &wire{change: signedAt(time.Now().Add(-tt.ago))}), n, tt.want)
		}
		p.want(t, 1, 1)
		p.want(t, 2, 0)
	})
}

// TestRotation checks that sender and receiver can replace a secret one after the
// other without a refused request.
func TestRotation(t *testing.T) {
	both(t, func(t *testing.T, command []string) {
		before := start(t, command, oldSecret)
		send(t, sink(t, before, oldSecret, &wire{}), 1, "")
		send(t, sink(t, before, oldSecret+" "+newSecret, &wire{}), 2, "") // the sender has both
		send(t, sink(t, before, newSecret, &wire{}), 3, "no signature matches")
		after := start(t, command, newSecret)
		send(t, sink(t, after, oldSecret+"\n"+newSecret, &wire{}), 2, "")
		send(t, sink(t, after, newSecret, &wire{}), 3, "")
		send(t, sink(t, after, oldSecret, &wire{}), 4, "no signature matches")
		between := start(t, command, newSecret+" "+oldSecret) // the receiver has both
		send(t, sink(t, between, oldSecret, &wire{}), 5, "")
		send(t, sink(t, between, newSecret, &wire{}), 6, "")
	})
}

// TestWindow checks that the receiver drops duplicates for a while only: equal
// messages of Koji's own plugin share an id.
func TestWindow(t *testing.T) {
	both(t, func(t *testing.T, command []string) {
		window := "1s"
		if command[0] == "python3" {
			window = "1"
		}
		p := start(t, command, oldSecret, "--window", window)
		s := sink(t, p, oldSecret, &wire{})
		send(t, s, 1, "")
		time.Sleep(1100 * time.Millisecond)
		send(t, s, 1, "")
		p.want(t, 1, 2)
	})
}
