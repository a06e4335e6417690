package webhook_test

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// partial is a receiver of arrays that records the events of each request. It answers with
// the status of the first event that has one in answers.
type partial struct {
	answers map[string]int
	got     []string // the events of each accepted request
	asked   []string // the events of each request
	largest int
}

func (p *partial) RoundTrip(r *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var list []struct{ ID string }
	if err := json.Unmarshal(body, &list); err != nil {
		return nil, err
	}
	if len(list) > 1 {
		p.largest = max(p.largest, len(body))
	}
	var ids []string
	code := http.StatusOK
	for _, e := range list {
		id := strings.TrimLeft(strings.TrimPrefix(e.ID, "event-"), "0")
		ids = append(ids, id)
		if c := p.answers[id]; c != 0 && code == http.StatusOK {
			code = c
		}
	}
	text := strings.Join(ids, " ")
	p.asked = append(p.asked, text)
	if code == http.StatusOK {
		p.got = append(p.got, text)
	}
	return &http.Response{StatusCode: code, Header: http.Header{}, Body: http.NoBody, Request: r}, nil
}

// TestParts checks that no request is larger than MaxBytes, and that each event has the
// result that it would have alone.
func TestParts(t *testing.T) {
	size := len(sinktest.Events(1, 1)[0].AppendJSON(nil)) + 1
	for name, tt := range map[string]struct {
		answers map[string]int
		room    int // how many events fit into a request
		asked   string
		want    string // per event: . accepted, x refused, ? to be retried, ~ to be retried, not sent
	}{
		"all is well":               {nil, 3, "1 2 3|4 5 6|7", "......."},
		"room for all":              {nil, 9, "1 2 3 4 5 6 7", "......."},
		"room for none":             {nil, 0, "1|2|3|4|5|6|7", "......."},
		"one is refused":            {map[string]int{"5": 422}, 3, "1 2 3|4 5 6|4|5|6|7", "....x.."},
		"the last is refused":       {map[string]int{"7": 422}, 3, "1 2 3|4 5 6|7", "......x"},
		"it goes down":              {map[string]int{"5": 503}, 3, "1 2 3|4 5 6", "...~~~~"},
		"it goes down meanwhile":    {map[string]int{"4": 422, "6": 503}, 3, "1 2 3|4 5 6|4|5|6", "...x.~~"},
		"it is down from the start": {map[string]int{"1": 503}, 3, "1 2 3", "~~~~~~~"},
	} {
		t.Run(name, func(t *testing.T) {
			p := &partial{answers: tt.answers}
			o := webhook.Options{
				URL:  func() (string, error) { return "http://receiver.test/", nil },
				Form: webhook.JSON(true), Timeout: 1e9, Transport: &http.Transport{}, MaxBytes: max(1, tt.room*size+2),
			}
			o.Transport.RegisterProtocol("http", p)
			err := webhook.New(o).Send(t.Context(), sinktest.Events(1, 7))
			if asked := strings.Join(p.asked, "|"); asked != tt.asked {
				t.Errorf("asked %s, want %s", asked, tt.asked)
			}
			if p.largest > o.MaxBytes && tt.room > 1 {
				t.Errorf("a request of %d bytes, the limit is %d", p.largest, o.MaxBytes)
			}
			if got := fates(err, 7); got != tt.want {
				t.Errorf("got %s, want %s: %v", got, tt.want, err)
			}
		})
	}
}

// fates returns a character for the result of each of n events; see TestParts.
func fates(err error, n int) string {
	errs, rest := slices.Repeat([]error{err}, n), ""
	if each, ok := errors.AsType[*sinks.BatchError](err); ok {
		errs, rest = each.Errs, strings.Repeat("~", n-len(each.Errs))
	}
	text := ""
	for _, err := range errs {
		switch {
		case err == nil:
			text += "."
		case sinks.IsRefusal(err):
			text += "x"
		default:
			text += "?"
		}
	}
	return text + rest
}
