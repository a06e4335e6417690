package webhook_test

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

var _ sinks.Sink = (*webhook.Sink)(nil)

// receiver is a web server that accepts events, and can be made to fail, refuse or hang.
type receiver struct {
	*httptest.Server

	mu      sync.Mutex
	arrived []string
	fail    int
	refused string
	held    chan struct{} // requests wait until it is closed; nil: they do not wait
	last    *http.Request
	body    []byte
	answer  func(w http.ResponseWriter) // if set, instead of the above
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.Server = httptest.NewServer(http.HandlerFunc(r.serve))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) serve(w http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	r.mu.Lock()
	held := r.held
	r.last, r.body = req, body
	r.mu.Unlock()
	if held != nil {
		select {
		case <-held:
		case <-req.Context().Done():
			return
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var e struct{ ID string }
	switch err := json.Unmarshal(body, &e); {
	case r.answer != nil:
		r.answer(w)
	case r.fail > 0:
		r.fail--
		w.WriteHeader(http.StatusServiceUnavailable)
	case err == nil && e.ID == r.refused:
		w.WriteHeader(http.StatusUnprocessableEntity)
	case err == nil:
		r.arrived = append(r.arrived, e.ID)
	default:
		var list []struct{ ID string }
		if json.Unmarshal(body, &list) != nil {
			w.WriteHeader(http.StatusBadRequest)
		}
		for _, e := range list {
			r.arrived = append(r.arrived, e.ID)
		}
	}
}

func (r *receiver) ids() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.arrived)
}

func (r *receiver) set(change func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change()
}

func (r *receiver) hold() func() {
	held := make(chan struct{})
	r.set(func() { r.held = held })
	return sync.OnceFunc(func() { close(held) })
}

// options returns the options of a sink for the receiver.
func (r *receiver) options(form webhook.Form) webhook.Options {
	return webhook.Options{
		URL: func() (string, error) { return r.URL + "/hook/s3cret", nil }, Form: form, UserAgent: "kojiwatch/test",
		Transport: &http.Transport{DialContext: (&net.Dialer{}).DialContext, MaxIdleConnsPerHost: 8},
		Timeout:   20 * time.Second,
	}
}

func TestSuite(t *testing.T) {
	sinktest.Run(t, func(t *testing.T) *sinktest.World {
		r := newReceiver(t)
		return &sinktest.World{
			Sink:       webhook.New(r.options(webhook.JSON(true))),
			Arrived:    r.ids,
			Close:      r.Close,
			Fail:       func(n int) { r.set(func() { r.fail = n }) },
			Hold:       r.hold,
			Concurrent: true,
		}
	})
}

func TestSuiteOneByOne(t *testing.T) {
	sinktest.Run(t, func(t *testing.T) *sinktest.World {
		r := newReceiver(t)
		return &sinktest.World{
			Sink:    oneByOne{webhook.New(r.options(webhook.JSON(false)))},
			Arrived: r.ids,
			Close:   r.Close,
			Fail:    func(n int) { r.set(func() { r.fail = n }) },
			Refuse:  func(id string) { r.set(func() { r.refused = id }) },
			Hold:    r.hold,
		}
	})
}
