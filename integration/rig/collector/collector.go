// Package collector receives traces in OTLP over HTTP, as an OpenTelemetry collector does,
// and lets tests inspect them.
package collector

import (
	"compress/gzip"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"

	otlp "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	common "go.opentelemetry.io/proto/otlp/common/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// Path is the path to which traces are posted.
const Path = "/v1/traces"

// maxRequest limits the size of a request, in bytes.
const maxRequest = 64 << 20

// Collector is an http.Handler that receives traces. The zero value accepts all.
type Collector struct {
	mu             sync.Mutex
	refusal        int
	spans          []Span
	requests       int
	authorizations []string
}

// Span is a received span.
type Span struct {
	Trace, ID, Parent string // in hexadecimal digits
	Name              string
	Links             []string // traces
	Attributes        map[string]string
	Resource          map[string]string // attributes of the sender
	Failed            bool
	Error             string
}

// Refuse makes the collector answer with this status. With 200 it accepts requests again.
func (c *Collector) Refuse(status int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.refusal = status
}

// Spans returns the accepted spans, in the order in which they arrived.
func (c *Collector) Spans() []Span {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.spans)
}

// Requests returns the number of requests, including refused ones.
func (c *Collector) Requests() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests
}

// Authorizations returns the Authorization header of each request.
func (c *Collector) Authorizations() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.authorizations)
}

func (c *Collector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	c.requests++
	c.authorizations = append(c.authorizations, r.Header.Get("Authorization"))
	refusal := c.refusal
	c.mu.Unlock()
	if refusal != 0 && refusal != http.StatusOK {
		w.WriteHeader(refusal)
		return
	}
	spans, err := read(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	c.spans = append(c.spans, spans...)
	c.mu.Unlock()
	w.Header().Set("Content-Type", "application/x-protobuf") // an empty response means that all spans were accepted
}

func read(r *http.Request) ([]Span, error) {
	if r.Method != http.MethodPost || r.URL.Path != Path || r.Header.Get("Content-Type") != "application/x-protobuf" {
		return nil, fmt.Errorf("%s %s with %q is not a request for a collector", r.Method, r.URL.Path, r.Header.Get("Content-Type"))
	}
	body := io.Reader(r.Body)
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, fmt.Errorf("unzip the request: %w", err)
		}
		body = unzipped
	}
	text, err := io.ReadAll(io.LimitReader(body, maxRequest))
	if err != nil {
		return nil, fmt.Errorf("read the request: %w", err)
	}
	var request otlp.ExportTraceServiceRequest
	if err := proto.Unmarshal(text, &request); err != nil {
		return nil, fmt.Errorf("decode the request: %w", err)
	}
	var spans []Span
	for _, of := range request.GetResourceSpans() {
		resource := texts(of.GetResource().GetAttributes())
		for _, scope := range of.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				spans = append(spans, span(s, resource))
			}
		}
	}
	return spans, nil
}

func span(s *trace.Span, resource map[string]string) Span {
	one := Span{
		Trace: hex.EncodeToString(s.GetTraceId()), ID: hex.EncodeToString(s.GetSpanId()), Parent: hex.EncodeToString(s.GetParentSpanId()),
		Name: s.GetName(), Attributes: texts(s.GetAttributes()), Resource: resource,
		Failed: s.GetStatus().GetCode() == trace.Status_STATUS_CODE_ERROR, Error: s.GetStatus().GetMessage(),
	}
	for _, l := range s.GetLinks() {
		one.Links = append(one.Links, hex.EncodeToString(l.GetTraceId()))
	}
	return one
}

func texts(list []*common.KeyValue) map[string]string {
	all := make(map[string]string, len(list))
	for _, a := range list {
		switch v := a.GetValue().GetValue().(type) {
		case *common.AnyValue_StringValue:
			all[a.GetKey()] = v.StringValue
		case *common.AnyValue_IntValue:
			all[a.GetKey()] = fmt.Sprint(v.IntValue)
		case *common.AnyValue_BoolValue:
			all[a.GetKey()] = fmt.Sprint(v.BoolValue)
		}
	}
	return all
}
