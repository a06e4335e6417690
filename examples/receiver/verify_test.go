package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// FuzzMessageID checks that, for any message id, the event's signature is valid and
// header and body contain the same id.
func FuzzMessageID(f *testing.F) {
	for _, id := range []string{
		"", "df17e342-53f0-4d5f-a472-4be20d4b8770", " a", "a ", "a\t", "a b", "a\u00a0", "Å", "a\r\nX-Other: b", "\x00", "\u202ea", "\xff", strings.Repeat("a", 1<<16),
	} {
		f.Add(id)
	}
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	keys, err := parseKeys(secret)
	if err != nil {
		f.Fatal(err)
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err == nil {
			err = verify(keys, r.Header, body, time.Now())
		}
		var e struct{ ID string }
		switch {
		case err != nil:
			http.Error(w, err.Error(), http.StatusUnauthorized)
		case json.Unmarshal(body, &e) != nil || e.ID != r.Header.Get(webhook.HeaderID) || e.ID == "":
			http.Error(w, "header and body have different ids", http.StatusBadRequest)
		}
	}))
	f.Cleanup(server.Close)
	s := webhook.New(webhook.Options{
		URL:  func() (string, error) { return server.URL, nil },
		Form: webhook.JSON(false), Transport: &http.Transport{}, Timeout: time.Minute,
		Keys: func() ([][]byte, error) { return webhook.ParseKeys(secret) },
	})
	f.Cleanup(func() { _ = s.Close() })
	f.Fuzz(func(t *testing.T, id string) {
		d := parse.Delivery{Exchange: "amq.topic", RoutingKey: "koji.task.open", MessageID: id, Body: []byte(`{"info": {"id": 7}}`)}
		e, err := parse.New(parse.Options{}).Parse(&d)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Send(t.Context(), []*event.Event{e}); err != nil {
			t.Errorf("message id %.100q: %v", id, err)
		}
	})
}
