package webhook_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/internal/delivery"
	"github.com/kojiwatch/kojiwatch/sinks/sinktest"
	"github.com/kojiwatch/kojiwatch/sinks/webhook"
)

// oneByOne sends each event in a request of its own, as the daemon does with batch 1.
type oneByOne struct{ *webhook.Sink }

func (s oneByOne) Send(ctx context.Context, events []*event.Event) error {
	for i := range events {
		if err := s.Sink.Send(ctx, events[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// hints holds the properties of an error that matter to the consumer.
type hints struct {
	permanent string
	outage    bool
	after     time.Duration
}

func hintsOf(err error) hints {
	reason, refused := delivery.Reason(err)
	return hints{permanent: reason, outage: !refused && delivery.IsOutage(err), after: delivery.RetryAfter(err)}
}

func TestOutcomes(t *testing.T) {
	answer := func(code int, headers ...string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			for i := 0; i < len(headers); i += 2 {
				w.Header().Set(headers[i], headers[i+1])
			}
			w.WriteHeader(code)
			_, _ = io.WriteString(w, "it says\x1b[31m")
		}
	}
	for name, tt := range map[string]struct {
		answer func(http.ResponseWriter)
		want   hints
		fails  bool
	}{
		"200":                     {answer(200), hints{}, false},
		"204":                     {func(w http.ResponseWriter) { w.WriteHeader(204) }, hints{}, false},
		"a redirect":              {answer(302, "Location", "/elsewhere"), hints{permanent: "refused"}, true},
		"400":                     {answer(400), hints{permanent: "refused"}, true},
		"404":                     {answer(404), hints{permanent: "refused"}, true},
		"408":                     {answer(408), hints{}, true},
		"410":                     {answer(410), hints{permanent: "gone"}, true},
		"425":                     {answer(425), hints{}, true},
		"429":                     {answer(429), hints{outage: true}, true},
		"429 in seconds":          {answer(429, "Retry-After", "7"), hints{outage: true, after: 7 * time.Second}, true},
		"503 for very long":       {answer(503, "Retry-After", "999999999"), hints{after: 10 * time.Minute}, true},
		"503 until a past date":   {answer(503, "Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"), hints{}, true},
		"503 until a far date":    {answer(503, "Retry-After", "Fri, 06 Nov 2099 08:49:37 GMT"), hints{after: 10 * time.Minute}, true},
		"503 in nonsense":         {answer(503, "Retry-After", "-5 soon"), hints{}, true},
		"500":                     {answer(500), hints{}, true},
		"a body that is cut":      {func(w http.ResponseWriter) { w.Header().Set("Content-Length", "100"); w.WriteHeader(200) }, hints{}, false},
		"a body of 10 MB":         {func(w http.ResponseWriter) { _, _ = w.Write(make([]byte, 10<<20)) }, hints{}, false},
		"the connection is reset": {func(http.ResponseWriter) { panic(http.ErrAbortHandler) }, hints{outage: true}, true},
	} {
		t.Run(name, func(t *testing.T) {
			r := newReceiver(t)
			r.answer = tt.answer
			s := webhook.New(r.options(webhook.JSON(false)))
			err := s.Send(t.Context(), sinktest.Events(0, 1))
			if (err != nil) != tt.fails {
				t.Fatalf("got %v", err)
			}
			if got := hintsOf(err); got != tt.want {
				t.Errorf("got %+v, want %+v: %v", got, tt.want, err)
			}
			if err != nil && (strings.Contains(err.Error(), "s3cret") || strings.Contains(err.Error(), "\x1b")) {
				t.Errorf("the error shows too much: %v", err)
			}
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestNobodyListens checks that a refused connection is an outage, and that the error does
// not contain the path, which may be a secret.
func TestNobodyListens(t *testing.T) {
	r := newReceiver(t)
	r.Close()
	err := webhook.New(r.options(webhook.JSON(false))).Send(t.Context(), sinktest.Events(0, 1))
	if err == nil || !hintsOf(err).outage || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("got %v", err)
	}
}

// TestTimeout checks that a receiver that takes too long is an outage.
func TestTimeout(t *testing.T) {
	r := newReceiver(t)
	release := r.hold()
	defer release()
	o := r.options(webhook.JSON(false))
	o.Timeout = 50 * time.Millisecond
	if err := webhook.New(o).Send(t.Context(), sinktest.Events(0, 1)); err == nil || !hintsOf(err).outage {
		t.Errorf("got %v", err)
	}
}

// TestPace checks that messages are an interval apart, and that waiting ends with the
// context.
func TestPace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var at []time.Time
		form := func([]*event.Event) (webhook.Message, error) { return webhook.Message{}, nil }
		s := webhook.New(webhook.Options{
			Form: form, Interval: time.Minute, Timeout: time.Second, Transport: &http.Transport{},
			URL: func() (string, error) { at = append(at, time.Now()); return "", errors.New("no file") },
		})
		for range 3 {
			if err := s.Send(t.Context(), sinktest.Events(0, 1)); err == nil {
				t.Fatal("no error")
			}
		}
		for i := range 2 {
			if apart := at[i+1].Sub(at[i]); apart != time.Minute {
				t.Errorf("%s apart", apart)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := s.Send(ctx, sinktest.Events(0, 1)); !errors.Is(err, context.DeadlineExceeded) || len(at) != 3 {
			t.Errorf("got %v after %d", err, len(at))
		}
	})
}

// TestSignature checks the headers of a signed request, one signature for each secret, and
// that the preview shows no secrets.
func TestSignature(t *testing.T) {
	r := newReceiver(t)
	const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	o := r.options(webhook.JSON(false))
	o.Keys = func() ([][]byte, error) { return webhook.ParseKeys(secret + "\n" + secret) }
	o.Authorization = func() (string, error) { return "Bearer t0ken", nil }
	o.Headers = map[string]string{"X-Team": "kernel"}
	s := webhook.New(o)
	events := sinktest.Events(0, 1)
	if err := s.Send(t.Context(), events); err != nil {
		t.Fatal(err)
	}
	h := r.last.Header
	signatures := strings.Fields(h.Get("webhook-signature"))
	if h.Get("webhook-id") != events[0].ID || len(signatures) != 2 || signatures[0] != signatures[1] || !strings.HasPrefix(signatures[0], "v1,") {
		t.Errorf("headers: %v", h)
	}
	if h.Get("Authorization") != "Bearer t0ken" || h.Get("X-Team") != "kernel" || h.Get("User-Agent") != "kojiwatch/test" {
		t.Errorf("headers: %v", h)
	}
	preview := s.Preview(events[0])
	for _, secret := range []string{"s3cret", "t0ken", "kernel", signatures[0]} {
		if strings.Contains(preview, secret) {
			t.Errorf("the preview shows %s:\n%s", secret, preview)
		}
	}
	if !strings.Contains(preview, "Webhook-Id: "+events[0].ID) || !strings.Contains(preview, `"schema":"kojiwatch.event/v1"`) {
		t.Errorf("the preview:\n%s", preview)
	}
}

func TestSecrets(t *testing.T) {
	for _, text := range []string{"", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_", "whsec_c2hvcnQ=", "whsec_hunter2!"} {
		if _, err := webhook.ParseKeys(text); err == nil || text != "" && strings.Contains(err.Error(), strings.TrimPrefix(text, "whsec_")+"x") {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestIDs checks that the id of a message about several events depends only on them, and is
// sent without a signature too.
func TestIDs(t *testing.T) {
	r := newReceiver(t)
	o := r.options(webhook.JSON(true))
	s := webhook.New(o)
	var ids []string
	for _, from := range []int{0, 0, 1} {
		if err := s.Send(t.Context(), sinktest.Events(from, 3)); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, r.last.Header.Get("webhook-id"))
	}
	if ids[0] != ids[1] || ids[0] == ids[2] || ids[0] == "" {
		t.Error(fmt.Sprint(ids))
	}
}
