package pipeline

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/rs/zerolog"

	"github.com/kojiwatch/kojiwatch/config"
	"github.com/kojiwatch/kojiwatch/consumer"
	"github.com/kojiwatch/kojiwatch/enrich"
	"github.com/kojiwatch/kojiwatch/integration/rig/hubdata"
	"github.com/kojiwatch/kojiwatch/internal/hub"
	"github.com/kojiwatch/kojiwatch/internal/metrics"
	"github.com/kojiwatch/kojiwatch/internal/tracing"
	"github.com/kojiwatch/kojiwatch/kojirpc"
	"github.com/kojiwatch/kojiwatch/kojirpc/hubtest"
	"github.com/kojiwatch/kojiwatch/parse"
	"github.com/kojiwatch/kojiwatch/sinks/stdout"
)

// ahead is how many events are in work at once, as with the default prefetch.
const ahead = 250

// BenchmarkHandler takes the recorded stream through the handler, to JSON: without
// a hub, with all that the hub could tell in memory, and with a hub that answers
// after 20 ms and is asked for everything, in kojiwatch's way and in txkoji's: one
// request for each look-up, one after the other.
func BenchmarkHandler(b *testing.B) {
	all := deliveries(b, recorded)
	b.Run("no hub", func(b *testing.B) {
		h := benchHandler(enrich.New(enrich.Options{}))
		report(b, len(all), nil, func() { work(b, h, all, ahead) })
	})
	for name, oneIn := range map[string]int{"no hub, traced": 1, "no hub, one in a hundred traced": 100} {
		b.Run(name, func(b *testing.B) {
			h := benchHandler(enrich.New(enrich.Options{}))
			h.Traces = Traces{benchTracer(b, oneIn), "out"}
			h.sink = Traced(h.sink, "out", h.Traces.Tracer)
			report(b, len(all), nil, func() { work(b, h, all, ahead) })
		})
	}
	b.Run("warm", func(b *testing.B) {
		server, link := benchHub(b, 0, false)
		h := benchHandler(link.Enricher)
		work(b, h, all, ahead)
		report(b, len(all), server, func() { work(b, h, all, ahead) })
	})
	for name, serial := range map[string]bool{"cold": false, "cold, txkoji's way": true} {
		b.Run(name, func(b *testing.B) {
			inWork := ahead
			if serial {
				inWork = 1
			}
			var server *hubtest.Server
			report(b, len(all), nil, func() {
				b.StopTimer()
				var link *hub.Hub
				server, link = benchHub(b, 20*time.Millisecond, serial)
				b.StartTimer()
				work(b, benchHandler(link.Enricher), all, inWork)
			})
			b.ReportMetric(float64(server.Stats().Requests)/float64(len(all)), "requests/event")
		})
	}
}

// report runs do as a benchmark and reports by event.
func report(b *testing.B, events int, hub *hubtest.Server, do func()) {
	b.ReportAllocs()
	if hub != nil {
		hub.ResetStats()
	}
	for b.Loop() {
		do()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*events), "ns/event")
	if hub != nil {
		b.ReportMetric(float64(hub.Stats().Requests)/float64(b.N*events), "requests/event")
	}
}

func benchHandler(en *enrich.Enricher) *Handler {
	return New(parse.New(parse.Options{}), en, stdout.New(io.Discard, stdout.JSON))
}

// benchTracer sends to a collector that takes everything and looks at nothing.
func benchTracer(b *testing.B, oneIn int) *tracing.Tracer {
	b.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	b.Cleanup(server.Close)
	tracer, err := tracing.New(b.Context(), tracing.Options{Endpoint: server.URL, OneIn: oneIn})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = tracer.Close(context.Background()) })
	return tracer
}

// work handles deliveries with a number of them in work at once.
func work(b *testing.B, h *Handler, all []*consumer.Delivery, inWork int) {
	b.Helper()
	var batch []*PendingEvent
	for i, d := range all {
		j, err := h.Parse(d)
		if err != nil {
			b.Fatal(err)
		}
		if batch = append(batch, j); len(batch) < inWork && i < len(all)-1 {
			continue
		}
		if err := h.Deliver(b.Context(), batch); err != nil {
			b.Fatal(err)
		}
		batch = batch[:0]
	}
}

// benchHub is a hub that knows the recording, and what the daemon has of it.
func benchHub(b *testing.B, delay time.Duration, serial bool) (*hubtest.Server, *hub.Hub) {
	b.Helper()
	data, err := hubdata.FromRecording(recordingPath(recorded))
	if err != nil {
		b.Fatal(err)
	}
	server := hubtest.Start(b, hubtest.Options{Data: data})
	if delay > 0 {
		server.Inject(hubtest.Failure{Effect: hubtest.Delay(delay)})
	}
	c, err := config.FromHubFlags(config.HubFlags{Server: server.URL}, func(string) (string, bool) { return "", false })
	if err != nil {
		b.Fatal(err)
	}
	c.Cache.Disk = false
	var link *hub.Hub
	if serial {
		link = serialHub(b, c)
	} else if link, err = hub.Open(b.Context(), c, nil, zerolog.Nop(), prometheus.NewRegistry()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = link.Close(context.Background()) })
	return server, link
}

// serialHub sends each call as a request of its own, as soon as it is made.
func serialHub(b *testing.B, c *config.Config) *hub.Hub {
	b.Helper()
	client, err := kojirpc.New(kojirpc.Options{
		Server: c.Hub.Server, MaxInFlight: 1, Batching: kojirpc.Batching{Off: true},
	})
	if err != nil {
		b.Fatal(err)
	}
	link := &hub.Hub{Client: client, API: client.API}
	if link.Names, err = hub.OpenNames(c, hub.Access{Name: "bench"}, link.API, zerolog.Nop()); err != nil {
		b.Fatal(err)
	}
	link.Enricher = hub.NewEnricher(c, link, nil, metrics.NewFirstCauses(prometheus.NewRegistry()))
	return link
}
