package webhook

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"time"

	"github.com/kojiwatch/kojiwatch/event"
	"github.com/kojiwatch/kojiwatch/sinks"
	"github.com/kojiwatch/kojiwatch/sinks/render"
)

// Options configure a [Sink].
type Options struct {
	// URL returns the address. It is called before every request, as are Keys and
	// Authorization, so that changed files take effect.
	URL func() (string, error)
	// Form makes the messages.
	Form Form
	// Headers are set on every request, after all others.
	Headers map[string]string
	// HeaderTemplates render further headers from the first event of each request.
	HeaderTemplates map[string]*render.Template
	// Keys returns the keys that sign each message by Standard Webhooks; nil means no
	// signature.
	Keys func() ([][]byte, error)
	// Authorization returns the value of the Authorization header; nil means none.
	Authorization func() (string, error)
	// Annotate, if not nil, adds headers from ctx to each request, such as those of a trace.
	Annotate func(ctx context.Context, h http.Header)
	// UserAgent is the User-Agent header.
	UserAgent string
	// Transport sends the requests; see NewTransport. Closing the sink closes its idle
	// connections.
	Transport *http.Transport
	// Timeout bounds one request, from dialling to the end of the answer.
	Timeout time.Duration
	// Redirects is how many redirects are followed, if they keep the method and the server.
	Redirects int
	// Interval is the minimum time between messages; 0 means no limit.
	Interval time.Duration
	// MaxBytes bounds the body of a message about several events; 0 means no limit.
	MaxBytes int
	// Observe, if not nil, is called after each request with the status of the answer (0 if
	// there was none), the number of events and the duration.
	Observe func(status, events int, took time.Duration)
}

// Sink sends events by HTTP. It may be used by several goroutines at once.
type Sink struct {
	o      Options
	client *http.Client
	pace   *sinks.Pace
}

// New returns a sink. It does not connect before Send is called.
func New(o Options) *Sink {
	return &Sink{
		o:      o,
		pace:   sinks.NewPace(o.Interval),
		client: &http.Client{Transport: &renewingTransport{transport: o.Transport}, CheckRedirect: follow(o.Redirects)},
	}
}

// Pace returns the sink's pace, which a sink that replaces this one follows.
func (s *Sink) Pace() *sinks.Pace { return s.pace }

// Send implements sinks.Sink. It sends all the events in one message, or in several if that
// would be too large.
func (s *Sink) Send(ctx context.Context, events []*event.Event) error {
	if len(events) == 0 {
		return nil
	}
	m, err := s.message(events)
	if err == nil && s.tooLarge(&m, len(events)) {
		return s.sendParts(ctx, events)
	}
	return s.post(ctx, events, &m, err)
}

// post sends the message about events. err is the error of making the message.
func (s *Sink) post(ctx context.Context, events []*event.Event, m *Message, err error) error {
	if errors.Is(err, render.ErrSlow) {
		return err
	}
	if err != nil {
		return sinks.Refuse(ReasonForm, err)
	}
	if err := s.pace.Wait(ctx); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, s.o.Timeout)
	defer cancel()
	r, err := s.request(ctx, m, sinks.IDOf(events))
	if err != nil {
		return sinks.Outage(fmt.Errorf("make a request: %w", err)) // such as a missing file with a secret
	}
	began := time.Now()
	a, err := s.exchange(r)
	if s.o.Observe != nil {
		s.o.Observe(a.status(), len(events), time.Since(began))
	}
	if err != nil {
		return err
	}
	return a.outcome(time.Now())
}

// Close implements sinks.Sink.
func (s *Sink) Close() error {
	s.client.CloseIdleConnections()
	return nil
}

// message makes the message about events, with the headers of templates.
func (s *Sink) message(events []*event.Event) (Message, error) {
	m, err := s.o.Form(events)
	if err != nil || len(s.o.HeaderTemplates) == 0 {
		return m, err
	}
	if m.Header == nil {
		m.Header = http.Header{}
	}
	for name, t := range s.o.HeaderTemplates {
		line, err := t.Line(events[0])
		if err != nil {
			return m, fmt.Errorf("header %s: %w", name, err)
		}
		m.Header.Set(name, line)
	}
	return m, nil
}

// request makes the request for a message.
func (s *Sink) request(ctx context.Context, m *Message, id string) (*http.Request, error) {
	address, err := s.o.URL()
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address, m.reader())
	if err != nil {
		return nil, noAnswer(err)
	}
	maps.Copy(r.Header, m.Header)
	r.Header.Set("Content-Type", m.ContentType)
	r.Header.Set("User-Agent", s.o.UserAgent)
	if s.o.Annotate != nil {
		s.o.Annotate(ctx, r.Header)
	}
	r.Header.Set(HeaderID, id) // even if not signed: receivers can detect duplicates by it
	if s.o.Keys != nil {
		keys, err := s.o.Keys()
		if err != nil {
			return nil, err
		}
		sign(r.Header, keys, id, time.Now(), m.Body)
	}
	if s.o.Authorization != nil {
		value, err := s.o.Authorization()
		if err != nil {
			return nil, err
		}
		r.Header.Set("Authorization", value)
	}
	for name, value := range s.o.Headers {
		r.Header.Set(name, value)
	}
	return r, nil
}

// Bounds, in bytes, of the part of an answer that is kept, and of the rest that is read so
// that the connection can be reused.
const (
	maxSaid  = 256
	maxDrain = 64 << 10
)

// answer is the answer of a receiver.
type answer struct {
	code   int
	header http.Header
	said   []byte // the beginning of the body
}

// status returns the status code of an answer, 0 if there was none.
func (a *answer) status() int {
	if a == nil {
		return 0
	}
	return a.code
}

func (s *Sink) exchange(r *http.Request) (*answer, error) {
	response, err := s.client.Do(r)
	if err != nil {
		return nil, noAnswer(err)
	}
	defer response.Body.Close()
	said := make([]byte, maxSaid)
	n, _ := io.ReadFull(response.Body, said) // the status is enough, even if reading the body fails
	_, _ = io.CopyN(io.Discard, response.Body, maxDrain)
	return &answer{response.StatusCode, response.Header, said[:n]}, nil
}
